/**
 * The port to the durable, ordered events of runs.
 *
 * A journal keeps, for every run, its events numbered from 1 without gaps.
 * What `append` has acknowledged is never lost, reordered or changed.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { RunEvent } from "./RunEvent.ts";

/** An event in its place. */
export interface JournalEntry {
  readonly run: string;
  /** 1 for the first event of the run. */
  readonly sequence: number;
  readonly event: RunEvent;
}

/** The journal could not be read or written. No effect may follow a failed append. */
export class JournalError extends Schema.TaggedError<JournalError>()("JournalError", {
  operation: Schema.Literals(["append", "read", "list"]),
  run: Schema.String,
  message: Schema.String,
}) {}

/** The durable events of all runs. */
export class Journal extends Context.Service<
  Journal,
  {
    /** Adds events to the end of a run, all or none; they are durable when it succeeds. */
    readonly append: (
      run: string,
      events: ReadonlyArray<RunEvent>,
    ) => Effect.Effect<void, JournalError>;
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
  const runs = new Map<string, Array<RunEvent>>();
  return {
    append: (run, events) =>
      Effect.sync(() => {
        let stored = runs.get(run);
        if (events.length === 0) return;
        if (stored === undefined) runs.set(run, (stored = []));
        for (const event of events) stored.push(event);
      }),
    read: (run, from = 1) =>
      Stream.suspend(() => {
        const first = Math.max(from, 1);
        const stored = runs.get(run)?.slice(first - 1) ?? [];
        return Stream.fromIterable(
          stored.map((event, index) => ({ run, sequence: first + index, event })),
        );
      }),
    runs: Effect.sync(() => [...runs.keys()]),
  };
};
