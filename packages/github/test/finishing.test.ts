import { assert, describe, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import { finishing } from "../src/internal/landing/finishing.ts";

describe("what may not be left half done", () => {
  it.effect("gives what it gives", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* finishing(() => Effect.succeed(1)), 1);
      assert.strictEqual(yield* Effect.flip(finishing(() => Effect.fail("no"))), "no");
    }),
  );

  it.effect("ends at once while nothing has left", () =>
    Effect.gen(function* () {
      let isSent = false;
      const turn = yield* Deferred.make<void>();
      const send = Effect.andThen(
        Deferred.await(turn),
        Effect.sync(() => void (isSent = true)),
      );
      const fiber = yield* Effect.forkChild(
        finishing(() => send),
        { startImmediately: true },
      );
      yield* Effect.yieldNow;
      yield* Fiber.interrupt(fiber);
      yield* Deferred.succeed(turn, undefined);
      yield* Effect.yieldNow;
      assert.isFalse(isSent);
    }),
  );

  it.effect("comes to its end once something has left", () =>
    Effect.gen(function* () {
      let isDone = false;
      const answer = yield* Deferred.make<void>();
      const send = (leaving: () => void) =>
        Effect.sync(leaving).pipe(
          Effect.andThen(Deferred.await(answer)),
          Effect.andThen(Effect.sync(() => void (isDone = true))),
        );
      const fiber = yield* Effect.forkChild(finishing(send), { startImmediately: true });
      yield* Effect.yieldNow;
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber));
      yield* Effect.yieldNow;
      yield* Effect.yieldNow;
      assert.isUndefined(interrupting.pollUnsafe());
      yield* Deferred.succeed(answer, undefined);
      yield* Fiber.join(interrupting);
      assert.isTrue(isDone);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
    }),
  );
});
