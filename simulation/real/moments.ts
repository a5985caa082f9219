/** The demo's plan as people run it, killed at random moments and resumed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { draw } from "./draw.ts";
import * as Outcome from "./Outcome.ts";
import * as Place from "./Place.ts";
import * as Program from "./Program.ts";
import type { Case } from "./Totals.ts";

const demo = fileURLToPath(new URL("../../examples/demo", import.meta.url));

/** Before its work, the stand-in agent says for whom it was started. */
const tellStart = `import { appendFileSync as tell } from "node:fs";
tell(\`\${process.env.HOME}/starts\`, \`\${process.env.ORCHESTRATOR_TASK_ID} \${process.env.ORCHESTRATOR_ATTEMPT}\\n\`);
`;

const program = ({ home, repository }: Place.Place, args: ReadonlyArray<string>) =>
  Program.start({ program: Program.command, args, folder: repository, home });

const first = ["run", "plan.yaml", "--update-checkout"];

export interface Scenario {
  readonly template: Place.Place;
  readonly expected: Outcome.Outcome;
  /** How many steps it tells of. */
  readonly steps: number;
}

/** Makes the demo's repository, and runs its plan once without interruption. */
export const make = async (root: string): Promise<Scenario> => {
  const agent = await readFile(join(demo, "agent/agent.mjs"), "utf8");
  const files = { "agent/agent.mjs": tellStart + agent };
  const template = await Place.make(join(root, "demo"), files, demo);
  const place = await Place.copy(template, join(root, "demo-uninterrupted"));
  const ended = await program(place, first).ended;
  if (ended.code !== 0) throw new Error(`The demo itself fails:\n${ended.out}${ended.error}`);
  return { template, expected: await Outcome.of(place), steps: stepsIn(ended.out) };
};

/** The beginning and every task that succeeded: who resumes a run tells these again. */
const stepsIn = (out: string): number => out.match(/^ *\d+:\d\d +(✓|• run) /gm)?.length ?? 0;

/** Kills the run, and whoever resumes it, so many times, each at a moment that the seed chooses. */
export const kill = async (
  scenario: Scenario,
  root: string,
  seed: number,
  times: number,
): Promise<Case> => {
  const place = await Place.copy(scenario.template, join(root, `demo-${seed}`));
  const points: Array<string> = [];
  const processes: Array<Program.Ended> = [];
  for (let number = 0; processes.at(-1)?.wasKilled ?? true; number++) {
    const started = program(place, number === 0 ? first : ["resume"]);
    const moment = momentOf(scenario, seed, number, times);
    if (number < times) killAt(started, moment);
    processes.push(await started.ended);
    if (number < times) points.push(`${moment.millis} ms after step ${moment.step}`);
  }
  const bad = Outcome.differences(scenario.expected, await Outcome.of(place));
  if (processes.length <= times)
    bad.unshift(`ended by itself, killed ${processes.length - 1} times`);
  if (bad.length === 0) await Place.remove(place.home);
  return {
    name: `demo, seed ${seed}`,
    points: points.slice(0, processes.length - 1),
    problems: bad.length === 0 ? [] : [...bad, `left in ${place.home}`, ...processes.map(told)],
  };
};

const told = ({ code, error, out }: Program.Ended): string => `exit ${code}: ${error}${out}`;

interface Moment {
  readonly step: number;
  readonly millis: number;
}

/** Each kill has its own part of the run, as long as the others. */
const momentOf = ({ steps }: Scenario, seed: number, number: number, times: number): Moment => ({
  step: 1 + Math.floor(((number + draw(seed * 100 + number)) / times) * (steps - 2)),
  millis: Math.floor(draw(seed * 100 + number + 50) * 500),
});

const killAt = (started: Program.Started, { step, millis }: Moment): void => {
  let timer: NodeJS.Timeout | undefined;
  started.heard((out) => {
    if (stepsIn(out) >= step) timer ??= setTimeout(started.kill, millis);
  });
  void started.ended.then(() => clearTimeout(timer));
};
