/** One run over weeks of simulated time, on the product's journal, in which nothing fails: what does it keep? */
import * as v8 from "node:v8";
import * as vm from "node:vm";
import { AgentPool, Orchestrator } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { ForgetfulBackEnd } from "./ForgetfulBackEnd.ts";
import { Network } from "./Network.ts";
import { Process } from "./Process.ts";
import * as RemoteAgent from "./RemoteAgent.ts";
import { SqlDisk } from "./SqlDisk.ts";
import type { Frame } from "./Store.ts";
import { World } from "./World.ts";

export interface Options {
  readonly seed: number;
  /** How many tasks there are in the end. */
  readonly tasks: number;
  readonly slots: number;
  /** How often it is looked at what is held. */
  readonly parts: number;
}

/** What is held at a moment. */
export interface Sample {
  /** How many tasks have ended. */
  readonly tasks: number;
  /** The bytes of all objects that are still in use. */
  readonly held: number;
}

export interface LongRun {
  /** The first one is from before the run. */
  readonly samples: ReadonlyArray<Sample>;
  readonly days: number;
  readonly commits: number;
  readonly launches: number;
  readonly succeeded: number;
}

/** The bytes that the tasks of some parts of a run have left behind, each. */
export const bytesPerTask = (samples: ReadonlyArray<Sample>): number => {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  return (last.held - first.held) / (last.tasks - first.tasks);
};

/** The same for both halves of a run; its first part, in which everything is new, is left out. */
export const halves = ({ samples }: LongRun): readonly [first: number, second: number] => {
  const middle = (samples.length + 1) >> 1;
  return [bytesPerTask(samples.slice(1, middle + 1)), bytesPerTask(samples.slice(middle))];
};

/** Lets a run find task after task until all have ended. */
export const run = (options: Options): LongRun => {
  const world = new World(options.seed);
  const backEnd = new ForgetfulBackEnd(world, options.seed, options.tasks);
  const samples: Array<Sample> = [{ tasks: 0, held: heldBytes() }];
  let ended = 0;
  const durable = ({ events }: Frame) => {
    ended += events.filter((event) => event.startsWith('{"_tag":"TaskEnded"')).length;
    if (ended < (samples.length * options.tasks) / options.parts) return;
    forgetWritten(disk);
    samples.push({ tasks: ended, held: heldBytes() });
  };
  const faults = { fails: 0, slow: 0 };
  const place = { lockPatience: Infinity, isRemote: false, hasNeighbour: false, hasBlobs: false };
  const disk = new SqlDisk(world, faults, place, { durable, opened: () => undefined });
  const succeeded = live(world, disk, backEnd, options);
  const { commits } = disk.commits;
  disk.close();
  const days = world.now / 86_400_000;
  return { samples, days, commits, launches: backEnd.launches, succeeded };
};

/** A disk is no memory: what is written leaves the database that stands for one. */
const forgetWritten = (disk: SqlDisk): void => {
  disk.ask("DELETE FROM journal_commit WHERE id < (SELECT MAX(id) FROM journal_commit)");
};

/** How many tasks have succeeded when the run has ended. */
const live = (world: World, disk: SqlDisk, backEnd: ForgetfulBackEnd, { slots }: Options) => {
  const process = new Process(world, 1, () => undefined);
  const agent = RemoteAgent.make({
    process,
    network: new Network(world, { any: 0 }),
    backEnd,
    launch: "findable",
    watcher: { launches: () => undefined, cancels: () => undefined },
  });
  const pool = AgentPool.AgentPool.layer({ agents: [{ agent }], slots });
  const layer = Orchestrator.Orchestrator.layer.pipe(Layer.provide([pool, disk.journal(process)]));
  const first = Array.from({ length: slots }, () => backEnd.another()).flat();
  const program = Effect.gen(function* () {
    const orchestrator = yield* Orchestrator.Orchestrator;
    const handle = yield* orchestrator.start(
      first.map((id) => ({ id })),
      { run: "run" },
    );
    yield* handle.result;
    return handle.state.count("Succeeded");
  });
  return ended(world, process, Effect.provide(Effect.scoped(program), layer, { local: true }));
};

const ended = <A, E>(world: World, process: Process, program: Effect.Effect<A, E>): A => {
  let exit: Exit.Exit<A, E> | undefined;
  process.main(program, (given) => {
    exit = given;
  });
  world.run(() => exit !== undefined);
  if (exit === undefined) throw new Error("The run does not end: nothing is left to happen.");
  return Effect.runSync(exit);
};

/** The bytes of all objects that are still in use. */
const heldBytes = (): number => {
  collect();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const collect = (): void => {
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc") as () => void;
  gc();
  gc();
};
