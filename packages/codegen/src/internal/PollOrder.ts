import type { AgentRun } from "../CodegenModel.ts";
import { normal } from "../RunStatus.ts";
import { Lifetimes } from "./Lifetimes.ts";

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
  /** When the service says it was made. */
  createdAt: string | undefined;
  /** Somebody waits for its end, which is due any moment: it is being stopped. */
  isDue: boolean;
}

/**
 * What to ask next: the page, or the agent run, that serves the longest waiting
 * of those that are likely to have ended.
 *
 * An agent run that is not on the page where it is expected is looked for on
 * the next one, because new ones push it down, until a page reaches further
 * back than it. Those that have ended stay in the list, so that no number of
 * those watched says how far down that may be.
 */
export class PollOrder {
  readonly #lifetimes = new Lifetimes();
  #hopedAt = -Infinity;

  ended(place: Place, now: number): void {
    this.#lifetimes.ended(now - place.since);
  }

  /** How many pages these are expected on. */
  pageCount(places: Iterable<Place>): number {
    const pages = new Set<number>();
    for (const { page } of places) if (page !== undefined) pages.add(page);
    return pages.size;
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
  missed(places: ReadonlyArray<Place>, page: number, items: ReadonlyArray<AgentRun>): void {
    const isLast = items.length < pageSize;
    for (const place of places) {
      place.page = isLast || reachesBeyond(items, place) ? undefined : page + 1;
    }
  }

  #urgency({ isDue, seenAt, since, status }: Place, now: number): number {
    // Squared, a page is read in proportion to the root of how many wait on it, which keeps their mean wait lowest.
    const waited = (now - seenAt + 1) ** 2;
    if (isDue) return waited * 1_000;
    const likely = waited * this.#lifetimes.likelihood(now - since);
    return normal(status ?? "") === "EVALUATION" ? likely * 2 : likely;
  }
}

/** Whether a page, newest first, shows older ones than this. */
const reachesBeyond = (items: ReadonlyArray<AgentRun>, { createdAt, id }: Place): boolean => {
  const oldest = items.at(-1);
  if (oldest === undefined) return true;
  const [made, oldestMade] = [Date.parse(createdAt ?? ""), Date.parse(oldest.created_at ?? "")];
  if (!Number.isNaN(made) && !Number.isNaN(oldestMade)) return oldestMade < made;
  const isFalling = items.every((run, i) => i === 0 || Number(run.id) < Number(items[i - 1]?.id));
  return isFalling && Number(oldest.id) < Number(id);
};

const best = <K>(scores: ReadonlyMap<K, number>): K | undefined => {
  let found: K | undefined;
  let most = -Infinity;
  for (const [key, score] of scores) {
    if (score > most) [found, most] = [key, score];
  }
  return found;
};
