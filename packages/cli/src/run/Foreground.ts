/** Works on a run until it ends or is left: what `run`, `resume` and `retry` have in common. */
import { type Journal, type Orchestrator, ResultManager, type RunState } from "@orchestrator/core";
import type { LeaseLost } from "@orchestrator/github/Lease";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Listeners from "../hooks/Listeners.ts";
import * as Inbox from "../operator/Inbox.ts";
import * as InboxServer from "../operator/InboxServer.ts";
import type { RunBackend } from "./RunBackend.ts";
import * as RunPlaces from "./RunPlaces.ts";
import * as RunRecord from "./RunRecord.ts";
import * as RunView from "./RunView.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import { Signals } from "../terminal/Signals.ts";
import * as StepSummaryFile from "../github/StepSummaryFile.ts";
import * as Requests from "../telemetry/Requests.ts";
import * as RunTelemetry from "../telemetry/RunTelemetry.ts";
import * as Left from "../view/Left.ts";
import * as RunSummary from "../view/RunSummary.ts";

/** For whoever does not wait for the end of a run. */
export interface Hearing {
  /** Hears of the run once it goes on. */
  readonly started?: (handle: Orchestrator.RunHandle) => Effect.Effect<void>;
}

export interface Options extends RunView.Options, Hearing {
  /** The file of `--results`, as an absolute path. */
  readonly results: string | undefined;
  /** Who hears of events besides (default nobody). */
  readonly listeners?: Listeners.Settings;
  /** Whether events are told on standard error, too. */
  readonly verbose?: boolean;
  readonly debug?: boolean;
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

/** The journal failed while agents were at work. Nothing was launched after that. */
export class RunBroken extends Schema.TaggedError<RunBroken>()("RunBroken", {
  exitCode: Schema.Int,
  message: Schema.String,
}) {
  override get [Runtime.errorExitCode](): number {
    return this.exitCode;
  }
}

/** Starts a run and follows it until it has ended, and tells what came out; fails if it was left before. */
export const follow = Effect.fn("Foreground.follow")(function* <E, R>(
  backend: RunBackend,
  start: Effect.Effect<Orchestrator.RunHandle, E, R>,
  options: Options,
) {
  const signals = yield* Signals;
  const places = yield* RunPlaces.make(backend, options.results);
  const telemetry = yield* RunTelemetry.open(backend, options);
  const listeners = yield* Listeners.open(
    backend,
    options.listeners ?? Listeners.none,
    options.seen,
  );
  let state: RunState.RunState | undefined;
  const working = Effect.gen(function* () {
    const handle = yield* start;
    state = handle.state;
    yield* options.started?.(handle) ?? Effect.void;
    yield* backend.github?.summarise(handle.state) ?? Effect.void;
    return yield* Effect.mapError(
      attend(backend, handle, { telemetry, listeners }, options),
      broken(handle.state, places),
    );
  }).pipe(Requests.within(backend.id));
  const atOnce = () => (state === undefined ? undefined : Left.atOnce(state, places));
  // Once something may have been launched, nothing else takes care of a signal.
  const { lost, result } = yield* signals.handledBy(working, atOnce);
  yield* StepSummaryFile.append(result.state, backend.github?.ledger());
  yield* conclude(result, backend, places, options, lost);
  return result;
});

/** Fails with the exit code of a run unless every task succeeded. */
export const judge = ({ outcome, state }: Pick<ResultManager.RunResult, "outcome" | "state">) => {
  const exitCode =
    outcome === "suspended" ? ExitCode.ofLeft(state) : ExitCode.ofRun(outcome, state);
  return exitCode === ExitCode.codes.succeeded
    ? Effect.void
    : Effect.fail(new RunNotSucceeded({ outcome, exitCode }));
};

/** Who follows a run besides its view. */
interface Besides {
  readonly telemetry: RunTelemetry.RunTelemetry;
  readonly listeners: Listeners.Listeners;
}

/** Whatever goes wrong here, agents are left at work: the run can be resumed. */
const attend = (
  backend: RunBackend,
  handle: Orchestrator.RunHandle,
  besides: Besides,
  options: Options,
) =>
  show(backend, handle, besides, options).pipe(
    Effect.scoped,
    Effect.onError(() => handle.suspend("its process had to leave it")),
  );

/** Shows the run, and does what signals and other processes ask. Answers also with why the run had to be left, if it had to. */
const show = Effect.fnUntraced(function* (
  { folder, github }: RunBackend,
  handle: Orchestrator.RunHandle,
  { listeners, telemetry }: Besides,
  options: Options,
) {
  const path = yield* Path.Path;
  const signals = yield* Signals;
  const leave = Effect.flatMap(signals.first, (signal) => handle.suspend(`left at ${signal}`));
  yield* Effect.forkScoped(leave);
  let lost: LeaseLost | undefined;
  const isLost = Effect.flatMap(github?.lost ?? Effect.never, (error) => {
    lost = error;
    return handle.suspend(error.message);
  });
  yield* Effect.forkScoped(isLost);
  const inbox = Inbox.folderOf(path, folder.root);
  yield* Effect.forkScoped(
    InboxServer.serve(inbox, handle).pipe(
      Effect.catch((error) =>
        Effect.logWarning(`Other processes cannot ask anything of this run: ${error.message}`),
      ),
    ),
  );
  const followed = yield* telemetry.follow(handle);
  const heard = yield* listeners.follow(handle);
  const about = { log: folder.log, ledger: github?.ledger };
  const both = [RunView.show(handle, options, about), handle.result] as const;
  const [, result] = yield* Effect.all(both, { concurrency: "unbounded" });
  yield* followed;
  // Whoever asked too late is told so.
  yield* InboxServer.answerAll(inbox, handle);
  yield* heard;
  return { result, lost };
});

const broken =
  (state: RunState.RunState, places: RunPlaces.RunPlaces) => (error: Journal.JournalError) =>
    new RunBroken({
      exitCode: ExitCode.ofError(error),
      message: [error.message, ...Left.broken(state, places)].join("\n"),
    });

/** Writes the results and tells what came out. */
const conclude = Effect.fnUntraced(function* (
  result: ResultManager.RunResult,
  backend: RunBackend,
  places: RunPlaces.RunPlaces,
  options: Options,
  lost: LeaseLost | undefined,
) {
  const { outcome, state } = result;
  if (outcome === "suspended") {
    yield* left(state, places, options);
    return yield* lost === undefined ? judge(result) : Effect.fail(lost);
  }
  const screen = yield* Screen;
  const signals = yield* Signals;
  const written = yield* Effect.result(write(state, backend, options));
  const sink = options.json ? screen.error : screen.out;
  const medium = { columns: sink.size()?.columns, link: yield* sink.links };
  const summary = RunSummary.lines({ result, places }, sink.paint, medium);
  // With its reader gone, the command ends quietly.
  if (signals.received() !== "SIGPIPE") yield* sink.print(summary.join("\n"));
  if (Result.isFailure(written)) return yield* written.failure;
});

/** Tells how to go on with a run that has not ended. */
const left = Effect.fnUntraced(function* (
  state: RunState.RunState,
  places: RunPlaces.RunPlaces,
  { json }: Options,
) {
  const screen = yield* Screen;
  const signal = (yield* Signals).received();
  const sink = json || signal === "SIGPIPE" ? screen.error : screen.out;
  yield* sink.print(Left.lines(state, places, signal, sink.paint).join("\n"));
});

const write = Effect.fnUntraced(function* (
  state: RunState.RunState,
  { folder, github }: RunBackend,
  { results }: Options,
) {
  const path = yield* Path.Path;
  const besides = github === undefined ? {} : { github: github.ledger() };
  const json = ResultManager.toJson(state, state.concurrency, besides);
  yield* SafeFile.write(RunRecord.resultsOf(path, folder.root), json);
  if (results === undefined) return;
  const content = isCsv(results) ? ResultManager.toCsv(state) : json;
  yield* SafeFile.write(results, content);
});

/** Whether a file of results holds CSV; otherwise it holds JSON. */
const isCsv = (file: string): boolean => /\.csv$/i.test(file);
