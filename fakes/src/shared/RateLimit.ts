import type { Clock } from "./Clock.ts";

/** So many requests in so many seconds. */
export interface Quota {
  readonly count: number;
  readonly seconds: number;
}

/** `sliding` refuses whatever would be too much for any window; `fixed` starts afresh at every full window. */
export type WindowKind = "sliding" | "fixed";

/** Counts the requests of each key; a refused one does not count. */
export class RateLimit {
  readonly #taken = new Map<string, Array<number>>();
  readonly #clock: Clock;
  readonly #window: WindowKind;

  constructor(clock: Clock, window: WindowKind) {
    this.#clock = clock;
    this.#window = window;
  }

  /** Takes one request: `null` when it may pass, else the seconds until one may. */
  take(key: string, quota: Quota): number | null {
    const now = this.#clock.now();
    const span = quota.seconds * 1000;
    const since = this.#window === "fixed" ? Math.floor(now / span) * span : now - span;
    const taken = (this.#taken.get(key) ?? []).filter((at) => isInside(at, since, this.#window));
    this.#taken.set(key, taken);
    if (taken.length < quota.count) {
      taken.push(now);
      return null;
    }
    const free = this.#window === "fixed" ? since + span : taken[0]! + span;
    return Math.max(0, free - now) / 1000;
  }
}

const isInside = (at: number, since: number, window: WindowKind): boolean =>
  window === "fixed" ? at >= since : at > since;
