/** What is where the command was started, as far as it can be known at once: no service is asked. */
import { Journal, Operator } from "@orchestrator/core";
import { Git } from "@orchestrator/local";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as AgentPrograms from "./AgentPrograms.ts";
import * as Config from "../config/Config.ts";
import * as GitHubRemote from "../github/GitHubRemote.ts";
import * as GitHubTarget from "../github/GitHubTarget.ts";
import * as PlanChoice from "../plan/PlanChoice.ts";
import * as Project from "../run/Project.ts";
import * as RunLook from "../run/RunLook.ts";
import { Screen } from "../terminal/Screen.ts";

/** A clone that the folder is in. */
export interface Clone {
  readonly root: string;
  /** What is checked out; undefined for a detached head. */
  readonly branch: string | undefined;
  readonly hasCommits: boolean;
  readonly remotes: ReadonlyArray<GitHubRemote.Remote>;
}

/** Whether GitHub could be asked, and as whom. */
export interface GitHub {
  /** As `github.com`. */
  readonly host: string;
  /** `owner/name` of the configuration, else of the clone; undefined if neither names one. */
  readonly repository: string | undefined;
  /** Where the repository is from: `origin`, or undefined for the configuration. */
  readonly remote: string | undefined;
  /** For people: where the token is from; undefined if there is none. */
  readonly token: string | undefined;
  /** With the token, if there is one. */
  readonly target: GitHubTarget.Target | undefined;
}

/** A run that is not over, or waits for a person. */
export interface OpenRun {
  readonly id: string;
  readonly standing: RunLook.Standing;
  readonly held: number;
}

export interface Surroundings {
  readonly folder: string;
  /** Undefined outside of a clone, and without git. */
  readonly clone: Clone | undefined;
  /** How GitHub is reached, or why it cannot be. */
  readonly github: GitHub;
  readonly agents: ReadonlyArray<AgentPrograms.Found>;
  readonly config: Result.Result<Config.Config, Config.ConfigInvalid>;
  /** The plan file that `run` would take. */
  readonly plan: string | undefined;
  /** How many runs there are; undefined if the journal cannot be read. */
  readonly runs: number | undefined;
  /** The newest first, of the latest runs. */
  readonly open: ReadonlyArray<OpenRun>;
}

/** Without flags. */
export const noFlags: Config.Flags = { config: [], allowHost: [] };

/** Looks at everything at once. */
export const look = Effect.fn("Surroundings.look")(function* () {
  const { folder } = yield* Screen;
  const config = yield* Effect.result(Config.load(noFlags));
  const seen = yield* Effect.all(
    {
      clone: cloneHere,
      github: githubHere(Result.getOrElse(config, () => Config.none)),
      agents: AgentPrograms.find(),
      plan: PlanChoice.find,
      journal: journalHere,
    },
    { concurrency: "unbounded" },
  );
  const { journal, ...rest } = seen;
  return { folder, config, ...rest, ...journal } satisfies Surroundings;
});

const gitMade = Effect.flatMap(Screen, ({ environment }) =>
  Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"])),
);

const cloneHere = Effect.gen(function* () {
  const { folder } = yield* Screen;
  const git = yield* gitMade;
  const root = yield* git.text(folder, ["rev-parse", "--show-toplevel"]);
  const head = yield* git.run(folder, ["symbolic-ref", "--short", "--quiet", "HEAD"]);
  const branch = head.exitCode === 0 ? head.stdout.trim() : undefined;
  const commit = yield* git.run(folder, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  const hasCommits = commit.exitCode === 0;
  return { root, branch, hasCommits, remotes: yield* GitHubRemote.find() } satisfies Clone;
}).pipe(Effect.orElseSucceed(() => undefined));

const githubHere = Effect.fnUntraced(function* (config: Config.Config) {
  const settings = yield* Effect.result(Config.githubOf(config, noFlags));
  if (Result.isFailure(settings)) return nowhere;
  const clone = yield* GitHubTarget.ofClone(settings.success);
  const asked = settings.success.sources.length > 0 ? settings.success : clone?.settings;
  const host = GitHubHost.hostOf((asked ?? settings.success).baseUrl);
  const isNamed = config.repository !== undefined;
  const repository = config.repository ?? clone?.remote.repository;
  const remote = isNamed ? undefined : clone?.remote.name;
  const target = yield* GitHubTarget.credentialsFor(asked ?? settings.success).pipe(
    Effect.orElseSucceed(() => Option.none<GitHubTarget.Target>()),
    Effect.map(Option.getOrUndefined),
  );
  return { host, repository, remote, token: target?.from, target } satisfies GitHub;
});

const nowhere: GitHub = {
  host: GitHubHost.official,
  repository: undefined,
  remote: undefined,
  token: undefined,
  target: undefined,
};

/** Whoever only wants to know what there is waits no longer for a journal. */
const patience = "500 millis";

/** How many runs are looked at: those before them are rarely what comes next. */
const latest = 5;

interface Seen {
  readonly runs: number | undefined;
  readonly open: ReadonlyArray<OpenRun>;
}

const unread: Seen = { runs: undefined, open: [] };

const journalHere = Effect.gen(function* () {
  const { folder } = yield* Screen;
  const [project] = yield* Project.upward(folder);
  if (project === undefined) return { runs: 0, open: [] } satisfies Seen;
  const services = yield* Layer.build(Project.journalLayer(project));
  const opened = { project, journal: Context.get(services, Journal.Journal) };
  const ids = (yield* opened.journal.runs).toReversed();
  const looks = yield* Effect.forEach(ids.slice(0, latest), (id) => RunLook.look(opened, id));
  return { runs: ids.length, open: looks.map(openRun).filter(isOpen) } satisfies Seen;
}).pipe(
  Effect.scoped,
  Effect.timeout(patience),
  Effect.orElseSucceed((): Seen => unread),
);

const openRun = ({ id, standing, state }: RunLook.RunLook): OpenRun => ({
  id,
  standing,
  held: Operator.held(state).length,
});

const isOpen = ({ held, standing }: OpenRun): boolean =>
  held > 0 || standing === "running" || standing === "suspended" || standing === "interrupted";
