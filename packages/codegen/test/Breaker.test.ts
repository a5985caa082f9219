import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { Breaker } from "../src/internal/Breaker.ts";

const fail = (breaker: Breaker, times: number) =>
  Effect.forEach(Array.from({ length: times }), () => breaker.failed(), { discard: true });

describe("Breaker", () => {
  it.effect("lets everything pass until five failures in a row", () =>
    Effect.gen(function* () {
      const breaker = new Breaker();
      yield* fail(breaker, 4);
      yield* breaker.pass;
      breaker.answered();
      yield* fail(breaker, 4);
      yield* breaker.pass;
      assert.isFalse(breaker.isOpen);
    }),
  );

  it.effect(
    "then lets one try after five seconds, and the others wait for what becomes of it",
    () =>
      Effect.gen(function* () {
        const breaker = new Breaker();
        yield* fail(breaker, 5);
        let passed = 0;
        const pass = Effect.andThen(
          breaker.pass,
          Effect.sync(() => passed++),
        );
        const waiting = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(pass));
        yield* TestClock.adjust("4 seconds");
        assert.strictEqual(passed, 0);
        yield* TestClock.adjust("1 second");
        assert.strictEqual(passed, 1);
        breaker.answered();
        yield* TestClock.adjust("5 seconds");
        assert.strictEqual(passed, 3);
        for (const fiber of waiting) yield* Fiber.join(fiber);
      }),
  );

  it.effect("tries no more often than once a minute in the end", () =>
    Effect.gen(function* () {
      const breaker = new Breaker();
      yield* fail(breaker, 20);
      const waiting = yield* Effect.forkChild(breaker.pass);
      yield* TestClock.adjust("59 seconds");
      assert.isUndefined(waiting.pollUnsafe());
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(waiting);
    }),
  );
});
