import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

/**
 * Does something that may not be left half done: an interruption ends it while nothing has left
 * this process, and later waits until it is clear what came of it.
 */
export const finishing = <A, E>(
  begin: (leaving: () => void) => Effect.Effect<A, E>,
): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      let hasLeft = false;
      const leaving = () => void (hasLeft = true);
      const fiber = yield* Effect.forkChild(Effect.interruptible(begin(leaving)));
      return yield* Effect.onInterrupt(restore(Fiber.join(fiber)), () =>
        hasLeft ? Fiber.await(fiber) : Fiber.interrupt(fiber),
      );
    }),
  );
