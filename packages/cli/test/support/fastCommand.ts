/** The command in a process whose time passes many times as fast, as that of a fake with the same `--factor`. */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Main from "../../src/Main.ts";
import { program } from "../../src/Program.ts";

/** A clock that runs ahead since the start, or since a moment that `FAST_SINCE` names: then processes that follow each other share their time. */
const fast = (factor: number): Clock.Clock => {
  const since = Number(process.env["FAST_SINCE"] ?? Date.now());
  const origin = since + (Date.now() - since) * factor;
  const start = process.hrtime.bigint();
  const nanos = (): bigint => (process.hrtime.bigint() - start) * BigInt(factor);
  const millis = (): number => origin + Number(nanos() / 1_000_000n);
  const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.callback((resume) => {
      const wait = Math.min(Duration.toMillis(duration) / factor, 2 ** 31 - 1);
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

const [factor, ...args] = process.argv.slice(2);
// The command reads its arguments as if it had been called itself.
process.argv.splice(2, process.argv.length, ...args);
Main.run(process, Effect.provideService(program, Clock.Clock, fast(Number(factor))));
