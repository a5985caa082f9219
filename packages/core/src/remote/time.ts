import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";

/** Milliseconds that only grow, whatever happens to the wall clock. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(
  Clock.monotonicTimeNanos,
  (nanos) => Number(nanos) / 1e6,
);
