import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import type { PullRequestView } from "../../PullRequestView.ts";

const baseOf = ({ base, repository }: PullRequestView): string =>
  `${repository.toLowerCase()} ${base.branch}`;

/** One change to a base at a time, and one pull request of a base that is brought up to date. */
export class Turns {
  readonly #turns = new Map<string, Semaphore.Semaphore>();
  readonly #updating = new Map<string, string>();
  readonly #changedAt = new Map<string, number>();

  /** In the order in which they ask. */
  take<A, E>(view: PullRequestView, turn: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.suspend(() => {
      const key = baseOf(view);
      const known = this.#turns.get(key) ?? Semaphore.makeUnsafe(1);
      this.#turns.set(key, known);
      return known.withPermit(turn);
    });
  }

  /** Notes that something was sent that may have changed the base, at a monotonic time. */
  changed(view: PullRequestView, at: number): void {
    this.#changedAt.set(baseOf(view), at);
  }

  /** Whether what was seen at a time was seen after every change to the base from here. */
  isSince(view: PullRequestView, at: number): boolean {
    return at > (this.#changedAt.get(baseOf(view)) ?? -Infinity);
  }

  /** Whether this one may be brought up to date: each merge leaves all others behind again. */
  mayUpdate(view: PullRequestView): boolean {
    const key = baseOf(view);
    const other = this.#updating.get(key);
    if (other !== undefined && other !== view.id) return false;
    this.#updating.set(key, view.id);
    return true;
  }

  /** Lets others be brought up to date. */
  release(view: PullRequestView): void {
    const key = baseOf(view);
    if (this.#updating.get(key) === view.id) this.#updating.delete(key);
  }
}
