/** Shows a run while it goes on: a moving picture on a terminal, lines on a pipe, events for machines. */
import type { Journal, Orchestrator, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as LiveRun from "../live/LiveRun.ts";
import * as RunRecord from "./RunRecord.ts";
import { Screen, type Sink } from "../terminal/Screen.ts";
import * as EventLine from "../view/EventLine.ts";

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
  about: LiveRun.About,
) {
  const { error, isStill, out } = yield* Screen;
  const moves = (sink: Sink) => !plain && !isStill && sink.size() !== undefined;
  if (!json) {
    return yield* moves(out) ? LiveRun.animate(handle, out, about) : tell(handle, seen, out);
  }
  const events = Stream.runForEachArray(handle.events, (entries) =>
    out.print(entries.map(RunRecord.encode).join("\n")),
  );
  // Two things that move on one terminal would destroy each other.
  const besides =
    moves(error) && out.size() === undefined ? LiveRun.animate(handle, error, about) : Effect.void;
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
