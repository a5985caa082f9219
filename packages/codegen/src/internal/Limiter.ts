import { monotonicMillis } from "@orchestrator/core/remote/time";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Semaphore from "effect/Semaphore";
import { Pace } from "./Pace.ts";

const longestHoldMillis = 60_000;

/**
 * At most so many requests in any window of time, in the order in which they
 * ask; fewer where the service turns out to allow fewer.
 *
 * Who waits can be interrupted and has then taken nothing.
 */
export class Limiter {
  readonly #most: number;
  readonly #windowMillis: number;
  readonly #pace: Pace;
  readonly #turn = Semaphore.makeUnsafe(1);
  /** When the latest requests began, oldest first; never more than `most`. */
  readonly #begun: Array<number> = [];
  #heldUntil = -Infinity;
  #refusals = 0;

  constructor(most: number, windowMillis: number) {
    this.#most = most;
    this.#windowMillis = windowMillis;
    this.#pace = new Pace(windowMillis / most);
  }

  /** Waits for a turn and takes it. */
  readonly take: Effect.Effect<void> = this.#turn.withPermit(
    Effect.gen({ self: this }, function* () {
      for (;;) {
        const now = yield* monotonicMillis;
        const free = this.#freeAt(now);
        if (free <= now) return this.#note(now);
        yield* Effect.sleep(Math.ceil(free - now));
      }
    }),
  );

  /**
   * The service allows no more for now: nothing until then, or ever longer if it
   * does not say how long. What it did allow is kept to from now on.
   */
  refused(retryAfterMillis: number | undefined): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* monotonicMillis;
      // What follows before an answer is the same refusal once more.
      if (this.#refusals === 0) this.#pace.refused(now);
      const growing = Math.min(1000 * 2 ** this.#refusals++, longestHoldMillis);
      const wait = retryAfterMillis ?? growing * (yield* Random.nextBetween(0.8, 1.2));
      yield* this.hold(wait);
    });
  }

  /** The service asked for patience, and not because of too many requests. */
  hold(millis: number): Effect.Effect<void> {
    return Effect.map(monotonicMillis, (now) => {
      this.#heldUntil = Math.max(this.#heldUntil, now + millis);
    });
  }

  /** The service answered a request. */
  answered(): void {
    this.#refusals = 0;
  }

  #freeAt(now: number): number {
    const oldest = this.#begun.length < this.#most ? undefined : this.#begun[0];
    const windowFree = oldest === undefined ? -Infinity : oldest + this.#windowMillis;
    return Math.max(this.#heldUntil, windowFree, this.#pace.freeAt(now));
  }

  #note(now: number): void {
    this.#pace.began(now);
    this.#begun.push(now);
    if (this.#begun.length > this.#most) this.#begun.shift();
  }
}
