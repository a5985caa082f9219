// pnpm kills [--all | --every N] [--seed S] [--backlog [--seeds N] [--size N]]: kills real processes and resumes their runs.
import { parseArgs } from "node:util";
import * as Backlog from "./backlog.ts";
import * as LocalKills from "./localKills.ts";
import * as Moments from "./moments.ts";
import * as Place from "./Place.ts";
import * as Refusals from "./refusals.ts";
import * as RemoteKills from "./remoteKills.ts";
import * as Totals from "./Totals.ts";

const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    backlog: { type: "boolean", default: false },
    every: { type: "string" },
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "3" },
    size: { type: "string", default: "40" },
  },
});

const whole = (name: string, value: string): number => {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new RangeError(`--${name} must be a whole number of 1 or more, not ${value}.`);
};

const seed = whole("seed", values.seed);
const step = values.all ? 1 : whole("every", values.every ?? (values.backlog ? "100" : "10"));

/** Every so many points; the seed says with which it begins. */
const numbers = () => Totals.every(step, 1 + (seed % step));

const root = await Place.temporary();

/** The plan files of this machine, a service, the demo, and what is refused. */
const everything = async () => {
  const local = await LocalKills.make(root);
  const localCases = await Totals.all(numbers(), (at) => LocalKills.kill(local, root, at));
  Totals.print("local agents", localCases, local.points.length);

  const remotePoints = await RemoteKills.pointsOf(root);
  const remoteCases = await Totals.all(numbers(), (at) => RemoteKills.kill(root, at));
  Totals.print("HTTP back-end", remoteCases, remotePoints.length);

  const demo = await Moments.make(root);
  const moments: Array<Totals.Case> = [];
  for (let number = 0; number < 6; number++) {
    // The last one is killed five times in a row.
    moments.push(await Moments.kill(demo, root, seed + number, number < 5 ? 1 : 5));
  }
  Totals.print("the demo at random moments", moments);
  for (const { name, points } of moments)
    console.log(`  ${name}: killed ${points.join(", then ")}`);

  const refusals = await Refusals.check(root);
  Totals.print("refusals", refusals);
  for (const { name, note } of refusals) console.log(`  ${name}: ${note}`);

  return [...localCases, ...remoteCases, ...moments, ...refusals];
};

const cases = values.backlog
  ? await Backlog.all(root, {
      seed,
      seeds: whole("seeds", values.seeds),
      size: whole("size", values.size),
      every: step,
    })
  : await everything();
const bad = cases.filter(({ problems }) => problems.length > 0).length;
if (bad === 0) await Place.remove(root);
console.log(`${cases.length} runs, ${Totals.kills(cases)} kills, ${bad} bad`);
process.exitCode = bad === 0 ? 0 : 1;
