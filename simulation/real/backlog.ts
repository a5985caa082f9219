/** All that a backlog on GitHub has to come through: kills, lost answers, people, rivals. */
import * as Faults from "./backlogFaults.ts";
import * as Kills from "./backlogKills.ts";
import * as Rivals from "./backlogRivals.ts";
import { draw } from "./draw.ts";
import * as Totals from "./Totals.ts";

export interface Options {
  readonly seed: number;
  /** How many seeds: of runs without interruption, and of runs killed at random moments. */
  readonly seeds: number;
  readonly size: number;
  /** Every so many points. */
  readonly every: number;
}

const kills = 6;

/** So many milliseconds a process lives before the next kill at random. */
const longestMillis = 7_000;

type Cases = ReadonlyArray<Totals.Case>;

/** Works through everything, tells of it, and answers with every case. */
export const all = async (root: string, options: Options): Promise<Cases> => {
  const { every, seed, seeds: count, size } = options;
  const seeds = Array.from({ length: count }, (_, index) => seed + index);
  const uninterrupted = await Totals.all(seeds, (own) => plain(root, own, size));
  Totals.print("a backlog, uninterrupted", uninterrupted, undefined);
  for (const { ledger, name } of uninterrupted) console.log(`  ${name}: ${ledger}`);
  const lost = await Totals.all(Object.entries(answers), ([name, faults]) =>
    Kills.work(root, { name: `lost ${name}`, seed, size, faults, token: "operator" }),
  );
  Totals.print("a backlog, answers lost", lost);
  for (const { faults, name } of lost) console.log(`  ${name}: ${faults} answers lost`);
  const rivals = [await Rivals.two(root, seed, size), await Rivals.revoked(root, seed, size)];
  Totals.print("a backlog, rivals and tokens", rivals);
  for (const { name, note } of rivals) console.log(`  ${name}: ${note}`);
  const random = await Totals.all(seeds, (own) => moments(root, own, size));
  Totals.print("a backlog, killed at random moments, answers lost", random);
  const numbers = Totals.every(every, 1 + (seed % every));
  const numbered = await Totals.all(numbers, (number) => at(root, seed, size, number));
  Totals.print("a backlog, killed at numbered points", numbered);
  return [...uninterrupted, ...lost, ...rivals, ...random, ...numbered];
};

const answers: Readonly<Record<string, NonNullable<Kills.Options["faults"]>>> = {
  ...Object.fromEntries(Faults.writes.map((name) => [name, Faults.ofOne(name)])),
  launches: Faults.ofLaunches,
  all: Faults.ofAll,
};

const plain = (root: string, seed: number, size: number) =>
  Kills.work(root, { name: `uninterrupted ${seed}`, seed, size, token: "operator" });

const moments = (root: string, seed: number, size: number) =>
  Kills.work(root, {
    name: `moments ${seed}`,
    seed,
    size,
    faults: Faults.ofAll,
    kills: Array.from({ length: kills }, (_, index) => ({
      millis: 1_000 + Math.floor(draw(seed * 100 + index) * longestMillis),
    })),
  });

/** Kills at one change; about every third time the successor soon after its start, too. */
const at = async (root: string, seed: number, size: number, number: number) => {
  const second = draw(number) < 1 / 3 ? [`${1 + Math.floor(draw(-number) * 100)}. change`] : [];
  const points = [`${number}. change`, ...second];
  const found = await Kills.work(root, { name: `change ${number}`, seed, size, kills: points });
  // Past the last point, the process ends by itself.
  return found.points.length === 0 && found.problems.length === 0 ? undefined : found;
};
