/** Runs a plan file from beginning to end: what the command `run` does. */
import { type Orchestrator, ResultManager, type RunEvent, type RunState } from "@orchestrator/core";
import type { PlanFile } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "./ExitCode.ts";
import * as LocalRun from "./LocalRun.ts";
import * as PlanCheck from "./PlanCheck.ts";
import * as PlanChoice from "./PlanChoice.ts";
import * as PlanPrinter from "./PlanPrinter.ts";
import * as RunPlaces from "./RunPlaces.ts";
import * as RunRecord from "./RunRecord.ts";
import * as RunView from "./RunView.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "./Screen.ts";
import { Signals } from "./Signals.ts";
import * as AtOnce from "./view/AtOnce.ts";
import * as RunSummary from "./view/RunSummary.ts";

/** What the flags say; absent: what the plan says, then the defaults. */
export interface Options extends RunView.Options {
  readonly plan: Option.Option<string>;
  readonly concurrency: Option.Option<number>;
  readonly mode: Option.Option<RunEvent.Mode>;
  readonly failFast: boolean;
  readonly dryRun: boolean;
  /** A file that ends in .json or .csv. */
  readonly results: Option.Option<string>;
  readonly keepFailed: boolean;
  readonly updateCheckout: boolean;
}

/** The run ended, not every task succeeded; the summary was printed already. */
export class RunNotSucceeded extends Schema.TaggedError<RunNotSucceeded>()("RunNotSucceeded", {
  outcome: Schema.String,
  exitCode: Schema.Int,
}) {
  override readonly [Runtime.errorReported] = false;
  override get [Runtime.errorExitCode](): number {
    return this.exitCode;
  }
}

/**
 * How many agents work at once and how tasks are chosen: flags first, then the
 * plan, then 10 and `parallel`. One agent in the mode `sequential`.
 */
export const settings = (
  flags: Pick<Options, "concurrency" | "mode">,
  plan: PlanFile.Plan | undefined,
) => {
  const mode = Option.getOrElse(flags.mode, () => plan?.mode ?? ("parallel" as const));
  const most = Option.getOrElse(flags.concurrency, () => plan?.concurrency ?? 10);
  return { concurrency: mode === "sequential" ? 1 : most, mode };
};

/** Runs a plan file; fails with its exit code unless every task succeeded. */
export const run = Effect.fn("RunPlan.run")(function* (options: Options) {
  const { error } = yield* Screen;
  const checked = yield* PlanCheck.check(yield* PlanChoice.choose(options.plan));
  if (options.dryRun) {
    const format = options.json ? "json" : "text";
    return yield* PlanPrinter.print(checked, settings(options, checked.plan), format);
  }
  const problems = PlanCheck.text(checked);
  if (problems.length > 0) yield* error.print(problems.join("\n"));
  yield* PlanCheck.refuse(checked);
  if (Option.isSome(options.results)) yield* SafeFile.prepare(options.results.value);
  yield* Effect.scoped(execute(checked.plan!, options));
});

const execute = Effect.fnUntraced(function* (plan: PlanFile.Plan, options: Options) {
  const signals = yield* Signals;
  const { concurrency: slots, mode } = settings(options, plan);
  const local = yield* LocalRun.make(plan, { ...options, slots });
  const handle = yield* local.orchestrator.start(plan.tasks, {
    run: local.id,
    plan: plan.name,
    mode,
    failFast: options.failFast || (plan.failFast ?? false),
    resources: plan.resources,
  });
  const places = yield* RunPlaces.make(local, plan, Option.getOrUndefined(options.results));
  const result = yield* signals.handledBy(follow(handle, local, options), () =>
    AtOnce.line(handle.state, places),
  );
  yield* conclude(result, local, places, options, slots);
});

/** Shows and records the run until it has ended, by itself or because somebody asked. */
const follow = Effect.fnUntraced(function* (
  handle: Orchestrator.RunHandle,
  { folder }: LocalRun.LocalRun,
  options: Options,
) {
  const signals = yield* Signals;
  const stop = Effect.flatMap(signals.first, (signal) => handle.cancel(`stopped by ${signal}`));
  yield* Effect.forkScoped(stop);
  const [, , result] = yield* Effect.all(
    [RunRecord.keep(folder.root, handle.events), RunView.show(handle, options), handle.result],
    { concurrency: "unbounded" },
  );
  return result;
});

/** Writes the results, tells what came out, and fails if that is not success. */
const conclude = Effect.fnUntraced(function* (
  result: ResultManager.RunResult,
  local: LocalRun.LocalRun,
  places: RunPlaces.RunPlaces,
  options: Options,
  slots: number,
) {
  const signals = yield* Signals;
  const screen = yield* Screen;
  const written = yield* Effect.result(write(result.state, local, options, slots));
  const sink = options.json ? screen.error : screen.out;
  const signal = signals.received();
  const summary = RunSummary.lines({ result, places, signal }, sink.paint);
  // With its reader gone, the command ends quietly.
  if (signal !== "SIGPIPE") yield* sink.print(summary.join("\n"));
  if (Result.isFailure(written)) return yield* written.failure;
  const { outcome } = result;
  if (outcome === "succeeded") return;
  return yield* new RunNotSucceeded({ outcome, exitCode: ExitCode.ofRun(outcome) });
});

const write = Effect.fnUntraced(function* (
  state: RunState.RunState,
  { folder }: LocalRun.LocalRun,
  { results }: Options,
  slots: number,
) {
  const path = yield* Path.Path;
  const json = ResultManager.toJson(state, slots);
  yield* SafeFile.write(RunRecord.resultsOf(path, folder.root), json);
  if (Option.isNone(results)) return;
  const content = isCsv(results.value) ? ResultManager.toCsv(state) : json;
  yield* SafeFile.write(results.value, content);
});

/** Whether a file of results holds CSV; otherwise it holds JSON. */
const isCsv = (file: string): boolean => /\.csv$/i.test(file);
