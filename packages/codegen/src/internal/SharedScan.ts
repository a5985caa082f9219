import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";

/**
 * One scan after the other, each for all who asked before it began.
 *
 * Nobody is answered with a scan that began before they asked: what it did not
 * show may have been created meanwhile.
 */
export class SharedScan<A, E> {
  readonly #scan: Effect.Effect<A, E>;
  readonly #scope: Scope.Scope;
  readonly #turn = Semaphore.makeUnsafe(1);
  /** The scan that has not begun yet, if somebody waits for one. */
  #next: Deferred.Deferred<A, E> | undefined;

  constructor(scan: Effect.Effect<A, E>, scope: Scope.Scope) {
    this.#scan = scan;
    this.#scope = scope;
  }

  /** Waits for the next scan. */
  get fresh(): Effect.Effect<A, E> {
    return Effect.suspend(() => {
      if (this.#next !== undefined) return Deferred.await(this.#next);
      const next = (this.#next = Deferred.makeUnsafe<A, E>());
      const begun = Effect.sync(() => void (this.#next = undefined));
      const scanned = this.#turn.withPermit(Effect.andThen(begun, this.#scan));
      // It goes on for the others when the one who asked first is interrupted.
      return Deferred.into(scanned, next).pipe(
        Effect.interruptible,
        Effect.forkIn(this.#scope),
        Effect.andThen(Deferred.await(next)),
      );
    });
  }
}
