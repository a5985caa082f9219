import { Journal, type RunEvent } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Disk, Written } from "./Disk.ts";
import type { Process } from "./Process.ts";
import type { Frame } from "./Store.ts";

/** The journal of a process on the simulated disk, for the one run that it holds. */
export const make = (disk: Disk, process: Process): Journal.Journal["Service"] => ({
  open: (run) => open(disk, process, run),
  read: (run, from = 1) =>
    Stream.suspend(() => {
      const entries = disk.frames.flatMap((frame) => entriesOf(run, frame));
      return Stream.fromIterable(entries.filter(({ sequence }) => sequence >= from));
    }),
  runs: Effect.sync(() => disk.frames.slice(0, 1).flatMap(({ events }) => namesIn(events))),
});

const open = Effect.fnUntraced(function* (disk: Disk, process: Process, run: string) {
  const clock = yield* Clock.Clock;
  yield* Effect.acquireRelease(
    Effect.suspend(() => {
      if (!disk.lock(process)) return Effect.fail(new Journal.RunLocked({ run }));
      return Effect.void;
    }),
    () => Effect.sync(() => disk.unlock(process)),
  );
  disk.recover();
  disk.raiseEpoch(process);
  const { epoch, last } = disk;
  let written = last;
  const append = Effect.fnUntraced(function* (events: ReadonlyArray<RunEvent.RunEvent>) {
    const monotonicMillis = Number(clock.monotonicTimeNanosUnsafe()) / 1e6;
    if (events.length === 0) {
      yield* wanted(run, disk.epoch === epoch ? "ok" : "stale");
      return monotonicMillis;
    }
    const frame: Frame = {
      epoch,
      first: written + 1,
      events: events.map((event) => JSON.stringify(event)),
      monotonicMillis,
      process: process.id,
      isTorn: false,
    };
    yield* wanted(run, yield* asked((answer) => disk.write(process, frame, answer)));
    yield* wanted(run, yield* asked((answer) => disk.sync(process, answer)));
    written += events.length;
    return monotonicMillis;
  });
  return { run, epoch, last, append } satisfies Journal.JournalWriter;
});

const asked = (ask: (answer: (written: Written) => void) => void): Effect.Effect<Written> =>
  Effect.callback((resume) => ask((written) => resume(Effect.succeed(written))));

const wanted = (run: string, written: Written): Effect.Effect<void, Journal.JournalError> => {
  if (written === "ok") return Effect.void;
  const reason = written === "stale" ? "Lost" : "Failed";
  const message = `The events of the run ${run} could not be written: ${written}.`;
  return Effect.fail(new Journal.JournalError({ operation: "append", run, reason, message }));
};

export const entriesOf = (run: string, frame: Frame): ReadonlyArray<Journal.JournalEntry> =>
  frame.events.map((event, index) => ({
    run,
    sequence: frame.first + index,
    epoch: frame.epoch,
    monotonicMillis: frame.monotonicMillis,
    event: JSON.parse(event) as RunEvent.RunEvent,
  }));

const namesIn = (events: ReadonlyArray<string>): ReadonlyArray<string> =>
  events.flatMap((event) => {
    const read = JSON.parse(event) as RunEvent.RunEvent;
    return read._tag === "RunStarted" ? [read.run] : [];
  });
