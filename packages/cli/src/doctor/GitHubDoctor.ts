/** Looks whether the issues of GitHub could be a plan here: the part of `doctor` about GitHub. */
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import type * as Preflight from "@orchestrator/github/Preflight";
import type * as WriteAccess from "@orchestrator/github/WriteAccess";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Config from "../config/Config.ts";
import type { Finding } from "./DoctorFinding.ts";
import * as OwnAgentsDoctor from "./OwnAgentsDoctor.ts";
import * as GitHubTarget from "../github/GitHubTarget.ts";
import * as IssueAgents from "../plan/IssueAgents.ts";

const problem = (message: string): Finding => ({ about: "github", level: "problem", message });

/** Who runs plan files needs no token. */
const unsigned = (host: string): Finding => ({
  about: "github",
  level: "warning",
  message: `${new GitHubTarget.NoToken({ host }).message} Plan files need none.`,
});

/** Nothing to tell where neither the configuration nor a remote speaks of GitHub. */
export const look = Effect.fn("GitHubDoctor.look")(function* (
  config: Config.Config,
  flags: Config.Flags,
  scopes: () => ReadonlyArray<string> | undefined,
) {
  const read = yield* Effect.result(Config.githubOf(config, flags));
  if (Result.isFailure(read)) {
    return config.github === undefined ? [] : read.failure.problems.map(problem);
  }
  const isStated = config.github !== undefined;
  const settings =
    read.success.sources.length > 0 ? read.success : yield* ofClone(read.success, isStated);
  if (settings === undefined) return [];
  const target = yield* Effect.result(GitHubTarget.credentialsFor(settings));
  if (Result.isFailure(target)) return [problem(target.failure.message)];
  if (Option.isSome(target.success)) {
    const { value } = target.success;
    const operations = writes(config, value.settings);
    const own = yield* OwnAgentsDoctor.look(config, value);
    return [...(yield* ask(value, { operations, scopes })), ...own];
  }
  const host = GitHubHost.hostOf(settings.baseUrl);
  return [unsigned(host)];
});

/** The repository of the clone; a section that names none is looked at for its token alone. */
const ofClone = Effect.fnUntraced(function* (settings: GitHubConfig.Settings, isStated: boolean) {
  const clone = yield* GitHubTarget.ofClone(settings);
  return clone?.settings ?? (isStated ? settings : undefined);
});

/** What a run of these issues does on GitHub, as the configuration says. */
export const writes = (
  config: IssueAgents.Given & Pick<Config.Config, "automation">,
  { sources }: Pick<GitHubConfig.Settings, "sources">,
): ReadonlyArray<WriteAccess.Operation> => {
  const { automation } = config;
  const hasBoard = sources.some((source) => "project" in source);
  const all: ReadonlyArray<readonly [WriteAccess.Operation, boolean]> = [
    ["comments", automation.comments],
    ["labels", automation.labelPrefix !== undefined],
    ["closing", automation.closesIssues],
    ["delivery", Object.keys(IssueAgents.allowed(config)).length > 0],
    ["merging", automation.landing.mode === "auto"],
    ["board", automation.movesItems && hasBoard],
    ["lease", automation.hasLease],
  ];
  return all.filter(([, isWanted]) => isWanted).map(([operation]) => operation);
};

/** What the token is to be allowed, and what is known of it. */
type Access = Pick<Preflight.Options, "operations" | "scopes">;

/** The adapter with its HTTP client is loaded only now. */
const ask = Effect.fnUntraced(function* (target: GitHubTarget.Target, more: Access) {
  const { preflight } = yield* Effect.promise(() => import("../github/GitHubBackend.ts"));
  const findings = yield* Effect.result(preflight(target, more));
  if (Result.isFailure(findings)) return [problem(findings.failure.message)];
  return findings.success.map(({ about, level, message }): Finding => ({
    about: `github ${about}`,
    level,
    message,
  }));
});
