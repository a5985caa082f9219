/** Reads the plan that is meant: of a file, or the issues of GitHub. */
import type { GitHubClient } from "@orchestrator/github/GitHubClient";
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import type { Backlog } from "./Backlog.ts";
import * as Config from "../config/Config.ts";
import * as ConfigGitHub from "../config/ConfigGitHub.ts";
import * as ExitCode from "../ExitCode.ts";
import * as GitHubRemote from "../github/GitHubRemote.ts";
import * as GitHubTarget from "../github/GitHubTarget.ts";
import * as IssueAgents from "./IssueAgents.ts";
import * as PlanCheck from "./PlanCheck.ts";
import * as PlanChoice from "./PlanChoice.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Secrets from "../telemetry/Secrets.ts";
import * as Text from "../terminal/Text.ts";
import * as WorkflowChoice from "../workflow/WorkflowChoice.ts";

/** What the flags say. */
export interface Flags extends Config.Flags {
  /** A plan file. */
  readonly plan: Option.Option<string>;
  /** `owner/name` on GitHub. */
  readonly repo: Option.Option<string>;
  /** Whether open issues that are waited for join the plan, wherever they are. */
  readonly withDependencies: boolean;
  /** The workflow that the plan is, in place of the others. */
  readonly workflow?: WorkflowChoice.Chosen;
  /** The command that reads it, for what it proposes (default `plan`). */
  readonly called?: string;
}

/** A plan that was read, and the configuration it is for. */
export type PlanRead =
  | {
      readonly _tag: "PlanFile";
      readonly config: Config.Config;
      readonly checked: PlanCheck.Checked;
    }
  | {
      readonly _tag: "Backlog";
      readonly config: Config.Config;
      /** Who can work on it. */
      readonly agents: IssueAgents.IssueAgents;
      readonly backlog: Backlog;
      readonly target: GitHubTarget.Target;
      /** Through which it was read. */
      readonly client: GitHubClient;
    };

/** A plan file and a repository were named. */
export class TwoPlans extends Schema.TaggedError<TwoPlans>()("TwoPlans", {}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    return "a plan file and --repo are two plans: name one of them.";
  }
}

/**
 * Reads the plan file that is named; else the issues of the repository that is named; else a plan
 * file that lies here; else what the configuration names on GitHub; else the issues of the clone.
 */
export const read = Effect.fn("PlanRead.read")(function* (flags: Flags) {
  if (flags.workflow !== undefined) {
    return yield* ofFile(flags.workflow.file, yield* Config.load(flags), flags);
  }
  if (Option.isSome(flags.plan) && Option.isSome(flags.repo)) return yield* new TwoPlans();
  if (Option.isSome(flags.plan)) {
    const file = yield* PlanChoice.named(flags.plan.value);
    return yield* ofFile(file, yield* Config.load(flags), flags);
  }
  const config = yield* Config.load(flags);
  if (Option.isSome(flags.repo)) {
    const settings = yield* Config.githubOf(config, flags);
    const { forRepository } = yield* ConfigGitHub.adapter;
    return yield* ofGitHub(forRepository(settings, flags.repo.value), config, flags);
  }
  const file = yield* PlanChoice.find;
  if (file !== undefined) {
    yield* tellOfGitHub(file, config, flags);
    return yield* ofFile(file, config, flags);
  }
  const settings = yield* Config.githubOf(config, flags);
  if (settings.sources.length > 0) return yield* ofGitHub(settings, config, flags);
  return yield* ofClone(settings, config, flags);
});

const ofFile = Effect.fnUntraced(function* (file: string, config: Config.Config, flags: Flags) {
  const load = flags.workflow === undefined ? undefined : WorkflowChoice.plan(flags.workflow);
  const checked = yield* PlanCheck.check(file, config, yield* Config.allowedHosts(flags), load);
  Secrets.hide(checked.plan?.tasks.flatMap(Secrets.ofTask) ?? []);
  return { _tag: "PlanFile", config, checked } satisfies PlanRead;
});

const ofGitHub = Effect.fnUntraced(function* (
  settings: GitHubConfig.Settings,
  config: Config.Config,
  flags: Flags,
) {
  return yield* ofTarget(yield* GitHubTarget.signed(settings), config, flags);
});

/** The adapter with its HTTP client is loaded only now. */
const ofTarget = Effect.fnUntraced(function* (
  target: GitHubTarget.Target,
  config: Config.Config,
  { withDependencies }: Flags,
) {
  const { connect, read: ask } = yield* Effect.promise(() => import("../github/GitHubBackend.ts"));
  const agents = yield* IssueAgents.of(config, target.settings);
  const client = yield* connect(target);
  const { resources } = config;
  const backlog = yield* ask(client, target, { agents, resources, withDependencies });
  return { _tag: "Backlog", config, agents, backlog, target, client } satisfies PlanRead;
});

/** The issues of the repository that the clone here belongs to, if there is a token for them. */
const ofClone = Effect.fnUntraced(function* (
  settings: GitHubConfig.Settings,
  config: Config.Config,
  flags: Flags,
) {
  const { error, folder } = yield* Screen;
  const clone = yield* GitHubTarget.ofClone(settings);
  if (clone === undefined)
    return yield* new PlanChoice.NoPlan({ folder, github: yield* noClone(settings, flags) });
  const { host, name, repository } = clone.remote;
  const target = yield* GitHubTarget.credentialsFor(clone.settings);
  if (Option.isNone(target)) {
    const github = `The remote ${name} is ${repository} on ${host}, whose issues can be a plan, but there is no token. ${GitHubTarget.howToGet(host)}`;
    return yield* new PlanChoice.NoPlan({ folder, github });
  }
  yield* error.print(`Issues of ${Text.line(repository)}, which the remote ${name} names.`);
  return yield* ofTarget(target.value, config, flags);
});

/** What can be done where no remote is on a host that may be asked. */
const noClone = Effect.fnUntraced(function* (
  { baseUrl }: GitHubConfig.Settings,
  { called = "plan" }: Flags,
) {
  const { command } = yield* Screen;
  const [remote] = yield* GitHubRemote.find();
  const usual = `For issues on GitHub name a repository (${command} ${called} --repo owner/name), or a configuration with the section github (--config FILE).`;
  if (remote === undefined) return usual;
  const asked = GitHubHost.hostOf(baseUrl);
  if (asked !== GitHubHost.official) {
    return `${usual} The remote ${remote.name} is on ${remote.host}, and the API that is asked is that of ${asked} (GITHUB_API_URL, GH_HOST or github.base_url).`;
  }
  const allow = `${command} ${Shell.line(called, "--allow-host", remote.host)}`;
  return `${usual} The remote ${remote.name} is on ${remote.host}: if that is a GitHub server, allow it: ${allow}`;
});

/** Says how issues are looked at where a plan file comes before them. */
const tellOfGitHub = Effect.fnUntraced(function* (
  file: string,
  { repository }: Config.Config,
  { called = "plan" }: Flags,
) {
  const { command, error } = yield* Screen;
  const named =
    repository ??
    (yield* GitHubRemote.find()).find(({ host }) => host === GitHubHost.official)?.repository;
  if (named === undefined) return;
  const other = `${command} ${Shell.line(called, "--repo", named)}`;
  yield* error.print(`The plan is ${Text.line(file)}. For the issues of GitHub: ${other}`);
});
