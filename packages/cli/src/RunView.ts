/** Shows a run while it goes on: a moving picture on a terminal, lines on a pipe, events for machines. */
import type { Journal, Orchestrator, RunState } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import * as RunRecord from "./RunRecord.ts";
import { Screen, type Sink } from "./Screen.ts";
import * as EventLine from "./view/EventLine.ts";
import * as LiveView from "./view/LiveView.ts";

export interface Options {
  /** Events as NDJSON on standard output; everything else on standard error. */
  readonly json: boolean;
  /** Lines even on a terminal. */
  readonly plain: boolean;
  /** How many events the run had before this process worked on it (default 0). */
  readonly seen?: number;
}

/** Shows a run until it ends. */
export const show = Effect.fn("RunView.show")(function* (
  handle: Orchestrator.RunHandle,
  { json, plain, seen = 0 }: Options,
) {
  const { error, isStill, out } = yield* Screen;
  const moves = (sink: Sink) => !plain && !isStill && sink.size() !== undefined;
  if (!json) return yield* moves(out) ? animate(handle, out) : tell(handle, seen, out);
  const events = Stream.runForEachArray(handle.events, (entries) =>
    out.print(entries.map(RunRecord.encode).join("\n")),
  );
  // Two things that move on one terminal would destroy each other.
  const besides = moves(error) && out.size() === undefined ? animate(handle, error) : Effect.void;
  return yield* Effect.all([events, besides], { concurrency: 2, discard: true });
});

/** Of what happened before, only what came out of tasks is told. */
const tell = (handle: Orchestrator.RunHandle, seen: number, sink: Sink) =>
  Stream.runForEachArray(handle.events, (entries) => {
    const { state } = handle;
    const told = entries.filter((entry) => entry.sequence > seen || isLasting(entry, state));
    const lines = told.flatMap((entry) => EventLine.line(entry, state, sink.paint) ?? []);
    return lines.length === 0 ? Effect.void : sink.print(lines.join("\n"));
  });

const isLasting = ({ event }: Journal.JournalEntry, state: RunState.RunState): boolean => {
  if (event._tag === "RunStarted") return true;
  return event._tag === "TaskEnded" && state.get(event.task)?.endedAt === event.at;
};

/** With so many tasks one picture costs more than eyes can use. */
const manyTasks = 20_000;

const animate = (handle: Orchestrator.RunHandle, sink: Sink) =>
  Effect.gen(function* () {
    const draw = yield* sink.animation;
    const picture = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis;
      const size = sink.size() ?? { columns: 80, rows: 24 };
      const progress = yield* handle.progress;
      const { state } = handle;
      yield* draw(LiveView.lines({ state, progress, now, paint: sink.paint, ...size }));
    });
    const pause = handle.state.size > manyTasks ? "1 second" : "100 millis";
    const moving = Effect.repeat(picture, Schedule.spaced(pause));
    yield* Effect.raceFirst(moving, Effect.exit(handle.result));
    yield* picture;
  }).pipe(Effect.scoped);
