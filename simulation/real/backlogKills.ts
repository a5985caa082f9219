/** A backlog on GitHub worked on by Codegen, its orchestrator killed and its answers lost, until it ends. */
import { join } from "node:path";
import { Operator } from "@orchestrator/core";
import * as Judge from "./backlogJudge.ts";
import * as Scene from "./backlogScene.ts";
import * as World from "./backlogWorld.ts";
import * as Outcome from "./Outcome.ts";
import * as Place from "./Place.ts";
import type * as Program from "./Program.ts";
import type { Case } from "./Totals.ts";

/** A point, or milliseconds after the start of the process. */
export type Moment = Program.Point | { readonly millis: number };

export interface Options {
  readonly name: string;
  readonly seed: number;
  readonly size: number;
  /** Where one process after the other is killed. */
  readonly kills?: ReadonlyArray<Moment>;
  readonly faults?: Scene.Faults;
  readonly token?: Scene.Token;
}

export interface Worked extends Case {
  readonly ledger: string;
  /** How many requests met a fault. */
  readonly faults: number;
  /** What the last process passed. */
  readonly passed: ReadonlyArray<string>;
}

/** A run that takes longer hangs. */
const mostMillis = 240_000;
const mostProcesses = 20;

/** Runs a backlog, killed where it is to be and resumed until it ends. */
export const work = async (root: string, options: Options): Promise<Worked> => {
  const { faults, kills = [], name, seed, size, token = "machine" } = options;
  const home = join(root, name.replaceAll(/\W+/g, "-"));
  const scene = await Scene.make(World.make(seed, size), home, faults);
  try {
    const { ended, relaunched, wrong } = await follow(scene, kills, token);
    const killed = ended.filter(({ wasKilled }) => wasKilled);
    const bad = [...wrong, ...(await problemsOf(scene, ended))];
    if (bad.length === 0) await Place.remove(home);
    return {
      name: `backlog of ${size}, seed ${seed}, ${name}`,
      points: killed.map(({ points }, index) => points[0] ?? JSON.stringify(kills[index])),
      problems: bad.length === 0 ? [] : [...bad, `left in ${home}`, ...ended.map(told)],
      ...(relaunched > 0 ? { note: "held" } : {}),
      ledger: Judge.ledger(scene),
      faults: faultsIn(scene),
      passed: ended.at(-1)?.points ?? [],
    };
  } finally {
    await scene.close();
  }
};

const faultsIn = ({ fakes: { codegen, github } }: Scene.Scene): number =>
  [...github.audit.entries, ...codegen.audit.entries].filter(({ fault }) => fault !== null).length;

const told = ({ code, error, out }: Program.Ended): string =>
  `exit ${code}: ${error}${out.split("\n").slice(-12).join("\n")}`;

const problemsOf = async (scene: Scene.Scene, ended: ReadonlyArray<Program.Ended>) => {
  const last = ended.at(-1);
  const isRight = last?.code === Judge.code;
  const bad = isRight ? [] : [`the last process ended with ${last?.code}`];
  const found = await Outcome.readRun(scene.home).catch((error: Error) => String(error));
  if (typeof found === "string") return [...bad, found];
  return [...bad, ...Judge.problems(scene, found.state)];
};

interface Followed {
  readonly ended: Array<Program.Ended>;
  /** Launches that a person sent once more. */
  relaunched: number;
  readonly wrong: Array<string>;
}

/** One process after the other until one ends by itself, and nothing is left to do for people. */
const follow = async (
  scene: Scene.Scene,
  kills: ReadonlyArray<Moment>,
  token: Scene.Token,
): Promise<Followed> => {
  const followed: Followed = { ended: [], relaunched: 0, wrong: [] };
  const rest = [...kills];
  let args: ReadonlyArray<string> = Scene.first;
  while (args.length > 0 && followed.ended.length < mostProcesses) {
    const ended = await process(scene, args, rest.shift(), { token });
    followed.ended.push(ended);
    const isAgain = ended.wasKilled || (await isTriedAgain(scene, ended));
    if (!isAgain && !(await isDecided(scene, followed))) return followed;
    args = (await isRecorded(scene)) ? ["resume"] : Scene.first;
  }
  return followed;
};

/** A process that was killed before its run was recorded leaves a lease that nobody knows: it runs out. */
const takenCode = 4;
/** The service did not answer. */
const unavailableCode = 69;
const leaseMillis = 130_000;

/** What a person does who is told to try again later. */
const isTriedAgain = async ({ fakes }: Scene.Scene, { code }: Program.Ended): Promise<boolean> => {
  if (code !== takenCode && code !== unavailableCode) return false;
  await fakes.clock.sleep(leaseMillis);
  return true;
};

/**
 * A person launches again what is held for a launch without an answer, and of which the service
 * knows nothing. It may be held only while nothing was ever heard of the service.
 */
const isDecided = async (scene: Scene.Scene, followed: Followed): Promise<boolean> => {
  const found = await Outcome.readRun(scene.home).catch(() => undefined);
  if (found === undefined) return false;
  const launched = new Set(scene.fakes.codegen.launched().map(({ task }) => task));
  const lost = Operator.held(found.state).filter(({ task }) => !launched.has(task.task.id));
  const attempts = [...found.state.tasks()].flatMap((task) => task.attempts);
  const known = attempts.filter(({ ref }) => ref !== undefined).length;
  for (const { task } of lost) {
    if (known > 0) followed.wrong.push(`${task.task.id} was held, and ${known} were answered`);
    await scene.start(["decide", task.task.id, "relaunch"]).ended;
  }
  followed.relaunched += lost.length;
  return lost.length > 0;
};

/** Killed before the run was recorded, there is nothing to resume. */
const isRecorded = async ({ home }: Scene.Scene): Promise<boolean> => {
  const found = await Outcome.readRun(home).catch(() => undefined);
  return found !== undefined && found.id !== "";
};

const process = async (
  scene: Scene.Scene,
  args: ReadonlyArray<string>,
  kill: Moment | undefined,
  options: Scene.Options,
): Promise<Program.Ended> => {
  const at = typeof kill === "object" ? undefined : kill;
  const started = scene.start(args, { ...options, at });
  const timer = setTimeout(started.kill, typeof kill === "object" ? kill.millis : mostMillis);
  try {
    return await started.ended;
  } finally {
    clearTimeout(timer);
  }
};
