/** How often GitHub is asked how pull requests are. */
import type { Remaining } from "../../Ledger.ts";

/** Milliseconds between two looks: right after news, and at most. */
export interface Pace {
  readonly soonMillis: number;
  readonly longestMillis: number;
}

const growth = 1.5;

/** The next interval. Without news it grows; while something may happen by itself any moment, only to half. */
export const next = (
  { longestMillis, soonMillis }: Pace,
  before: number,
  isNews: boolean,
  isSoon: boolean,
): number => {
  const most = isSoon ? longestMillis / 2 : longestMillis;
  return isNews ? soonMillis : Math.max(soonMillis, Math.min(before * growth, most));
};

/** The part of the hour's points that watching leaves for everything else. */
const reserve = 0.3;

/** The shortest interval that the points of the hour allow, if each look costs so many. */
export const floor = (remaining: ReadonlyArray<Remaining>, points: number, now: number): number => {
  const known = remaining.find(({ resource }) => resource === "graphql");
  if (known === undefined || known.resetsAt <= now) return 0;
  const spare = known.remaining - known.limit * reserve;
  const left = known.resetsAt - now;
  return spare < points ? left : (left * points) / spare;
};
