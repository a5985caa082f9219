/**
 * Reads a backlog from GitHub.
 *
 * Whoever needs this module imports it when it is needed: the HTTP client is
 * not loaded for help and plan files.
 */
import type { Task } from "@orchestrator/core";
import * as Branches from "@orchestrator/github/Branches";
import * as GitHubClient from "@orchestrator/github/GitHubClient";
import type { GitHubError } from "@orchestrator/github/GitHubError";
import * as GitHubSource from "@orchestrator/github/GitHubSource";
import * as Preflight from "@orchestrator/github/Preflight";
import * as RepositorySurvey from "@orchestrator/github/RepositorySurvey";
import * as ResponseCache from "@orchestrator/github/ResponseCache";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Backlog from "../plan/Backlog.ts";
import * as BacklogBranches from "../plan/BacklogBranches.ts";
import type { IssueAgents } from "../plan/IssueAgents.ts";
import * as ExitCode from "../ExitCode.ts";
import type { Target } from "./GitHubTarget.ts";
import * as Project from "../run/Project.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Scrubbed from "../telemetry/Scrubbed.ts";
import * as Text from "../terminal/Text.ts";
import { roughly } from "../view/Words.ts";

/** GitHub could not be read. */
export class Unreadable extends Schema.TaggedError<Unreadable>()("Unreadable", {
  problem: Schema.String,
  exitCode: Schema.Int,
}) {
  override get [Runtime.errorExitCode](): number {
    return this.exitCode;
  }
  override get message(): string {
    return this.problem;
  }
}

export interface Options {
  /** The agents that can work on issues. */
  readonly agents: IssueAgents;
  /** The capacity of each resource that the configuration names. */
  readonly resources: Readonly<Record<string, number>>;
  /** Whether open issues that are waited for join the plan, wherever they are. */
  readonly withDependencies: boolean;
}

/** How long a person waits for a limit of GitHub, in seconds; a limit that takes longer is told. */
const patienceSeconds = 900;

/** Who looks whether all is well does not want to wait. */
const hastySeconds = 10;

/** A client for the API of a target, with the patience of somebody who wants to have the answer. */
export const connect = (target: Target) => clientOf(target, patienceSeconds);

const clientOf = Effect.fnUntraced(function* (target: Target, patience: number) {
  const { error } = yield* Screen;
  const { credentials, settings } = target;
  const cache = yield* cacheHere;
  return yield* GitHubClient.make({
    credentials,
    baseUrl: settings.baseUrl,
    allowedHosts: settings.allowedHosts,
    ...(cache === undefined ? {} : { cache }),
    patienceSeconds: patience,
    onWait: ({ until, what }) =>
      Effect.flatMap(
        Effect.clockWith((clock) => clock.currentTimeMillis),
        (now) => {
          const time = roughly(Math.max(0, until - now) / 1000);
          return error.print(
            `GitHub asks to wait ${time} before it is asked for ${Text.line(what)}.`,
          );
        },
      ),
  }).pipe(
    Effect.mapError(
      ({ message }) => new Unreadable({ problem: message, exitCode: ExitCode.codes.configuration }),
    ),
  );
});

/** Reads everything that the sources of a target give. Nothing is changed on GitHub. */
export const read = Effect.fn("GitHubBackend.read")(function* (
  asked: GitHubClient.GitHubClient,
  target: Target,
  { agents, resources, withDependencies }: Options,
) {
  const { dependencies, sources, trust, values } = target.settings;
  const options = { dependencies, trust, values };
  const source = GitHubSource.make({ client: asked, sources, options, withDependencies });
  const given = yield* Effect.mapError(source.plan, (failure) => unreadable(failure, target.from));
  const plan = Scrubbed.plan(given);
  const rest = {
    sources: source.name.split(" + "),
    host: asked.host,
    resources,
    ledger: asked.ledger.statement,
  };
  return Backlog.make(plan, agents, rest, yield* landingOf(asked, target, plan.tasks));
});

/** Where changes land, if that is said; a default branch is asked for only where an issue names a branch. */
const landingOf = Effect.fnUntraced(function* (
  asked: GitHubClient.GitHubClient,
  { from, settings: { defaultBranch: base } }: Target,
  tasks: ReadonlyArray<Task.Task>,
) {
  if (base === undefined) return undefined;
  const repositories = Backlog.repositories(BacklogBranches.naming(tasks, base));
  const found = yield* Effect.forEach(repositories, (repository) =>
    Effect.map(Branches.defaultOf(asked, repository), (branch) => [repository, branch] as const),
  ).pipe(Effect.mapError((failure) => unreadable(failure, from)));
  return { base, defaults: new Map(found) } satisfies BacklogBranches.Landing;
});

/** Looks whether everything can be read that a target names, and written that is wanted. */
export const preflight = Effect.fn("GitHubBackend.preflight")(function* (
  target: Target,
  access: Pick<Preflight.Options, "operations" | "scopes"> = {},
) {
  const { credentials, from, settings } = target;
  const asked = yield* clientOf(target, hastySeconds);
  return yield* Preflight.check({
    client: asked,
    credentials,
    from,
    sources: settings.sources,
    ...access,
  });
});

/** What there is around a repository that a configuration could name. */
export const survey = Effect.fn("GitHubBackend.survey")(function* (
  target: Target,
  repository: string,
) {
  return yield* RepositorySurvey.look(yield* clientOf(target, hastySeconds), repository);
});

/** What GitHub says no to, and with whose token it was asked. */
export const unreadable = (failure: GitHubError, from: string): Unreadable => {
  const { noInput, unavailable } = ExitCode.codes;
  const isRefusal = ["Unauthorized", "Forbidden", "NotFound"].includes(failure._tag);
  const whose = isRefusal ? ` (The token is that of ${from}.)` : "";
  return new Unreadable({
    problem: failure.message + whose,
    exitCode: failure._tag === "NotFound" ? noInput : unavailable,
  });
};

/** Answers are kept where runs are; without such a folder only as long as the command runs. */
const cacheHere = Effect.gen(function* () {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const [project] = yield* Project.upward(folder);
  if (project === undefined) return undefined;
  return Scrubbed.cache(yield* ResponseCache.folder(path.join(project.folder, "cache", "github")));
});
