import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Semaphore from "effect/Semaphore";
import { monotonicMillis } from "./time.ts";

const longestHoldMillis = 60_000;

/**
 * At most so many requests in any window of time, in the order in which they ask.
 *
 * Who waits can be interrupted and has then taken nothing.
 */
export class Limiter {
  readonly #most: number;
  readonly #windowMillis: number;
  readonly #turn = Semaphore.makeUnsafe(1);
  /** When the latest requests began, oldest first; never more than `most`. */
  readonly #begun: Array<number> = [];
  #heldUntil = -Infinity;
  #refusals = 0;

  constructor(most: number, windowMillis: number) {
    this.#most = most;
    this.#windowMillis = windowMillis;
  }

  /** Waits for a turn and takes it. */
  readonly take: Effect.Effect<void> = this.#turn.withPermit(
    Effect.gen({ self: this }, function* () {
      for (;;) {
        const now = yield* monotonicMillis;
        const free = this.#freeAt();
        if (free <= now) return this.#note(now);
        yield* Effect.sleep(Math.ceil(free - now));
      }
    }),
  );

  /** The service asked for patience: nothing more until then, or ever longer if it does not say how long. */
  refused(retryAfterMillis: number | undefined): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* monotonicMillis;
      const growing = Math.min(1000 * 2 ** this.#refusals++, longestHoldMillis);
      const wait = retryAfterMillis ?? growing * (yield* Random.nextBetween(0.8, 1.2));
      this.#heldUntil = Math.max(this.#heldUntil, now + wait);
    });
  }

  /** The service answered a request. */
  answered(): void {
    this.#refusals = 0;
  }

  #freeAt(): number {
    const oldest = this.#begun.length < this.#most ? undefined : this.#begun[0];
    return Math.max(
      this.#heldUntil,
      oldest === undefined ? -Infinity : oldest + this.#windowMillis,
    );
  }

  #note(now: number): void {
    this.#begun.push(now);
    if (this.#begun.length > this.#most) this.#begun.shift();
  }
}
