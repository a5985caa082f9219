// Simulates some seeds, on one of several processes: node worker.ts <first> <step> <count> <stop> [journal]
import * as Scenario from "./Scenario.ts";
import { type Report, Simulation } from "./Simulation.ts";
import { applied, variants } from "./variants.ts";

/** What a worker tells of a simulation. */
export type Told = Omit<Report, "faults" | "trace"> & {
  readonly faults: Readonly<Record<string, number>>;
};

const [first, step, count, stop] = process.argv.slice(2, 6).map(Number) as [
  number,
  number,
  number,
  number,
];

const journal = process.argv[6] as Scenario.JournalKind | undefined;

const wanted = variants.find(({ name }) => name === process.env.SIMULATION_VARIANT)?.patches ?? [];
const missing = wanted.filter(({ file }) => !applied.includes(file));
if (missing.length > 0) throw new Error(`never loaded: ${missing.map(({ file }) => file)}`);

for (let index = 0; index < count; index++) {
  const scenario = Scenario.make(first + index * step, journal);
  const { trace: _, faults, ...report } = new Simulation(scenario).run();
  process.send!({ ...report, faults: Object.fromEntries(faults) } satisfies Told);
  if (stop === 1 && report.violation !== undefined) break;
}
process.disconnect();
