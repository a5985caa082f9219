/** Sees to it that the branch at which an agent is to begin is there before the agent is launched. */
import { Agent, type Task } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Branches from "./Branches.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { GitRefs } from "./internal/git/GitRefs.ts";
import { stackBranch } from "./internal/landing/stackBranch.ts";
import { prepared } from "./internal/prepared.ts";
import { putOff, putOffBy } from "./internal/putOff.ts";
import * as IssueId from "./IssueId.ts";
import * as LandingOptions from "./LandingOptions.ts";

/** Where changes land, and how long the branch may take. */
export interface Options {
  /** The branch that changes land on; absent: the default branch of the repository. */
  readonly base?: string | undefined;
  /** How long the branch may take before the launch is put off, in seconds (default 60). */
  readonly patienceSeconds?: number | undefined;
}

/**
 * The same agent, for which the branch that a task wants (`payload.branch`) is made: at the change
 * that the task stands on, else at the base. One on which an earlier attempt may have worked is gone on with. The name of the
 * branch of that change is found out, too. Tasks that are no issues go through as they are.
 *
 * - `Rejected`: the branch cannot be had, as one of that name is somebody else's.
 * - `NotSent`: the change may just be landing, or GitHub gives no answer of use; trying again may help.
 * - `Exhausted`: the token is refused; with a time, if GitHub does not answer now: then the task waits on.
 */
export const guard = (
  agent: Agent.Agent,
  client: GitHubClient,
  options: Options = {},
): Agent.Agent => {
  const { base, patienceSeconds = usualPatienceSeconds } = options;
  return prepared(agent, {
    name: "BranchGuard.launch",
    patienceSeconds,
    prepare: (request) =>
      Effect.timeoutOrElse(prepare(client, request, base), {
        duration: Duration.seconds(patienceSeconds),
        orElse: () => late(request.task, patienceSeconds),
      }),
  });
};

const usualPatienceSeconds = 60;

const late = ({ id }: Task.Task, seconds: number) =>
  putOff(`The branch of ${id} was not there within ${seconds} s.`);

const isIssue = Schema.is(Schema.Struct({ github: Schema.Struct({ repository: Schema.String }) }));
const wantsBranch = Schema.is(Schema.Struct({ branch: Schema.NonEmptyString }));

const prepare = Effect.fnUntraced(function* (
  client: GitHubClient,
  request: Agent.LaunchRequest,
  base: string | undefined,
) {
  const { attempt, mayHaveWorked = attempt > 1, startFrom, task } = request;
  const { payload } = task;
  if (!isIssue(payload)) return request;
  const { repository } = payload.github;
  const from =
    startFrom === undefined ? undefined : yield* beginning(client, repository, startFrom, base);
  // The one that changes land on is there, and nothing is made of it.
  if (wantsBranch(payload) && payload.branch !== base) {
    const wanted = { repository, branch: payload.branch, from: from ?? base };
    const continued = { isContinued: mayHaveWorked, mayBeBehind: attempt > 1 };
    yield* Branches.ensure(client, { ...wanted, ...continued }).pipe(
      Effect.catch((error) => unready(task.id, error)),
    );
  }
  return from === undefined ? request : at(request, from);
});

/** The branch of the change that a task stands on, which must be there. */
const beginning = Effect.fnUntraced(function* (
  client: GitHubClient,
  repository: string,
  startFrom: Agent.StartFrom,
  base: string | undefined,
) {
  const { task } = startFrom;
  const place = IssueId.parse(`${repository}#1`);
  if (place === undefined) return yield* gone(task, "is in no repository");
  const failed = Effect.catch((error: GitHubError) => unready(task, error));
  const options = LandingOptions.make({ base });
  const branch = yield* failed(stackBranch(client, place, startFrom, options));
  if (branch === undefined) return yield* gone(task, "has no branch that can be found");
  const tip = yield* failed(new GitRefs(client, repository).tip(`heads/${branch}`));
  if (tip === undefined) return yield* gone(task, `was on ${branch}, which is not there any more`);
  return branch;
});

const gone = (task: string, clause: string) =>
  Effect.fail(notSent(`The change of ${task}, on which the work is to stand, ${clause}.`));

/** The request with the name of that branch. */
const at = (request: Agent.LaunchRequest, branch: string): Agent.LaunchRequest => {
  const startFrom = request.startFrom!;
  const change = { ...startFrom.change, branch };
  return Agent.requestWith(request, { startFrom: { ...startFrom, change } });
};

/** A branch may be asked for again whatever became of the request: it is looked at first. */
const unready = (
  id: string,
  error: GitHubError | Branches.BranchRefused,
): Effect.Effect<never, Agent.LaunchError> => {
  const message = `The branch of ${id} is not ready: ${error.message}`;
  const later = error._tag === "BranchRefused" ? undefined : putOffBy(error, message);
  return later ?? Effect.fail(launchError(error, message));
};

const launchError = (
  { _tag }: GitHubError | Branches.BranchRefused,
  message: string,
): Agent.LaunchError => {
  switch (_tag) {
    case "Unauthorized":
      return new Agent.LaunchError({ reason: "Exhausted", message });
    case "BranchRefused":
    case "Forbidden":
    case "NotFound":
    case "Invalid":
      return new Agent.LaunchError({ reason: "Rejected", message });
    default:
      return notSent(message);
  }
};

const notSent = (message: string) => new Agent.LaunchError({ reason: "NotSent", message });
