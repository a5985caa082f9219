/** A run with local agents, killed at every point and resumed. */
import { join } from "node:path";
import { draw } from "./draw.ts";
import * as Outcome from "./Outcome.ts";
import * as Place from "./Place.ts";
import * as Program from "./Program.ts";
import type { Case } from "./Totals.ts";

const start = 'echo "$ORCHESTRATOR_TASK_ID $ORCHESTRATOR_ATTEMPT" >> "$HOME/starts"';

const plan = `name: kills
base: main
concurrency: 3
defaults:
  retry: { attempts: 1 }
tasks:
  - id: base
    run: |
      ${start}
      echo base > base.txt
      echo "words=20" >> "$ORCHESTRATOR_OUTPUT"
  - id: drafts
    dependsOn: [base]
    retry: { attempts: 2, delay: 0 }
    run: |
      ${start}
      [ "$ORCHESTRATOR_ATTEMPT" = 2 ] || { echo draft > draft.txt; exit 1; }
      cat base.txt > second.txt
  - id: finder
    dependsOn: [base]
    run: |
      ${start}
      echo '{"id": "found", "dependsOn": ["finder"], "run": "${start.replaceAll('"', '\\"')}; cat finder.txt > found.txt"}' >> "$ORCHESTRATOR_DISCOVERED"
      sleep 0.3
      echo finder {{ tasks.base.output.words }} > finder.txt
  - id: last
    dependsOn: [drafts, finder]
    run: |
      ${start}
      cat base.txt second.txt finder.txt > last.txt
`;

export interface Scenario {
  readonly template: Place.Place;
  readonly expected: Outcome.Outcome;
  readonly points: ReadonlyArray<string>;
}

const commandIn = (place: Place.Place, args: ReadonlyArray<string>, at?: Program.Point) =>
  Program.run({
    program: Program.command,
    args,
    folder: place.repository,
    home: place.home,
    at,
  });

const first = ["run", "plan.yaml", "--update-checkout"];

/** Makes the plan's repository, and runs it once without interruption. */
export const make = async (root: string): Promise<Scenario> => {
  const template = await Place.make(join(root, "template"), { "plan.yaml": plan });
  const place = await Place.copy(template, join(root, "uninterrupted"));
  const ended = await commandIn(place, first);
  if (ended.code !== 0) throw new Error(`The plan itself fails:\n${ended.out}${ended.error}`);
  return { template, expected: await Outcome.of(place), points: ended.points };
};

/** Kills the run at one point, sometimes its successor too, and lets it come to its end. */
export const kill = async (
  { expected, template }: Scenario,
  root: string,
  at: Program.Point,
): Promise<Case | undefined> => {
  const place = await Place.copy(template, join(root, `local-${Program.nameOf(at)}`));
  const killed = await commandIn(place, first, at);
  const rest = killed.wasKilled ? await goOn(place, secondPoint(at)) : [];
  const bad = await Outcome.of(place).then(
    (found) => Outcome.differences(expected, found),
    (error: Error) => [String(error)],
  );
  if (bad.length === 0) await Place.remove(place.home);
  if (bad.length === 0 && !killed.wasKilled) return undefined;
  const all = [killed, ...rest];
  return {
    name: `local agents, point ${at}`,
    points: all.flatMap((ended) => (ended.wasKilled ? ended.points : [])),
    problems: bad.length === 0 ? [] : [...bad, `left in ${place.home}`, ...all.map(told)],
  };
};

/** Every third time the successor is killed, somewhere in what the first part of a run passes. */
const secondPoint = (at: Program.Point): number | undefined =>
  typeof at === "number" && at % 3 === 0 ? 1 + Math.floor(draw(at) * 200) : undefined;

/** Resumes the run until it has ended, as a person would; answers with every process. */
const goOn = async (place: Place.Place, second: number | undefined) => {
  const resumed = await commandIn(place, ["resume"], second);
  const all = [resumed];
  if (resumed.wasKilled) all.push(await commandIn(place, ["resume"]));
  // Killed before the run was recorded, there is nothing to resume.
  if (isNothingThere(all.at(-1)!)) all.push(await commandIn(place, first));
  return all;
};

const isNothingThere = ({ code, error }: Program.Ended): boolean =>
  code === 66 && error.includes("there are no runs");

const told = ({ code, error, out }: Program.Ended): string => `exit ${code}: ${error}${out}`;
