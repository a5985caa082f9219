import type { Origin, Visited } from "./causes.ts";

/** An origin with how many of what was visited wait for it, directly or not. */
export interface Ranked extends Origin {
  readonly waiting: number;
}

/**
 * At most `limit` origins: those that somebody must see to first, then those that
 * most wait for. Counting costs a look at everything for each, so which ones are
 * counted at all is decided by who waits directly.
 */
export const mostUrgent = (
  visited: ReadonlyArray<Visited>,
  origins: ReadonlyArray<Origin>,
  limit: number,
): ReadonlyArray<Ranked> => {
  const direct = origins.map((origin) => ({
    ...origin,
    waiting: visited[origin.number]!.waiting.length,
  }));
  const chosen = direct.toSorted(byUrgency(visited)).slice(0, limit);
  return chosen
    .map((origin) => ({ ...origin, waiting: countWaiting(visited, origin) }))
    .toSorted(byUrgency(visited));
};

const byUrgency =
  (visited: ReadonlyArray<Visited>) =>
  (a: Ranked, b: Ranked): number =>
    Number(needsSomebody(visited, b)) - Number(needsSomebody(visited, a)) ||
    b.waiting - a.waiting ||
    a.number - b.number;

/** Whether it stays as it is until a person does something. */
const needsSomebody = (visited: ReadonlyArray<Visited>, { cycle, number }: Origin): boolean => {
  const { found } = visited[number]!;
  if (cycle !== undefined || found === undefined || found.blocked !== undefined) return true;
  return found.outcome !== undefined;
};

/** The tasks of a cycle do not count as waiting for it. */
const countWaiting = (visited: ReadonlyArray<Visited>, { cycle = [], number }: Origin): number => {
  const members = new Set(cycle);
  const seen = new Uint8Array(visited.length);
  const open = [number];
  seen[number] = 1;
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const by of visited[next]!.waiting) {
      if (seen[by] === 1) continue;
      seen[by] = 1;
      open.push(by);
      if (!members.has(visited[by]!.id)) count++;
    }
  }
  return count;
};
