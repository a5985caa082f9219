/** Measures one case in a process of its own: the case as JSON in, its figures as JSON out. */
import { insertion } from "./cases/insertion.mjs";
import { makespan } from "./cases/makespan.mjs";
import { finished, peak, waiting } from "./cases/memory.mjs";
import { speed } from "./cases/speed.mjs";
import { stall } from "./cases/stall.mjs";

const cases = { finished, insertion, makespan, peak, speed, stall, waiting };

const { name, ...options } = JSON.parse(process.argv[2]);
const figures = await cases[name](options);
process.stdout.write(`${JSON.stringify(figures)}\n`);
