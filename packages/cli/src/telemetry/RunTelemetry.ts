/**
 * What a run leaves besides its results: a log in its folder, and telemetry for a collector if the
 * environment names one. All of it is made from the events of the run, and none of it can fail or
 * hold up the run.
 */
import type { Journal, Orchestrator, RunState } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import * as References from "effect/References";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as Log from "../terminal/Log.ts";
import type { RunBackend } from "../run/RunBackend.ts";
import type * as RunView from "../run/RunView.ts";
import { Screen } from "../terminal/Screen.ts";
import * as AttemptFiles from "./AttemptFiles.ts";
import * as LogFile from "./LogFile.ts";
import * as LogRecord from "./LogRecord.ts";
import type { OtlpExport } from "./OtlpExport.ts";
import * as OtlpSettings from "./OtlpSettings.ts";
import * as RequestCounts from "./RequestCounts.ts";
import * as Requests from "./Requests.ts";
import { RunMetrics } from "./RunMetrics.ts";
import * as Scrubber from "./Scrubber.ts";

/** How the run is shown beside it. */
export interface Options extends RunView.Options {
  /** Whether events are told on standard error, too. */
  readonly verbose?: boolean;
  readonly debug?: boolean;
}

export interface RunTelemetry {
  /** Takes in all that happens until the run ends or is left; the answer waits for the last of it. */
  readonly follow: (
    handle: Orchestrator.RunHandle,
  ) => Effect.Effect<Effect.Effect<void>, never, Scope.Scope>;
}

/** A process that was killed may not have come to clean what ended in this many events before. */
const mostUnclean = 1_000;

/** What may pass at the end until everything is on the disk. */
const patience = "1 second";

/** Begins, until the scope closes. */
export const open = Effect.fn("RunTelemetry.open")(function* (
  { folder, github, id }: Pick<RunBackend, "folder" | "github" | "id">,
  options: Options,
) {
  const { seen = 0 } = options;
  const screen = yield* Screen;
  const isLoud = isHeard(screen, options);
  const clock = yield* Clock.Clock;
  const least = Log.severityOf(yield* References.MinimumLogLevel);
  const metrics = new RunMetrics();
  let state: RunState.RunState | undefined;
  const cleaning = yield* cleaner(folder);
  const file = yield* LogFile.open(folder.root);
  yield* Effect.addFinalizer(() => within(file.flush));
  const requests = yield* Requests.current;
  const counts = yield* RequestCounts.keep(folder.root, requests);
  const otlp = yield* exportOf({
    run: id,
    folder: folder.root,
    metrics: () => {
      const now = clock.currentTimeMillisUnsafe();
      const beside = { now, github: github?.ledger(), requests: counts() };
      const families = state === undefined ? [] : metrics.families(state, beside);
      return { families, startedAt: state?.startedAt ?? now, now };
    },
  });
  if (otlp !== undefined) yield* listening(requests, otlp);
  const tell = (record: LogRecord.LogRecord): void => {
    if (!isAtLeast(record, least)) return;
    if ((record.sequence ?? Infinity) > file.last) file.add(record);
    otlp?.log(record);
  };
  yield* Log.listening((told) => tell(Scrubber.json({ ...told, run: id })));
  const take = (entry: Journal.JournalEntry): ReadonlyArray<string> => {
    const ended = metrics.apply(entry.event);
    for (const stretch of ended) otlp?.stretch(state?.plan ?? "", stretch, entry.sequence);
    const attempt = AttemptFiles.endedWith(entry.event);
    const isClean = entry.sequence <= file.last - mostUnclean;
    if (attempt !== undefined && !isClean) cleaning(attempt);
    const record = Scrubber.json(LogRecord.ofEvent(entry, ended));
    tell(record);
    const isNews = isLoud && entry.sequence > seen && isAtLeast(record, least);
    return isNews ? [LogRecord.line(record)] : [];
  };
  const following = (handle: Orchestrator.RunHandle) =>
    Stream.runForEachArray(handle.events, (entries) => {
      state = handle.state;
      const lines = entries.flatMap(take);
      return lines.length === 0 ? Effect.void : screen.error.print(lines.join("\n"));
    });
  return {
    follow: (handle) =>
      Effect.map(
        // A journal that cannot be read is told by the run itself.
        Effect.forkScoped(Effect.ignore(following(handle))),
        (fiber) => within(Fiber.await(fiber)),
      ),
  } satisfies RunTelemetry;
});

/** Whether events are told on standard error: not where they would destroy a moving picture. */
const isHeard = (
  { error, isStill, out }: Screen["Service"],
  { debug = false, json, plain, verbose = false }: Options,
): boolean => {
  const moves = !plain && !isStill && (json ? error : out).size() !== undefined;
  return (verbose || debug) && !moves;
};

const isAtLeast = ({ level }: LogRecord.LogRecord, least: Log.Severity): boolean =>
  LogRecord.severities.indexOf(level) >= LogRecord.severities.indexOf(least);

/** At the end nothing is interrupted by itself. */
const within = (effect: Effect.Effect<unknown>) =>
  Effect.ignore(Effect.timeoutOption(Effect.interruptible(effect), patience));

const listening = (requests: Requests.Requests, { request }: OtlpExport) =>
  Effect.acquireRelease(
    Effect.sync(() => requests.listen(request)),
    (stop) => Effect.sync(stop),
  );

/** Undefined where the environment names no collector. */
const exportOf = Effect.fnUntraced(function* (
  parts: Omit<Parameters<typeof import("./OtlpExport.ts").make>[0], "settings">,
) {
  const { environment } = yield* Screen;
  const settings = OtlpSettings.read(environment(OtlpSettings.variables));
  if (settings === undefined) return undefined;
  for (const problem of settings.problems) yield* Effect.logWarning(problem);
  const { make } = yield* Effect.promise(() => import("./OtlpExport.ts"));
  return yield* make({ ...parts, settings });
});

/** Cleans the files of attempts one after the other, and at the end waits for the last. */
const cleaner = Effect.fnUntraced(function* (folder: RunBackend["folder"]) {
  type Attempt = Parameters<typeof AttemptFiles.scrub>[1];
  const queue = yield* Queue.unbounded<Attempt | (() => void)>();
  const work = Effect.flatMap(Queue.take(queue), (next) =>
    typeof next === "function" ? Effect.sync(next) : AttemptFiles.scrub(folder, next),
  );
  yield* Effect.forkScoped(Effect.forever(work));
  const rest = Effect.callback<void>((resume) => {
    Queue.offerUnsafe(queue, () => resume(Effect.void));
  });
  yield* Effect.addFinalizer(() =>
    Effect.ignore(Effect.timeoutOption(Effect.interruptible(rest), "10 seconds")),
  );
  return (attempt: Attempt): void => void Queue.offerUnsafe(queue, attempt);
});
