// pnpm sim:long [--tasks N] [--seed S]: shows what one run over weeks of simulated time keeps in memory.
import { parseArgs } from "node:util";
import * as LongRun from "./LongRun.ts";

const { values } = parseArgs({
  options: { tasks: { type: "string", default: "50000" }, seed: { type: "string", default: "1" } },
});

const whole = (name: string, least: number, value: string): number => {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  throw new RangeError(`--${name} must be a whole number of ${least} or more, not ${value}.`);
};

/** So much may a task leave behind: what it is, how it went, what it gave. */
const mostBytes = 2048;

/** So much more may the tasks of the second half leave than those of the first. */
const mostGrowth = 1.25;

const tasks = whole("tasks", 1000, values.tasks);
const began = performance.now();
const result = LongRun.run({ seed: whole("seed", 1, values.seed), tasks, slots: 4, parts: 10 });
const { commits, days, launches, samples, succeeded } = result;

console.log("   tasks  held, MB  bytes a task in this part");
samples.forEach(({ held, tasks: ended }, index) => {
  const bytes =
    index === 0 ? "" : LongRun.bytesPerTask(samples.slice(index - 1, index + 1)).toFixed(0);
  console.log(
    `${String(ended).padStart(8)}  ${(held / 1e6).toFixed(1).padStart(8)}  ${bytes.padStart(25)}`,
  );
});
const [first, second] = LongRun.halves(result);
console.log(`simulated days   ${days.toFixed(0)}`);
console.log(`commits          ${commits}`);
console.log(`launches         ${launches}`);
console.log(`succeeded        ${succeeded}`);
console.log(
  `bytes a task     ${first.toFixed(0)} in the first half, ${second.toFixed(0)} in the second`,
);
console.log(`seconds          ${((performance.now() - began) / 1000).toFixed(1)}`);
const isFlat = second <= mostBytes && second <= first * mostGrowth;
const isRight = succeeded === tasks && launches === tasks;
console.log(`bad = ${(isFlat ? 0 : 1) + (isRight ? 0 : 1)}`);
process.exitCode = isFlat && isRight ? 0 : 1;
