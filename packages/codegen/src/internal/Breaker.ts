import * as Effect from "effect/Effect";
import { monotonicMillis } from "@orchestrator/core/remote/time";

const tolerated = 5;
const firstPauseMillis = 5_000;
const longestPauseMillis = 60_000;

/**
 * Keeps requests back while a service is down.
 *
 * After some failures in a row nobody asks for a while, then one request tries;
 * each one that fails makes the pause longer, one that is answered ends it.
 */
export class Breaker {
  #failures = 0;
  #openUntil = -Infinity;

  /** Waits until a request may be tried. */
  readonly pass: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    for (;;) {
      const now = yield* monotonicMillis;
      if (now >= this.#openUntil) {
        // The others wait for what becomes of this one.
        if (this.isOpen) this.#openUntil = now + firstPauseMillis;
        return;
      }
      yield* Effect.sleep(Math.ceil(this.#openUntil - now));
    }
  });

  /** Whether the service counts as down. */
  get isOpen(): boolean {
    return this.#failures >= tolerated;
  }

  /** The service answered, with whatever. */
  answered(): void {
    this.#failures = 0;
    this.#openUntil = -Infinity;
  }

  /** The service did not answer, or with what is not its own. */
  failed(): Effect.Effect<void> {
    return Effect.map(monotonicMillis, (now) => {
      const beyond = ++this.#failures - tolerated;
      if (beyond < 0) return;
      this.#openUntil = now + Math.min(firstPauseMillis * 2 ** beyond, longestPauseMillis);
    });
  }
}
