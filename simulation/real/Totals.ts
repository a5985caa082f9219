/** Runs many cases, two at a time, and adds up what came of them. */

/** One run whose processes were killed. */
export interface Case {
  readonly name: string;
  /** Where processes were killed, in order. */
  readonly points: ReadonlyArray<string>;
  /** What is not as it must be; empty if all is well. */
  readonly problems: ReadonlyArray<string>;
  /** Something about it that is as it should be, and worth to be told. */
  readonly note?: string;
}

const atOnce = 2;

/** Works through points until there is no such one; `undefined` stands for that. */
export const all = async <Point, Found extends Case>(
  points: Iterable<Point>,
  one: (point: Point) => Promise<Found | undefined>,
): Promise<ReadonlyArray<Found>> => {
  const rest = points[Symbol.iterator]();
  const cases: Array<Found> = [];
  let isOver = false;
  const work = async () => {
    while (!isOver) {
      const next = rest.next();
      if (next.done === true) return;
      const found = await one(next.value);
      if (found === undefined) isOver = true;
      else cases.push(found);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return cases;
};

/** Every `step`-th number, beginning with `from`. */
export function* every(step: number, from = 1): Generator<number> {
  for (let number = from; ; number += step) yield number;
}

const tell = ({ name, points, problems }: Case): void => {
  console.log(`BAD ${name}, killed ${points.join(", then ")}`);
  for (const problem of problems) console.log(`    ${problem.replaceAll("\n", "\n    ")}`);
};

export const kills = (cases: ReadonlyArray<Case>): number =>
  cases.reduce((sum, { points }) => sum + points.length, 0);

/** Says what came of the cases of one kind, and of how many points there are. */
export const print = (what: string, cases: ReadonlyArray<Case>, points?: number): void => {
  const bad = cases.filter(({ problems }) => problems.length > 0).length;
  const held = cases.filter(({ note }) => note === "held");
  const of = points === undefined ? "" : ` of about ${points} points`;
  console.log(`${what}: ${cases.length} runs${of}, ${kills(cases)} kills, ${bad} bad`);
  for (const found of cases.filter(({ problems }) => problems.length > 0)) tell(found);
  for (const { name, points: at } of held) {
    console.log(`  held for a person, as nothing was ever answered: ${name} (${at.join(", ")})`);
  }
};
