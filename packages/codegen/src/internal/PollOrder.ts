import type { AgentRun } from "../CodegenModel.ts";
import { normal } from "../RunStatus.ts";

export const pageSize = 100;
/** How often the newest page is looked at for agent runs that no page showed. */
const hopeMillis = 10_000;

/** Where an agent run is expected, and when it was last seen. */
export interface Place {
  readonly id: string;
  /** The page of the list it is expected on; undefined: on none, it is asked for by itself. */
  page: number | undefined;
  seenAt: number;
  readonly since: number;
  status: string | undefined;
}

/**
 * What to ask next: the page, or the agent run, that serves the longest waiting
 * of those that are likely to have ended.
 *
 * An agent run that is not on the page where it is expected is looked for on
 * the next one, because new ones push it down, until it could be on none.
 */
export class PollOrder {
  /** The shortest time in which one ended: younger ones are not likely to have. */
  #shortest = 0;
  #hopedAt = -Infinity;

  ended(place: Place, now: number): void {
    const took = now - place.since;
    this.#shortest = this.#shortest === 0 ? took : Math.min(this.#shortest, took);
  }

  /** The page to read; undefined if none shows anything of these. */
  nextPage(places: Iterable<Place>, now: number): number | undefined {
    const scores = new Map<number, number>();
    let isHoping = false;
    for (const place of places) {
      if (place.page === undefined) isHoping = true;
      else scores.set(place.page, (scores.get(place.page) ?? 0) + this.#urgency(place, now));
    }
    if (isHoping && !scores.has(0) && now - this.#hopedAt >= hopeMillis) scores.set(0, Infinity);
    const page = best(scores);
    if (page === 0) this.#hopedAt = now;
    return page;
  }

  /** The agent run to ask for by itself, of those that no page shows. */
  nextSingle(places: Iterable<Place>, now: number): string | undefined {
    const scores = new Map<string, number>();
    for (const place of places) {
      if (place.page === undefined) scores.set(place.id, this.#urgency(place, now));
    }
    return best(scores);
  }

  /** Where those are expected that were not on their page. */
  missed(places: ReadonlyArray<Place>, page: number, items: ReadonlyArray<AgentRun>, all: number) {
    const isLast = items.length < pageSize || page >= Math.ceil(all / pageSize);
    for (const place of places) place.page = isLast ? undefined : page + 1;
  }

  #urgency({ seenAt, since, status }: Place, now: number): number {
    // Squared, a page is read in proportion to the root of how many wait on it, which keeps their mean wait lowest.
    const waited = (now - seenAt + 1) ** 2;
    if (now - since < this.#shortest) return waited / 4;
    return normal(status ?? "") === "EVALUATION" ? waited * 2 : waited;
  }
}

const best = <K>(scores: ReadonlyMap<K, number>): K | undefined => {
  let found: K | undefined;
  let most = -Infinity;
  for (const [key, score] of scores) {
    if (score > most) [found, most] = [key, score];
  }
  return found;
};
