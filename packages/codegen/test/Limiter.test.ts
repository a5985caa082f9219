import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import * as fc from "fast-check";
import { Limiter } from "../src/internal/Limiter.ts";
import { monotonicMillis } from "@orchestrator/core/remote/time";

describe("Limiter", () => {
  it.effect("lets no window hold more than allowed, however the requests come", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 30 }),
          (delays) =>
            Effect.runPromise(
              Effect.gen(function* () {
                const limiter = new Limiter(3, 1000);
                const begun: Array<number> = [];
                const take = (delay: number) =>
                  Effect.sleep(delay).pipe(
                    Effect.andThen(limiter.take),
                    Effect.andThen(monotonicMillis),
                    Effect.tap((now) => Effect.sync(() => begun.push(now))),
                  );
                const all = yield* Effect.forkChild(
                  Effect.forEach(delays, take, { concurrency: "unbounded" }),
                );
                for (let i = 0; i < 200; i++) yield* TestClock.adjust(100);
                yield* Fiber.join(all);
                for (const [i, at] of begun.entries()) {
                  const fourth = begun[i + 3];
                  if (fourth !== undefined) assert.isAtLeast(fourth - at, 1000);
                }
                assert.strictEqual(begun.length, delays.length);
              }).pipe(Effect.provide(TestClock.layer())),
            ),
        ),
        { numRuns: 30 },
      ),
    ),
  );

  it.effect("gives the turn of who is interrupted to the next", () =>
    Effect.gen(function* () {
      const limiter = new Limiter(1, 1000);
      yield* limiter.take;
      const first = yield* Effect.forkChild(limiter.take, { startImmediately: true });
      const second = yield* Effect.forkChild(limiter.take, { startImmediately: true });
      yield* TestClock.adjust(500);
      yield* Fiber.interrupt(first);
      yield* TestClock.adjust(500);
      yield* Fiber.join(second);
    }),
  );

  it.effect("waits ever longer while it is refused without a word on how long", () =>
    Effect.gen(function* () {
      const limiter = new Limiter(100, 1000);
      const waits: Array<number> = [];
      for (let i = 0; i < 9; i++) {
        yield* limiter.refused(undefined);
        const before = yield* monotonicMillis;
        const taking = yield* Effect.forkChild(limiter.take, { startImmediately: true });
        while (taking.pollUnsafe() === undefined) yield* TestClock.adjust(100);
        waits.push((yield* monotonicMillis) - before);
      }
      assert.isAtMost(waits[0]!, 1300);
      assert.isAtLeast(waits[8]!, 48_000);
      assert.isAtMost(Math.max(...waits), 72_100);
      limiter.answered();
      yield* limiter.refused(undefined);
      const taking = yield* Effect.forkChild(limiter.take, { startImmediately: true });
      yield* TestClock.adjust(1300);
      yield* Fiber.join(taking);
    }),
  );

  it.effect("takes a wait that is asked for otherwise for no lesson on the rate", () =>
    Effect.gen(function* () {
      const limiter = new Limiter(10, 10_000);
      const took = (limit: Limiter) =>
        Effect.gen(function* () {
          const before = yield* monotonicMillis;
          const taking = yield* Effect.forkChild(limit.take, { startImmediately: true });
          while (taking.pollUnsafe() === undefined) yield* TestClock.adjust(100);
          return (yield* monotonicMillis) - before;
        });
      yield* limiter.take;
      yield* limiter.hold(5_000);
      assert.strictEqual(yield* took(limiter), 5_000);
      assert.strictEqual(yield* took(limiter), 0);
      yield* limiter.refused(5_000);
      assert.strictEqual(yield* took(limiter), 5_000);
      assert.strictEqual(yield* took(limiter), 2_000);
    }),
  );
});
