/** A clock whose time passes many times as fast as that of the machine. */
import type * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";

/** The longest delay that setTimeout keeps. */
const longestTimer = 2 ** 31 - 1;

/** A clock that runs ahead of the machine's since a moment, in milliseconds since 1970: clocks with one `since` show the same time. */
export const make = (factor: number, since: number = Date.now()): Clock.Clock => {
  const origin = since + (Date.now() - since) * factor;
  const start = process.hrtime.bigint();
  const nanos = (): bigint => (process.hrtime.bigint() - start) * BigInt(factor);
  const millis = (): number => origin + Number(nanos() / 1_000_000n);
  const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.callback((resume) => {
      const wait = Math.min(Duration.toMillis(duration) / factor, longestTimer);
      const timer = setTimeout(() => resume(Effect.void), wait);
      return Effect.sync(() => clearTimeout(timer));
    });
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: () => BigInt(origin) * 1_000_000n + nanos(),
    currentTimeNanos: Effect.sync(() => BigInt(origin) * 1_000_000n + nanos()),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep,
  };
};
