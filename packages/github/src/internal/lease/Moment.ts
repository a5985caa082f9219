import { monotonicMillis } from "@orchestrator/core/remote/time";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";

/** A point in time of this process, on both of its clocks, in milliseconds. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export const now: Effect.Effect<Moment> = Effect.all({
  monotonic: monotonicMillis,
  wall: Clock.currentTimeMillis,
});

/**
 * How long ago something was, at least.
 *
 * The monotonic clock of a machine stands still while the machine sleeps, the
 * wall clock may be set back: the greater of the two is the safe answer.
 */
export const elapsed = (since: Moment, at: Moment): number =>
  Math.max(at.monotonic - since.monotonic, at.wall - since.wall);
