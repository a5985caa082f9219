/** What a process is told that must not touch a run: one that another works on, or a damaged one. */
import { execFileSync } from "node:child_process";
import { copyFile, readFile, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as Outcome from "./Outcome.ts";
import * as Place from "./Place.ts";
import * as Program from "./Program.ts";
import type { Case } from "./Totals.ts";

const plan = `name: waiting
isolation: none
tasks:
  - id: waits
    run: |
      echo "$ORCHESTRATOR_TASK_ID $ORCHESTRATOR_ATTEMPT" >> "$HOME/starts"
      read _ < "$HOME/gate"
`;

const program = ({ home, repository }: Place.Place, ...args: ReadonlyArray<string>) =>
  Program.start({ program: Program.command, args, folder: repository, home });

const exits = ({ code }: Program.Ended, expected: number): ReadonlyArray<string> =>
  code === expected ? [] : [`exit code ${code}, not ${expected}`];

const says = (said: string, ...parts: ReadonlyArray<string>): ReadonlyArray<string> =>
  parts.flatMap((part) => (said.includes(part) ? [] : [`does not say ${part}: ${said}`]));

/** Two processes on one run, then damage to its journal. */
export const check = async (root: string): Promise<ReadonlyArray<Case>> => {
  const place = await Place.make(join(root, "refusals"), { "plan.yaml": plan });
  execFileSync("mkfifo", [join(place.home, "gate")]);
  const twice = await twoProcesses(place);
  const cases = [twice, await flipped(place), await cut(place)];
  if (cases.every(({ problems }) => problems.length === 0)) await Place.remove(place.home);
  return cases;
};

const twoProcesses = async (place: Place.Place): Promise<Case> => {
  const first = program(place, "run", "plan.yaml");
  await new Promise<void>((resolve) => {
    first.heard((out) => out.includes("waits started") && resolve());
    void first.ended.then(() => resolve());
  });
  const second = await program(place, "resume").ended;
  // Opening a pipe for writing waits for its reader.
  await writeFile(join(place.home, "gate"), "\n");
  const ended = await first.ended;
  const starts = await Place.lines(place.starts);
  return {
    name: "a second process on one run",
    points: [],
    note: second.error.trim(),
    problems: [
      ...exits(second, 75),
      ...says(second.error, `process ${first.pid} on ${hostname()}`),
      ...exits(ended, 0),
      ...(starts.join() === "waits 1" ? [] : [`started ${starts.join(", ")}`]),
    ],
  };
};

const journalOf = (place: Place.Place) => join(place.repository, ".orchestrator/journal.db");

const damaged = async (place: Place.Place, name: string, ...parts: ReadonlyArray<string>) => {
  const problems: Array<string> = [];
  let note = "";
  for (const args of [["log"], ["resume"], ["status"], ["run", "plan.yaml"]]) {
    if (name.startsWith("a flipped") && args[0] === "run") continue;
    const ended = await program(place, ...args).ended;
    note = ended.error.trim();
    const found = [...exits(ended, 65), ...says(ended.error, ...parts)];
    problems.push(...found.map((problem) => `${args[0]}: ${problem}`));
  }
  return { name, points: [], problems, note } satisfies Case;
};

const flipped = async (place: Place.Place): Promise<Case> => {
  const file = journalOf(place);
  const { id } = await Outcome.readRun(place.repository);
  await copyFile(file, `${file}.whole`);
  const bytes = await readFile(file);
  const at = bytes.indexOf('"task":"waits"') + 9;
  bytes[at] = bytes[at]! ^ 0x01;
  await writeFile(file, bytes);
  const found = await damaged(place, "a flipped byte in an event", `the run ${id}`, file);
  await copyFile(`${file}.whole`, file);
  return found;
};

const cut = async (place: Place.Place): Promise<Case> => {
  const file = journalOf(place);
  const { length } = await readFile(file);
  await truncate(file, Math.floor(length / 2));
  const found = await damaged(place, "a truncated database", file);
  await copyFile(`${file}.whole`, file);
  return found;
};
