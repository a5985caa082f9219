/**
 * The port to the durable, ordered events of runs.
 *
 * A journal keeps, for every run, its events numbered from 1 without gaps. Many
 * may read a run, one at a time writes it. What `append` has acknowledged is
 * never lost, reordered or changed.
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { MemoryRun } from "./internal/MemoryRun.ts";
import type { RunEvent } from "./RunEvent.ts";

/** An event in its place. */
export interface JournalEntry {
  readonly run: string;
  /** 1 for the first event of the run. */
  readonly sequence: number;
  /** Which writer recorded it: 1 for the first, and one more for every one that took the run over. */
  readonly epoch: number;
  /** When it was appended, on a clock that only grows; comparable within an epoch. */
  readonly monotonicMillis: number;
  readonly event: RunEvent;
}

/** The right to add to a run. It ends with the scope in which the run was opened. */
export interface JournalWriter {
  readonly run: string;
  /** One more than that of the writer before. */
  readonly epoch: number;
  /** How many events the run had when it was opened. */
  readonly last: number;
  /**
   * Adds events to the end of the run, all or none; they are durable when it
   * succeeds, and may be there all the same when it fails as `Failed`. Without
   * events it only makes sure that the run is still open for this writer.
   * Answers with the `monotonicMillis` of what was added last.
   */
  readonly append: (events: ReadonlyArray<RunEvent>) => Effect.Effect<number, JournalError>;
}

/** The journal could not be read or written. No effect may follow a failed append. */
export class JournalError extends Schema.TaggedError<JournalError>()("JournalError", {
  operation: Schema.Literals(["open", "append", "read", "list"]),
  run: Schema.String,
  /**
   * - `Failed`: the store did not do its part, as a full disk.
   * - `Damaged`: what it holds is not what was written.
   * - `TooNew`: a later version of this library wrote it.
   * - `Lost`: another writer has taken the run over.
   * - `Unclear`: an append before was stored without an answer, so the writer does not know where the run ends.
   */
  reason: Schema.Literals(["Failed", "Damaged", "TooNew", "Lost", "Unclear"]),
  message: Schema.String,
}) {
  /** As sysexits.h has them: 74 input/output, 65 bad data, 78 configuration; 75 try again later. */
  override get [Runtime.errorExitCode](): number {
    return { Failed: 74, Damaged: 65, TooNew: 78, Lost: 75, Unclear: 74 }[this.reason];
  }
}

/** Who writes a run. */
export const Holder = Schema.Struct({
  pid: Schema.Int,
  host: Schema.String,
  /** When it opened the run, in milliseconds since the epoch. */
  since: Schema.Finite,
});
export type Holder = typeof Holder.Type;

/** Another process, or another part of this one, writes the run at the moment. */
export class RunLocked extends Schema.TaggedError<RunLocked>()("RunLocked", {
  run: Schema.String,
  holder: Schema.optionalKey(Holder),
}) {
  override readonly [Runtime.errorExitCode] = 75;
  override get message(): string {
    const { holder } = this;
    const who =
      holder === undefined
        ? "somebody else"
        : `process ${holder.pid} on ${holder.host}, since ${new Date(holder.since).toISOString()}`;
    return `The run ${this.run} is worked on by ${who}. Wait for it to end, or stop it first.`;
  }
}

/** The durable events of all runs. */
export class Journal extends Context.Service<
  Journal,
  {
    /** Takes the right to write a run, existing or not, until the scope closes. */
    readonly open: (
      run: string,
    ) => Effect.Effect<JournalWriter, RunLocked | JournalError, Scope.Scope>;
    /** The entries that exist now, from a sequence number on (default 1). Unknown runs are empty. */
    readonly read: (run: string, from?: number) => Stream.Stream<JournalEntry, JournalError>;
    /** The runs it holds, the oldest first. */
    readonly runs: Effect.Effect<ReadonlyArray<string>, JournalError>;
  }
>()("@orchestrator/core/Journal") {
  /** Keeps everything in memory: nothing outlives the process. */
  static readonly layerMemory = Layer.sync(Journal, () => makeMemory());
}

/** An in-memory journal. */
export const makeMemory = (): Journal["Service"] => {
  const runs = new Map<string, MemoryRun>();
  const open = Effect.fnUntraced(function* (run: string) {
    const clock = yield* Clock.Clock;
    const opened = yield* Effect.acquireRelease(
      Effect.suspend(() => {
        const stored = runs.get(run) ?? new MemoryRun(run);
        if (!stored.take()) return Effect.fail(new RunLocked({ run }));
        runs.set(run, stored);
        return Effect.succeed(stored);
      }),
      (stored) => Effect.sync(() => stored.leave()),
    );
    const { epoch, last } = opened;
    return {
      run,
      epoch,
      last,
      append: (events) =>
        Effect.suspend(() => {
          if (!opened.isHeldBy(epoch)) return Effect.fail(lost(run));
          const now = Number(clock.monotonicTimeNanosUnsafe()) / 1e6;
          if (events.length > 0) opened.append(events, now);
          return Effect.succeed(now);
        }),
    } satisfies JournalWriter;
  });
  return {
    open,
    read: (run, from = 1) =>
      Stream.suspend(() => Stream.fromIterable(runs.get(run)?.entries(from) ?? [])),
    runs: Effect.sync(() => [...runs].filter(([, { last }]) => last > 0).map(([run]) => run)),
  };
};

const lost = (run: string) =>
  new JournalError({
    operation: "append",
    run,
    reason: "Lost",
    message: `The run ${run} is not open for this writer any more; nothing was recorded.`,
  });
