/** Orchestrators that want the lease of one repository, each with clocks of its own. */
import type * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Scope from "effect/Scope";
import * as TestClock from "effect/testing/TestClock";
import type { GitHubClient } from "../../src/GitHubClient.ts";
import * as Lease from "../../src/Lease.ts";
import { client, type Handler } from "./stub.ts";

/** Lets all that needs no time happen: answers take some turns of the event loop. */
export const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate);
});

/** Lets seconds pass one after the other. */
export const elapse = Effect.fnUntraced(function* (seconds: number) {
  yield* settle;
  for (let second = 0; second < seconds; second++) {
    yield* TestClock.adjust("1 second");
    yield* settle;
  }
});

/** What becomes of an effect within so many seconds. */
export const within = Effect.fnUntraced(function* <A, E, R>(
  seconds: number,
  effect: Effect.Effect<A, E, R>,
) {
  const fiber = yield* Effect.forkChild(effect);
  yield* settle;
  for (let second = 0; second < seconds && fiber.pollUnsafe() === undefined; second++) {
    yield* elapse(1);
  }
  if (fiber.pollUnsafe() === undefined) {
    yield* Fiber.interrupt(fiber);
    return yield* Effect.die(new Error(`no end within ${seconds} seconds`));
  }
  return yield* Fiber.join(fiber);
});

/** A clock that goes with that of the test and shows other times. */
export const skewed = (clock: Clock.Clock, skew: () => number, from = 0n): Clock.Clock => {
  const wall = () => clock.currentTimeMillisUnsafe() + skew();
  const wallNanos = () => BigInt(Math.round(wall())) * 1_000_000n;
  const monotonic = () => clock.monotonicTimeNanosUnsafe() + from;
  return {
    currentTimeMillisUnsafe: wall,
    currentTimeMillis: Effect.sync(wall),
    currentTimeNanosUnsafe: wallNanos,
    currentTimeNanos: Effect.sync(wallNanos),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => clock.sleep(duration),
  };
};

/** One that wants the lease of acme/shop. */
export const contender = Effect.fnUntraced(function* (
  name: string,
  handler: Handler,
  options: Partial<Lease.Options> = {},
) {
  const { asked, client: github } = yield* client(handler, { patienceSeconds: 60 });
  const notes: Array<string> = [];
  const scope = yield* Scope.make();
  const holder = { run: name, host: `host of ${name}`, process: "1" };
  const onNote = (sentence: string) => Effect.sync(() => void notes.push(sentence));
  const make = Scope.provide(
    Lease.make(github as GitHubClient, { repository: "acme/shop", holder, onNote, ...options }),
    scope,
  );
  return { asked, github, make, notes, close: Scope.close(scope, Exit.void) };
});
