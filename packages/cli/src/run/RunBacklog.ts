/** Runs the issues of GitHub that can run: what the command `run` does where no plan file is meant. */
import type { CodegenConfig } from "@orchestrator/codegen";
import type { Task } from "@orchestrator/core";
import { Git } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Backlog from "../plan/Backlog.ts";
import * as BacklogRun from "./BacklogRun.ts";
import * as CodegenUse from "../plan/CodegenUse.ts";
import * as Config from "../config/Config.ts";
import * as Confirmation from "../terminal/Confirmation.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Foreground from "./Foreground.ts";
import * as Listeners from "../hooks/Listeners.ts";
import * as IssueAgents from "../plan/IssueAgents.ts";
import * as PlanOutline from "../plan/PlanOutline.ts";
import type { PlanRead } from "../plan/PlanRead.ts";
import { settings } from "../plan/PlanSettings.ts";
import * as Routing from "../plan/Routing.ts";
import * as RunLimits from "./RunLimits.ts";
import type { Options } from "./RunPlan.ts";
import * as RunSession from "./RunSession.ts";
import * as RunSetup from "./RunSetup.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as BacklogText from "../view/BacklogText.ts";
import { count } from "../view/Words.ts";

type Read = Extract<PlanRead, { readonly _tag: "Backlog" }>;

/** Nobody could work on the issues. */
export class NoAgent extends Schema.TaggedError<NoAgent>()("NoAgent", {
  /** Those of this machine that are configured. */
  names: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    if (this.names.length > 0) {
      return `nothing says which agent takes issues that name none: ${this.names.join(", ")} are configured. Write agent: { name: ${this.names[0]} }, or set ORCHESTRATOR_AGENT_NAME.`;
    }
    return "no agent is configured that works on issues. Set CODEGEN_ORG_ID and CODEGEN_API_TOKEN, or write a section codegen in the configuration (--config FILE); or let a coding agent of this machine do it: agents: { claude: {} } in the configuration, or ORCHESTRATOR_AGENT_NAME=claude.";
  }
}

/** Whoever is configured can work on none of the issues; the reasons were printed already. */
export class Unserved extends Schema.TaggedError<Unserved>()("Unserved", {}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    return "no agent can work on any of the issues, and nothing was started. See the reasons above.";
  }
}

/** Runs what can run; fails with its exit code unless every task succeeded. */
export const run = Effect.fn("RunBacklog.run")(function* (read: Read, options: Options) {
  const { error, out } = yield* Screen;
  const { tasks } = read.backlog.plan;
  yield* tell(read, options);
  const sink = options.json ? error : out;
  if (read.backlog.isUnserved) return yield* new Unserved();
  if (tasks.length === 0) return yield* sink.print("There is nothing to run.");
  if (tasks.some(({ agent }) => agent === undefined)) {
    return yield* new NoAgent({ names: Object.keys(read.agents.own) });
  }
  if (Option.isSome(options.results)) yield* SafeFile.prepare(options.results.value);
  const worked = yield* agentsFor(read, options);
  yield* deliverable(read, options);
  if (!(yield* isWanted(tasks.length, read, options)))
    return yield* sink.print("Nothing was started.");
  yield* execute(worked, read, options);
});

/** A person sees what `plan` shows; everybody else what people should look at. */
const tell = Effect.fnUntraced(function* ({ backlog, config }: Read, options: Options) {
  const { canAsk, error, out } = yield* Screen;
  const outline = PlanOutline.ofBacklog(backlog, settings(options, undefined, config));
  const unheard = IssueAgents.unheard(config);
  if (unheard !== undefined) yield* error.print(`warning: ${unheard}`);
  if (options.updateCheckout) {
    yield* error.print(
      "warning: --update-checkout is about landing here, and changes of issues land on GitHub",
    );
  }
  const isAsked = canAsk && !options.json && !options.yes;
  if (isAsked) {
    yield* out.print(BacklogText.lines(outline, out.paint, options.verbose).join("\n"));
  } else {
    const problems = BacklogText.problems(outline, options.verbose);
    if (problems.length > 0) yield* error.print(problems.join("\n"));
  }
});

