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
import * as PlanOutline from "../plan/PlanOutline.ts";
import type { PlanRead } from "../plan/PlanRead.ts";
import { settings } from "../plan/PlanSettings.ts";
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
export class NoAgent extends Schema.TaggedError<NoAgent>()("NoAgent", {}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    return "agents of Codegen work on issues, and Codegen is not configured. Set CODEGEN_ORG_ID and CODEGEN_API_TOKEN, or write a section codegen in the configuration (--config FILE).";
  }
}

/** Runs what can run; fails with its exit code unless every task succeeded. */
export const run = Effect.fn("RunBacklog.run")(function* (read: Read, options: Options) {
  const { config } = read;
  const { error, out } = yield* Screen;
  const { tasks } = read.backlog.plan;
  yield* tell(read, options);
  const sink = options.json ? error : out;
  if (tasks.length === 0) return yield* sink.print("There is nothing to run.");
  if (config.codegen === undefined) return yield* new NoAgent();
  if (Option.isSome(options.results)) yield* SafeFile.prepare(options.results.value);
  const worked = yield* agentsFor(tasks, config, options);
  if (!(yield* isWanted(tasks.length, read, options)))
    return yield* sink.print("Nothing was started.");
  yield* execute(worked, read, options);
});

/** A person sees what `plan` shows; everybody else what people should look at. */
const tell = Effect.fnUntraced(function* ({ backlog, config }: Read, options: Options) {
  const { canAsk, error, out } = yield* Screen;
  const outline = PlanOutline.ofBacklog(backlog, settings(options, undefined, config));
  if (options.keepFailed || options.updateCheckout) {
    yield* error.print(
      "warning: --keep-failed and --update-checkout are about worktrees here, and issues have none",
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

/** The tasks as Codegen takes them, and Codegen with its id of their repository. */
const agentsFor = Effect.fnUntraced(function* (
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
    if (found === undefined) return yield* new NoAgent();
    prepared.set(repository, found);
  }
  const [first] = prepared.values();
  if (first === undefined) return yield* new NoAgent();
  if (prepared.size === 1) return { repositories, tasks, codegen: first };
  const idOf = (task: Task.Task) => prepared.get(Backlog.repositoryOf(task))?.repoId;
  return {
    repositories,
    tasks: tasks.map((task) => Backlog.withPayload(task, { repo_id: idOf(task) })),
    codegen: { ...first, repoId: undefined },
  };
});

/** One id cannot be that of several repositories. */
const withoutRepository = ({ codegen }: Config.Config): Config.Config["codegen"] =>
  codegen && Result.map(codegen, (one) => ({ ...one, repoId: undefined }));

type Worked = Effect.Success<ReturnType<typeof agentsFor>>;

const execute = Effect.fnUntraced(function* (
  { codegen, repositories, tasks }: Worked,
  read: Read,
  options: Options,
) {
  const { backlog, client, config, target } = read;
  const { concurrency, mode } = settings(options, undefined, config);
  const setup = yield* setupOf(read, options, repositories, codegen.repoId);
  const given = { config, codegen, target, client };
  const backend = yield* BacklogRun.make(setup, concurrency, given);
  const { base } = setup.github;
  const start = backend.orchestrator.start(
    base === undefined ? tasks : tasks.map((task) => Backlog.withPayload(task, { branch: base })),
    {
      run: backend.id,
      plan: backlog.plan.name,
      mode,
      failFast: options.failFast,
      resources: Backlog.capacities(backlog),
      defaultGate: Backlog.defaultGate,
      ...RunLimits.of(config, options),
      context: RunSetup.encode(setup),
      session: yield* RunSession.begin(options.session ?? Option.none()),
    },
  );
  const { results } = setup;
  const listeners = yield* Listeners.of(config, setup);
  const around = { ...options, results, listeners };
  yield* Foreground.judge(yield* Foreground.follow(backend, start, around));
});

const setupOf = Effect.fnUntraced(function* (
  { backlog, config, target }: Read,
  options: Options,
  repositories: ReadonlyArray<string>,
  codegenRepoId: number | undefined,
) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const { settings: said } = target;
  const results = Option.map(options.results, (file) => path.resolve(folder, file));
  return {
    root: yield* rootHere,
    folder,
    isolation: "none",
    defaults: {},
    keepFailed: false,
    updateCheckout: false,
    ...(Option.isNone(results) ? {} : { results: results.value }),
    ...Config.remembered(config),
    ...(codegenRepoId === undefined ? {} : { codegenRepoId }),
    github: {
      api: said.baseUrl,
      sources: backlog.sources,
      repositories,
      ...(Option.isNone(options.repo) ? {} : { named: options.repo.value }),
      ...(said.defaultBranch === undefined ? {} : { base: said.defaultBranch }),
      landing: config.automation.landing.mode,
      isSilent: options.noPostResults,
    },
  } satisfies BacklogRun.Setup;
});

/** The root of the clone, if the command was started in one; else the folder itself. */
const rootHere = Effect.gen(function* () {
  const { environment, folder } = yield* Screen;
  const git = yield* Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"]));
  const root = git.text(folder, ["rev-parse", "--show-toplevel"]);
  return yield* Effect.orElseSucceed(root, () => folder);
});
