import type { Statement } from "../Edges.ts";
import type { IssueFacts } from "../IssueFacts.ts";

/** What the order of milestones states. */
export interface Ordered {
  /** By the place of the issue that waits. */
  readonly statements: ReadonlyMap<number, ReadonlyArray<Statement>>;
  /** Issues that wait for more than can be stated one by one, with the reason as a clause. */
  readonly tooMany: ReadonlyMap<number, string>;
}

/** Every pair of issues of two neighbouring milestones is an edge; beyond this many none is made. */
export const mostPairs = 100_000;

/**
 * Lets the open issues of a milestone wait for those of the milestone due before it.
 *
 * Neighbours are enough: those before them are waited for in turn.
 */
export const order = (issues: ReadonlyArray<IssueFacts>, most = mostPairs): Ordered => {
  const statements = new Map<number, ReadonlyArray<Statement>>();
  const tooMany = new Map<number, string>();
  let pairs = 0;
  for (const dates of byDate(issues).values()) {
    const sorted = [...dates].sort(([one], [other]) => one - other).map(([, places]) => places);
    sorted.slice(1).forEach((places, index) => {
      const before = sorted[index]!;
      const count = before.length * places.length;
      if (pairs + count > most) {
        const clause = `waits for the ${before.length} open issues of the milestone before its own, and ${count} such dependencies are too many`;
        for (const place of places) tooMany.set(place, clause);
        return;
      }
      pairs += count;
      const stated = before.map((place) => statement(issues[place]!));
      for (const place of places) statements.set(place, stated);
    });
  }
  return { statements, tooMany };
};

/** Per repository and due date the places of the open issues. */
const byDate = (issues: ReadonlyArray<IssueFacts>): ReadonlyMap<string, Map<number, number[]>> => {
  const repositories = new Map<string, Map<number, number[]>>();
  issues.forEach(({ milestone, repository, state }, place) => {
    const due = Date.parse(milestone?.dueOn ?? "");
    if (state !== "open" || Number.isNaN(due)) return;
    const key = repository.toLowerCase();
    const dates = repositories.get(key) ?? new Map<number, number[]>();
    repositories.set(key, dates);
    const places = dates.get(due) ?? [];
    dates.set(due, places);
    places.push(place);
  });
  return repositories;
};

const statement = ({ id, milestone }: IssueFacts): Statement => ({
  on: id,
  until: undefined,
  source: `milestone ${milestone?.title ?? ""}`,
  isNegated: false,
});