const isWanted = Effect.fnUntraced(function* (tasks: number, { config }: Read, options: Options) {
  const { canAsk } = yield* Screen;
  const { concurrency } = settings(options, undefined, config);
  const who = config.automation.landing.mode === "auto" ? "the run merges" : "people merge";
  return yield* Confirmation.isGiven({
    question: `Start ${count(tasks, "task")} with ${count(concurrency, "agent")} at once? Changes become pull requests, and ${who} them.`,
    nothing: "nothing was started",
    what: "start them",
    words: ["run", "--yes"],
    isPossible: !options.json,
    // Where nobody can be asked, the command itself says that it is wanted.
    isGiven: options.yes || options.json || !canAsk,
  });
});

interface Worked {
  /** Of all tasks. */
  readonly repositories: ReadonlyArray<string>;
  readonly tasks: ReadonlyArray<Task.Task>;
  /** Undefined where no task is for it. */
  readonly codegen: CodegenConfig.Settings | undefined;
}

/** The tasks as their agents take them, and Codegen with its id of their repository. */
const agentsFor = Effect.fnUntraced(function* (
  { agents, backlog, config }: Read,
  options: Options,
) {
  const { tasks } = backlog.plan;
  const repositories = Backlog.repositories(tasks);
  const remote = tasks.filter(Routing.isForCodegen);
  const { codegen, idOf } = yield* codegenFor(remote, config, options);
  return {
    repositories,
    codegen,
    tasks: tasks.map((task) =>
      Routing.isForCodegen(task)
        ? Backlog.withPayload(task, { repo_id: idOf(task) })
        : ownTask(task, agents),
    ),
  } satisfies Worked;
});

/** Work that cannot be pushed is not paid for. */
const deliverable = Effect.fnUntraced(function* (
  { backlog, target }: Read,
  { noPreflight }: Options,
) {
  const own = backlog.plan.tasks.find(Routing.isOwn);
  if (noPreflight || own === undefined) return;
  const { tried } = yield* Effect.promise(() => import("../github/PushCheck.ts"));
  yield* tried(Backlog.repositoryOf(own), target);
});

/** Nothing but a change is a result of work on an issue, unless that says otherwise. */
const ownTask = (task: Task.Task, { own }: IssueAgents.IssueAgents): Task.Task => ({
  ...Backlog.withPayload(task, { run: own[task.agent ?? ""]?.run }),
  expectChange: task.expectChange ?? true,
});

const codegenFor = Effect.fnUntraced(function* (
  tasks: ReadonlyArray<Task.Task>,
  config: Config.Config,
  { noPreflight }: Options,
) {
  const repositories = Backlog.repositories(tasks);
  const asked = { isNeeded: true, noPreflight };
  const prepared = new Map<string, CodegenConfig.Settings>();
  for (const repository of repositories) {
    const codegen = repositories.length === 1 ? config.codegen : withoutRepository(config);
    const found = yield* CodegenUse.prepare({ ...config, repository, codegen }, asked);
    if (found === undefined) return yield* new NoAgent({ names: [] });
    prepared.set(repository, found);
  }
  const [first] = prepared.values();
  const none = () => undefined;
  if (first === undefined || prepared.size === 1) return { codegen: first, idOf: none };
  const idOf = (task: Task.Task) => prepared.get(Backlog.repositoryOf(task))?.repoId;
  return { codegen: { ...first, repoId: undefined }, idOf };
});

/** One id cannot be that of several repositories. */
const withoutRepository = ({ codegen }: Config.Config): Config.Config["codegen"] =>
  codegen && Result.map(codegen, (one) => ({ ...one, repoId: undefined }));

