/**
 * Looks at an issue once more before an agent is paid for it: people may have closed it, changed
 * it, or taken back their approval since the plan was made.
 */
import { Agent, type Task } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { approvedText } from "./internal/approvedText.ts";
import { prepared } from "./internal/prepared.ts";
import { putOff, putOffBy } from "./internal/putOff.ts";
import { RestIssue, toFacts } from "./internal/restIssue.ts";
import { routeOf } from "./internal/routeOf.ts";
import { sameName } from "./internal/sameName.ts";
import type { IssueFacts } from "./IssueFacts.ts";
import * as IssueId from "./IssueId.ts";
import * as Lookups from "./Lookups.ts";
import * as Permissions from "./Permissions.ts";
import * as Trust from "./Trust.ts";

/** Who is trusted, and how long the look at an issue may take. */
export interface Options {
  readonly trust?: Partial<Trust.Options> | undefined;
  /** How long the look may take before the launch is put off, in seconds (default 60). */
  readonly patienceSeconds?: number | undefined;
}

/**
 * The same agent, which launches an issue only as it was approved: open, with the same title and
 * body, and still trusted. Tasks from elsewhere go through as they are.
 *
 * - `Done`: the issue was closed as completed; `Dropped`: it was closed otherwise.
 * - `Rejected`: the issue was changed, moved or deleted, or is no longer trusted.
 * - `NotSent`: GitHub gives no answer of use; trying again may help.
 * - `Exhausted`: the token is refused, so that nothing can be looked at until somebody acts; and, with
 *   a time, if GitHub does not answer now: then the task goes on waiting.
 */
export const guard = (
  agent: Agent.Agent,
  client: GitHubClient,
  options: Options = {},
): Agent.Agent => {
  const { patienceSeconds = usualPatienceSeconds } = options;
  const trust = Trust.complete(options.trust);
  return prepared(agent, {
    name: "Approval.launch",
    patienceSeconds,
    prepare: (request) =>
      Effect.timeoutOrElse(Effect.as(check(client, request.task, trust), request), {
        duration: Duration.seconds(patienceSeconds),
        orElse: () => late(request.task, patienceSeconds),
      }),
  });
};

const usualPatienceSeconds = 60;

const late = ({ id }: Task.Task, seconds: number) =>
  putOff(`${id} could not be read again before its launch: no answer within ${seconds} s`);

/** What a task of a plan from GitHub says of its issue. */
const isPinned = Schema.is(
  Schema.Struct({
    github: Schema.Struct({
      repository: Schema.String,
      number: Schema.Int,
      approved: Schema.String,
    }),
  }),
);

const isFromGitHub = Schema.is(Schema.Struct({ github: Schema.Unknown }));

const check = Effect.fnUntraced(function* (
  client: GitHubClient,
  { id, payload }: Task.Task,
  trust: Trust.Options,
) {
  if (!isFromGitHub(payload)) return;
  if (!isPinned(payload)) {
    return yield* rejected(`${id} does not say which text was approved: make a new plan`);
  }
  const { approved, number, repository } = payload.github;
  const unreadable = Effect.catch((error: GitHubError) => unread(id, error));
  const planned = `${repository}#${number}`;
  const found = toFacts(yield* unreadable(read(client, repository, number)), "launch");
  yield* unchanged(id, found, planned, approved);
  const facts = yield* unreadable(withApproval(client, found, trust));
  // The approval was read later than the text: it counts for the text of that moment.
  yield* unchanged(id, facts, planned, approved);
  const verdict = Trust.judge(facts, trust);
  if (verdict.isTrusted) return;
  return yield* rejected(`${id} is no longer trusted: ${verdict.because}`);
});

/** Fails with what has become of an issue since it was planned, if it is another one now. */
const unchanged = (
  id: string,
  facts: IssueFacts,
  planned: string,
  approved: string,
): Effect.Effect<void, Agent.LaunchError> => {
  if (!IssueId.equals(facts.id, planned)) {
    return Effect.fail(rejected(`${id} was moved to ${facts.id} since the plan was made: ${anew}`));
  }
  if (facts.state !== "open") return Effect.fail(closed(id, facts.state));
  if (approvedText(facts.title, facts.body) === approved) return Effect.void;
  const change = "has another title or body than when the plan was made";
  return Effect.fail(rejected(`${id} ${change}: read it, then ${anew}`));
};

const read = (client: GitHubClient, repository: string, number: number) => {
  const { owner, repo } = routeOf(repository);
  return client.get({
    what: `${repository}#${number} before its launch`,
    operation: "issues.get",
    permission: "Issues: read",
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}",
    parameters: { owner, repo, issue_number: number },
    schema: RestIssue,
  });
};

const anew = "make a new plan";

const ways = { completed: "completed", "not-planned": "not planned", duplicate: "a duplicate" };

/** People have seen to it, or to that nobody needs it. */
const closed = (id: string, state: keyof typeof ways) =>
  new Agent.LaunchError({
    reason: state === "completed" ? "Done" : "Dropped",
    message: `${id} was closed as ${ways[state]} since the plan was made`,
  });

/** Trust in an author needs no further request; a label counts by whoever set it last. */
const withApproval = Effect.fnUntraced(function* (
  client: GitHubClient,
  facts: IssueFacts,
  trust: Trust.Options,
) {
  const { approvalLabel: label } = trust;
  const isLabelled = facts.labels.some((name) => sameName(name, label));
  if (Trust.includes(trust, facts.association) || !isLabelled) return facts;
  const approval = { label, isNeeded: () => true, permissions: Permissions.make(client) };
  const options = { source: facts.source, reading: { approval } };
  const found = yield* Lookups.facts(client, [facts.id], options);
  const issue = found.flatMap((fact) => (fact._tag === "Issue" ? [fact.issue] : [])).at(0);
  return issue ?? facts;
});

const unread = (id: string, error: GitHubError): Effect.Effect<never, Agent.LaunchError> => {
  const message = `${id} could not be read again before its launch: ${error.message}`;
  return putOffBy(error, message) ?? Effect.fail(launchError(error, message));
};

const launchError = ({ _tag }: GitHubError, message: string): Agent.LaunchError => {
  switch (_tag) {
    case "NotFound":
      return rejected(message);
    case "Unauthorized":
      return new Agent.LaunchError({ reason: "Exhausted", message });
    default:
      return new Agent.LaunchError({ reason: "NotSent", message });
  }
};

const rejected = (message: string) => new Agent.LaunchError({ reason: "Rejected", message });
