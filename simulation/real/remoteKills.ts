/** A run on a service that outlives every process of ours, killed at every point and resumed. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Codegen } from "@orchestrator/fakes";
import { draw } from "./draw.ts";
import * as Outcome from "./Outcome.ts";
import * as Place from "./Place.ts";
import * as Program from "./Program.ts";
import type { Case } from "./Totals.ts";

type Service = Awaited<ReturnType<typeof Codegen.make>>;

/** Launches take effect later than they were sent, and appear in the list later still. */
const makeService = (): Promise<Service> =>
  Codegen.make({
    script: { fallback: { seconds: 0.3, pullRequests: [{ title: null }] } },
    faults: [
      { on: "create", fault: { kind: "delay", seconds: 0.5 } },
      { on: "list", fault: { kind: "list-lag", seconds: 0.9 } },
    ],
    limits: { reads: null, creates: null },
  });

const programAt = (service: Service, home: string) => (how: string, at?: Program.Point) =>
  Program.run({
    program: Program.remote,
    args: [how, home, service.url, service.token, String(service.orgId)],
    folder: home,
    home,
    at,
  });

/** What an uninterrupted run passes. */
export const pointsOf = async (root: string): Promise<ReadonlyArray<string>> => {
  const found = await kill(root, 0);
  if (found === undefined || found.problems.length > 0) {
    throw new Error(`The run itself fails: ${found?.problems.join("\n")}`);
  }
  return found.points;
};

/** Kills the run at one point (0: at none), sometimes its successor too, and lets it come to its end. */
export const kill = async (root: string, at: Program.Point): Promise<Case | undefined> => {
  const home = join(root, `remote-${Program.nameOf(at)}`);
  await mkdir(home);
  const service = await makeService();
  try {
    const found = await follow(service, home, at);
    if (found === undefined || found.problems.length === 0) await Place.remove(home);
    return found;
  } finally {
    await service.close();
  }
};

const follow = async (
  service: Service,
  home: string,
  at: Program.Point,
): Promise<Case | undefined> => {
  const program = programAt(service, home);
  const first = await program("start", at);
  const rest = first.wasKilled ? await goOn(program, secondPoint(at)) : [];
  const isHeld = rest.some(saysHeld);
  const wrong = isHeld ? await wrongfullyHeld(service, home) : [];
  if (isHeld) rest.push(await program("relaunch"));
  const problems = [...wrong, ...(await problemsOf(service, home))];
  if (at !== 0 && !first.wasKilled && problems.length === 0) return undefined;
  const all = [first, ...rest];
  return {
    name: `HTTP back-end, point ${at}`,
    points: all.flatMap((ended) => (ended.wasKilled || at === 0 ? ended.points : [])),
    problems: problems.length === 0 ? [] : [...problems, `left in ${home}`, ...all.map(told)],
    ...(isHeld ? { note: "held" } : {}),
  };
};

/** Every third time the successor is killed, too. */
const secondPoint = (at: Program.Point): number | undefined =>
  typeof at === "number" && at % 3 === 1 ? 1 + Math.floor(draw(at) * 60) : undefined;

/** Resumes the run until it has ended or asks; answers with every process. */
const goOn = async (program: ReturnType<typeof programAt>, second: number | undefined) => {
  const all = [await program("resume", second)];
  if (all[0]!.wasKilled) all.push(await program("resume"));
  // Killed before the run was recorded, there is nothing to resume.
  if (all.at(-1)!.out.includes("RunNotFound")) all.push(await program("start"));
  return all;
};

const saysHeld = ({ out }: Program.Ended): boolean => out.trim() === "held";

const told = ({ code, error, out }: Program.Ended): string => `exit ${code}: ${error}${out}`;

/** A launch may be held only while no launch was answered; and nothing was created by it. */
const wrongfullyHeld = async (service: Service, home: string): Promise<ReadonlyArray<string>> => {
  const { state } = await Outcome.readRun(home);
  const attempts = Array.from(state.tasks()).flatMap((task) => task.attempts);
  const known = attempts.filter(({ ref }) => ref !== undefined).length;
  const wrong: Array<string> = [];
  if (known > 0) wrong.push(`held wrongly: ${known} launches were answered`);
  if (service.launched().length > known) {
    wrong.push(`held wrongly: ${service.launched().length} agent runs were there to be found`);
  }
  return wrong;
};

const problemsOf = async (service: Service, home: string): Promise<ReadonlyArray<string>> => {
  const problems: Array<string> = [];
  const launched = service.launched();
  for (const [key, ids] of service.duplicates())
    problems.push(`${key} was launched ${ids.length} times`);
  for (const task of ["a", "b", "c", "d"]) {
    const own = launched.filter((one) => one.task === task);
    if (own.length !== 1) problems.push(`${task} has ${own.length} agent runs, not one`);
  }
  problems.push(...service.violations().map((violation) => `against the API: ${violation}`));
  const { state } = await Outcome.readRun(home).catch((error: Error) => {
    problems.push(String(error));
    return { state: undefined };
  });
  for (const { attempts, outcome, task } of state?.tasks() ?? []) {
    if (outcome !== "Succeeded") problems.push(`${task.id} ended as ${outcome}`);
    const id = launched.find((one) => one.task === task.id)?.id;
    if (attempts.at(-1)?.ref?.id !== String(id))
      problems.push(`the result of ${task.id} is not that of ${id}`);
  }
  if (state?.outcome !== "succeeded") problems.push(`the run ended as ${state?.outcome}`);
  return problems;
};
