/** How far a run is, as a snapshot and as a stream. */
import type * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { RunState } from "./RunState.ts";

/** The figures of a run at a moment. */
export interface Progress {
  readonly total: number;
  /** Tasks that succeeded. */
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly held: number;
  /**
   * Tasks between their launch and their outcome, those that wait for another attempt included.
   * An answered approval is none of them until the run is resumed.
   */
  readonly in_progress: number;
  /** Tasks without an outcome. */
  readonly remaining: number;
  /** Succeeded tasks per second of the run; null before the first. */
  readonly throughput: number | null;
  /** How long agents worked on a succeeded or failed task; null before the first. */
  readonly average_duration_seconds: number | null;
  readonly elapsed_seconds: number;
  /** Tasks with an outcome of all tasks, 0 to 100; 100 for a run without tasks. */
  readonly completion_percentage: number;
  /** At the pace so far; null while unknown. */
  readonly estimated_time_remaining_seconds: number | null;
  /** The part of the agents that work at this moment, from 0 to 1. */
  readonly utilisation: number;
}

/** The figures at a moment given in milliseconds since the epoch. */
export const snapshot = (state: RunState, now: number): Progress => {
  const [total, remaining] = [state.size, state.size - state.ended];
  const [completed, failed] = [state.count("Succeeded"), state.count("Failed")];
  const elapsed = Math.max(0, (state.endedAt ?? now) - (state.startedAt ?? now)) / 1000;
  const worked = completed + failed;
  const pace = worked > 0 && elapsed > 0 ? worked / elapsed : undefined;
  return {
    total,
    completed,
    failed,
    skipped: state.count("Skipped"),
    cancelled: state.count("Cancelled"),
    held: state.count("Held"),
    in_progress: state.atWork + state.count("BackingOff") + state.count("Landing"),
    remaining,
    throughput: completed > 0 && elapsed > 0 ? completed / elapsed : null,
    average_duration_seconds: worked > 0 ? state.workedMillis / 1000 / worked : null,
    elapsed_seconds: elapsed,
    completion_percentage: total === 0 ? 100 : ((total - remaining) / total) * 100,
    estimated_time_remaining_seconds:
      remaining === 0 ? 0 : pace === undefined ? null : remaining / pace,
    utilisation: state.atWork / state.concurrency,
  };
};

/** A snapshot whenever something happened; a slow reader sees only the latest. */
export const changes = <Event, E>(
  events: Stream.Stream<Event, E>,
  current: Effect.Effect<Progress>,
): Stream.Stream<Progress, E> =>
  events.pipe(
    Stream.buffer({ capacity: 1, strategy: "sliding" }),
    Stream.mapEffect(() => current),
  );
