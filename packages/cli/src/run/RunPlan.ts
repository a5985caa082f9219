/** Runs a plan from beginning to end: what the command `run` does. */
import { Workflow } from "@orchestrator/core";
import { type PlanFile, Presets } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type * as Schema from "effect/Schema";
import * as CodegenUse from "../plan/CodegenUse.ts";
import * as Config from "../config/Config.ts";
import * as Foreground from "./Foreground.ts";
import * as Listeners from "../hooks/Listeners.ts";
import * as LocalRun from "./LocalRun.ts";
import * as Log from "../terminal/Log.ts";
import * as PlanCheck from "../plan/PlanCheck.ts";
import * as PlanHash from "../plan/PlanHash.ts";
import * as PlanPrinter from "../plan/PlanPrinter.ts";
import * as PlanRead from "../plan/PlanRead.ts";
import { type Flags, settings } from "../plan/PlanSettings.ts";
import * as Routing from "../plan/Routing.ts";
import * as RunBacklog from "./RunBacklog.ts";
import type { RunBackend } from "./RunBackend.ts";
import * as RunLimits from "./RunLimits.ts";
import * as RunSession from "./RunSession.ts";
import * as RunSetup from "./RunSetup.ts";
import type * as RunView from "./RunView.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** What the flags say; absent: what the plan says, then the defaults. */
export interface Options
  extends RunView.Options, Foreground.Hearing, Flags, PlanRead.Flags, Log.Flags, RunLimits.Flags {
  readonly failFast: boolean;
  readonly dryRun: boolean;
  /** Starts issues without asking. */
  readonly yes: boolean;
  /** Tells nothing on GitHub. */
  readonly noPostResults: boolean;
  /** A file that ends in .json or .csv. */
  readonly results: Option.Option<string>;
  readonly keepFailed: boolean;
  /** Starts without a look at whether Codegen would take the tasks. */
  readonly noPreflight: boolean;
  readonly updateCheckout: boolean;
  /** The name of the session that it belongs to (default none). */
  readonly session?: Option.Option<string>;
}

/** Runs a plan; fails with its exit code unless every task succeeded. */
export const run = Effect.fn("RunPlan.run")(function* (options: Options) {
  const { error } = yield* Screen;
  const read = yield* PlanRead.read({ ...options, called: "run" });
  const { config } = read;
  for (const warning of config.warnings) yield* error.print(`warning: ${warning}`);
  const level = Log.wanted(options, config.loggingLevel);
  yield* Log.from(level)(dispatch(read, options));
}, Effect.scoped);

const dispatch = Effect.fnUntraced(function* (read: PlanRead.PlanRead, options: Options) {
  if (options.dryRun) return yield* look(read, options);
  if (read._tag === "Backlog") return yield* RunBacklog.run(read, options);
  return yield* ofFile(read.checked, read.config, options);
});

const look = (read: PlanRead.PlanRead, options: Options) => {
  const plan = read._tag === "PlanFile" ? read.checked.plan : undefined;
  const how = settings(options, plan, read.config);
  const format = options.json ? "json" : "text";
  const limits = RunLimits.limits(read.config, options);
  return PlanPrinter.print(read, { ...how, format, isVerbose: options.verbose, limits });
};

const ofFile = Effect.fnUntraced(function* (
  checked: PlanCheck.Checked,
  config: Config.Config,
  options: Options,
) {
  const { error } = yield* Screen;
  const problems = PlanCheck.text(checked);
  if (problems.length > 0) yield* error.print(problems.join("\n"));
  yield* PlanCheck.refuse(checked);
  if (Option.isSome(options.results)) yield* SafeFile.prepare(options.results.value);
  yield* execute(checked.plan!, config, options);
});

const execute = Effect.fnUntraced(function* (
  plan: PlanFile.Plan,
  config: Config.Config,
  options: Options,
) {
  const { concurrency, mode } = settings(options, plan, config);
  const isNeeded = [...plan.tasks, ...plan.tasks.flatMap(Workflow.within)].some(
    Routing.isForCodegen,
  );
  const codegen = yield* CodegenUse.prepare(config, { ...options, isNeeded });
  const setup = {
    ...(yield* setupOf(plan, options)),
    ...Config.remembered(config),
    ...(codegen?.repoId === undefined ? {} : { codegenRepoId: codegen.repoId }),
  };
  const local = yield* LocalRun.make(
    setup,
    concurrency,
    codegen,
    yield* Config.allowedHosts(options),
  );
  yield* tellCheckout(local);
  const start = local.orchestrator.start(plan.tasks, {
    run: local.id,
    plan: plan.name,
    mode,
    failFast: options.failFast || (plan.failFast ?? false),
    resources: plan.resources,
    ...RunLimits.of(config, options),
    context: RunSetup.encode(local.setup),
    session: yield* RunSession.begin(options.session ?? Option.none()),
  });
  const { results } = local.setup;
  const listeners = yield* Listeners.of(config, local.setup);
  const around = { ...options, results, listeners };
  yield* Foreground.judge(yield* Foreground.follow(local, start, around));
});

/** A checkout that is not clean stays as it is, whatever was asked for. */
const tellCheckout = Effect.fnUntraced(function* ({ base, setup }: RunBackend) {
  if (!setup.updateCheckout || base === undefined || base.takeOver === undefined) return;
  const { error } = yield* Screen;
  const [asked, branch] = [Text.line(base.requested), Text.line(base.branch)];
  yield* error.print(
    `warning: the checkout of ${asked} has changes or untracked files, so --update-checkout leaves it alone and work lands on ${branch}`,
  );
});

/** The coding agents that the plan or a task of it names. */
const codersOf = ({ agents, defaults, tasks }: PlanFile.Plan): RunSetup.RunSetup["agents"] => {
  const named = [...Object.keys(agents), defaults.agent, ...tasks.map(({ agent }) => agent)];
  const found = Presets.names.filter((name) => named.includes(name));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map((name) => [name, agents[name] ?? {}]));
};

const setupOf = Effect.fnUntraced(function* (plan: PlanFile.Plan, options: Options) {
  const path = yield* Path.Path;
  const here = (yield* Screen).folder;
  const file = path.resolve(here, plan.file);
  const planHash = yield* PlanHash.of(file);
  const agents = codersOf(plan);
  return {
    plan: file,
    ...(planHash === undefined ? {} : { planHash }),
    folder: options.workflow?.root ?? path.dirname(file),
    ...(options.workflow === undefined
      ? {}
      : { workflow: { name: plan.name, params: options.workflow.params } }),
    isolation: plan.isolation,
    // A plan file holds nothing that JSON cannot.
    defaults: plan.defaults as Readonly<Record<string, Schema.Json>>,
    ...(agents === undefined ? {} : { agents }),
    ...(plan.hooks === undefined ? {} : { hooks: plan.hooks }),
    keepFailed: options.keepFailed,
    updateCheckout: options.updateCheckout,
    ...(plan.base === undefined ? {} : { base: plan.base }),
    ...(Option.isNone(options.results)
      ? {}
      : { results: path.resolve(here, options.results.value) }),
  };
});