const execute = Effect.fnUntraced(function* (worked: Worked, read: Read, options: Options) {
  const { codegen, tasks } = worked;
  const { backlog, client, config, target } = read;
  const { concurrency, mode } = settings(options, undefined, config);
  const setup = yield* setupOf(read, options, worked);
  const given = { config, codegen, target, client };
  const backend = yield* BacklogRun.make(setup, concurrency, given);
  const { base } = setup.github;
  const beginning = (task: Task.Task) =>
    base === undefined || !Routing.isForCodegen(task) || namesBranch(task)
      ? task
      : Backlog.withPayload(task, { branch: base });
  const start = backend.orchestrator.start(tasks.map(beginning), {
    run: backend.id,
    plan: backlog.plan.name,
    mode,
    failFast: options.failFast,
    resources: Backlog.capacities(backlog),
    defaultGate: Backlog.defaultGate,
    ...RunLimits.of(config, options),
    context: RunSetup.encode(setup),
    session: yield* RunSession.begin(options.session ?? Option.none()),
  });
  const { results } = setup;
  const listeners = yield* Listeners.of(config, setup);
  const around = { ...options, results, listeners };
  yield* Foreground.judge(yield* Foreground.follow(backend, start, around));
});

/** Whether an issue itself says on which branch it is worked on. */
const namesBranch = ({ payload }: Task.Task): boolean =>
  typeof payload === "object" && payload !== null && "branch" in payload;

const setupOf = Effect.fnUntraced(function* (
  read: Read,
  options: Options,
  { codegen, repositories, tasks }: Worked,
) {
  const { backlog, config, target } = read;
  const own = yield* ownOf(read, tasks);
  const codegenRepoId = codegen?.repoId;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const { settings: said } = target;
  const results = Option.map(options.results, (file) => path.resolve(folder, file));
  return {
    root: yield* rootHere,
    folder,
    isolation: own === undefined ? "none" : "worktree",
    defaults: {},
    keepFailed: options.keepFailed,
    updateCheckout: false,
    ...(Option.isNone(results) ? {} : { results: results.value }),
    ...Config.remembered(config),
    ...(codegenRepoId === undefined ? {} : { codegenRepoId }),
    ...(own === undefined ? {} : { agents: own.agents }),
    github: {
      api: said.baseUrl,
      sources: backlog.sources,
      repositories,
      ...(Option.isNone(options.repo) ? {} : { named: options.repo.value }),
      ...(said.defaultBranch === undefined ? {} : { base: said.defaultBranch }),
      ...(own === undefined ? {} : { ownBase: own.base, ownRepository: own.repository }),
      landing: config.automation.landing.mode,
      isSilent: options.noPostResults,
    },
  } satisfies BacklogRun.Setup;
});

/** The agents of this machine that tasks are for, and where they work; undefined if there are none. */
const ownOf = Effect.fnUntraced(function* (
  { agents, client, target }: Read,
  tasks: ReadonlyArray<Task.Task>,
) {
  const first = tasks.find(Routing.isOwn);
  if (first === undefined) return undefined;
  const names = Object.keys(agents.own).filter((name) => tasks.some(({ agent }) => agent === name));
  const repository = Backlog.repositoryOf(first);
  const Branches = yield* Effect.promise(() => import("@orchestrator/github/Branches"));
  const { unreadable } = yield* Effect.promise(() => import("../github/GitHubBackend.ts"));
  const asked = Effect.mapError(Branches.defaultOf(client, repository), (error) =>
    unreadable(error, target.from),
  );
  const base = target.settings.defaultBranch ?? (yield* asked);
  const given = Object.fromEntries(names.map((name) => [name, settingsOf(agents.own[name]!)]));
  return { repository, base, agents: given };
});

/** The command itself stands in each task. */
const settingsOf = ({ args, passEnv }: Config.OwnAgent): RunSetup.CodingAgent => ({
  ...(args === undefined ? {} : { args }),
  ...(passEnv === undefined ? {} : { passEnv }),
});

/** The root of the clone, if the command was started in one; else the folder itself. */
const rootHere = Effect.gen(function* () {
  const { environment, folder } = yield* Screen;
  const git = yield* Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"]));
  const root = git.text(folder, ["rev-parse", "--show-toplevel"]);
  return yield* Effect.orElseSucceed(root, () => folder);
});
