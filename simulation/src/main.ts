// pnpm sim [--seeds N] [--seed S] [--journal model|sql] [--variant NAME] [--trace]
import { parseArgs } from "node:util";
import * as Scenario from "./Scenario.ts";
import { Simulation } from "./Simulation.ts";
import type { Told } from "./worker.ts";
import { simulate } from "./workers.ts";
import { variants } from "./variants.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    journal: { type: "string" },
    variant: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

const whole = (name: string, value: string | undefined, otherwise: number): number => {
  const number = value === undefined ? otherwise : Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new RangeError(`--${name} must be a whole number of 1 or more, not ${value}.`);
};

const first = whole("seed", values.seed, 1);
const count = whole("seeds", values.seeds, values.seed === undefined ? 2000 : 1);
const { trace, variant } = values;
if (variant !== undefined && variants.every(({ name }) => name !== variant)) {
  const known = variants.map(({ name }) => `  ${name}`).join("\n");
  throw new RangeError(`There is no variant ${JSON.stringify(variant)}. There are:\n${known}`);
}

const wanted = Scenario.journalKinds.find((kind) => kind === values.journal);
if (values.journal !== undefined && wanted === undefined) {
  const known = Scenario.journalKinds.join(" or ");
  throw new RangeError(`--journal must be ${known}, not ${JSON.stringify(values.journal)}.`);
}

const show = (seed: number): void => {
  const simulation = new Simulation(Scenario.make(seed, wanted));
  simulation.world.trace = [];
  for (const line of simulation.run().trace) console.log(line);
};

const again = ({ journal, seed }: Told): string =>
  `pnpm sim --seed ${seed} --journal ${journal}${variant === undefined ? " --trace" : ` --variant "${variant}"`}`;

const summary = (told: ReadonlyArray<Told>, millis: number): boolean => {
  const bad = told.filter(({ violation }) => violation !== undefined);
  const sum = (of: (one: Told) => number) => told.reduce((total, one) => total + of(one), 0);
  const faults = new Map<string, number>();
  for (const one of told) {
    for (const [what, times] of Object.entries(one.faults)) {
      faults.set(what, (faults.get(what) ?? 0) + times);
    }
  }
  console.log(`simulations      ${told.length}`);
  console.log(`simulated hours  ${sum(({ hours }) => hours).toFixed(0)}`);
  console.log(`processes        ${sum(({ processes }) => processes)}`);
  console.log(`crashes          ${sum(({ crashes }) => crashes)}`);
  const onSql = told.filter(({ journal }) => journal === "sql").length;
  const ofSeveral = sum(({ shared }) => shared);
  console.log(
    `on SqlJournal    ${onSql}, with ${sum(({ commits }) => commits)} commits, ${ofSeveral} of them of several appends`,
  );
  console.log("faults");
  for (const [what, times] of [...faults].sort((a, b) => b[1] - a[1])) {
    console.log(`  ${String(times).padStart(7)}  ${what}`);
  }
  if (told.length === 1) console.log(`trace            ${told[0]!.traceHash.toString(16)}`);
  console.log(`seconds          ${(millis / 1000).toFixed(1)}`);
  for (const one of bad) {
    const { seed, violation } = one;
    console.log(`seed ${seed}: ${violation!.checker}: ${violation!.message}`);
    console.log(`  ${again(one)}`);
  }
  console.log(`bad = ${bad.length}`);
  return bad.length === 0;
};

if (trace && variant === undefined) show(first);
const began = performance.now();
const told = await simulate({ first, count, journal: wanted, variant });
process.exitCode = summary(told, performance.now() - began) ? 0 : 1;
