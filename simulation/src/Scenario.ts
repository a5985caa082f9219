import type { Agent, Orchestrator, Task } from "@orchestrator/core";
import type { Work } from "./BackEnd.ts";
import { Random } from "./Random.ts";

/** An agent of the scenario. */
export interface Kind {
  readonly name: string;
  readonly launch: Agent.AgentCapabilities["launch"];
}

export const journalKinds = ["model", "sql"] as const;
export type JournalKind = (typeof journalKinds)[number];

/** How much goes wrong, each a probability or a number for the whole run. */
export interface Troubles {
  readonly network: number;
  readonly diskFails: number;
  readonly diskSlow: number;
  readonly crashes: number;
  /** Probability that a process dies at one of the points around an effect. */
  readonly deadly: number;
  readonly powerFails: number;
  readonly clockJumps: number;
  readonly freezes: number;
  /** Probability that a process freezes at one of the points around an effect. */
  readonly freezing: number;
  readonly rivals: number;
  /** What an operator asks for while the run goes on. */
  readonly requests: number;
  /** How long an agent run may take to appear, in milliseconds. */
  readonly lag: number;
  readonly othersPerHour: number;
  /** Whether listings of the back-ends leave out the keys. */
  readonly isForgetful: boolean;
  /** Whether the journal is on a server that lets go of the lock of a frozen process. */
  readonly isServer: boolean;
}

/** Everything that is decided before a simulation begins. */
export interface Scenario {
  readonly seed: number;
  readonly tasks: ReadonlyArray<Task.Task>;
  readonly options: Orchestrator.RunOptions;
  readonly kinds: readonly [Kind, ...ReadonlyArray<Kind>];
  readonly slots: number;
  readonly hasCodeHost: boolean;
  /** Whether people are told in comments what becomes of the tasks. */
  readonly hasReporter: boolean;
  readonly troubles: Troubles;
  /** Whether people decide about held tasks in any way that is true, or always let them run. */
  readonly decides: "anything" | "relaunch";
  /** Where the events are: on a disk that is a model, or in the product's journal on a database. */
  readonly journal: JournalKind;
  /** Whether that database is on a server; a file may have a lock that is let go as well. */
  readonly isRemote: boolean;
  /** Whether the program writes a second run beside the first; only the product's journal can. */
  readonly hasNeighbour: boolean;
  /** Whether most events lie in files beside the database of that journal. */
  readonly hasBlobs: boolean;
  /** When nothing fails any more, in milliseconds. */
  readonly calmAt: number;
  /** What the n-th agent run of a task does, from 1. */
  readonly workOf: (task: string, n: number) => Work;
  /** Whether a branch does not fit the base. */
  readonly conflicts: (branch: string) => boolean;
}

export const none: Troubles = {
  network: 0,
  diskFails: 0,
  diskSlow: 0,
  crashes: 0,
  deadly: 0,
  powerFails: 0,
  clockJumps: 0,
  freezes: 0,
  freezing: 0,
  rivals: 0,
  requests: 0,
  lag: 0,
  othersPerHour: 0,
  isForgetful: false,
  isServer: false,
};

const gates: ReadonlyArray<Task.Gate> = ["agent-ended", "pr-open", "checks-green", "merged"];

/** Every so many-th seed has the product's journal. */
const sqlEvery = 8;

/** The scenario of a seed. */
export const make = (
  seed: number,
  journal: JournalKind = seed % sqlEvery === 0 ? "sql" : "model",
): Scenario => {
  const random = Random.of(seed, "scenario");
  const hasCodeHost = random.chance(0.5);
  const kinds = kindsOf(random);
  const tasks = tasksOf(random, hasCodeHost, kinds);
  const options = optionsOf(random);
  const slots = random.int(1, 5);
  const troubles = troublesOf(random);
  return {
    seed,
    tasks,
    options,
    kinds,
    slots,
    hasCodeHost,
    hasReporter: Random.of(seed, "reporter").chance(0.5),
    troubles,
    decides: "anything",
    journal,
    isRemote: troubles.isServer && Random.of(seed, "line").chance(0.6),
    hasNeighbour: Random.of(seed, "neighbour").chance(0.5),
    hasBlobs: Random.of(seed, "blobs").chance(0.3),
    calmAt: random.between(0.3, 4) * 3_600_000,
    workOf: (task, n) => workOf(Random.of(seed, "work", task, n), task, n, hasCodeHost),
    conflicts: (branch) => Random.of(seed, "conflict", branch).chance(0.08),
  };
};

const kindsOf = (random: Random): Scenario["kinds"] => {
  const findable: Kind = { name: "findable", launch: "findable" };
  const others: ReadonlyArray<Kind> = [
    { name: "idempotent", launch: "idempotent" },
    { name: "blind", launch: "blind" },
  ].filter(() => random.chance(0.25)) as ReadonlyArray<Kind>;
  return [findable, ...others];
};

const optionsOf = (random: Random): Orchestrator.RunOptions => ({
  run: "run",
  mode: random.pick(["parallel", "parallel", "parallel", "priority", "sequential"] as const),
  failFast: random.chance(0.1),
  onDependencyFailure: random.pick(["skip", "skip", "run-anyway", "hold"] as const),
  timeout: random.pick(["10 minutes", "20 minutes", "1 hour"] as const),
  retry: { jitter: random.chance(0.5), attempts: random.int(1, 4) },
});

/** Each trouble is there or not, so that some seeds have one and others all. */
const troublesOf = (random: Random): Troubles => {
  const some = (probability: number, value: () => number) =>
    random.chance(probability) ? value() : 0;
  return {
    network: some(0.7, () => random.pick([0.02, 0.1, 0.3])),
    diskFails: some(0.25, () => random.pick([0.01, 0.05])),
    diskSlow: some(0.3, () => 0.1),
    crashes: some(0.5, () => random.int(1, 4)),
    deadly: some(0.5, () => random.pick([0.01, 0.03, 0.06])),
    powerFails: some(0.6, () => 0.5),
    clockJumps: some(0.5, () => random.pick([2, 8, 40])),
    freezes: some(0.3, () => random.int(1, 4)),
    freezing: some(0.3, () => 0.02),
    rivals: some(0.3, () => random.int(1, 6)),
    requests: some(0.3, () => random.int(1, 5)),
    lag: some(0.7, () => random.pick([5_000, 119_000, 119_000])),
    othersPerHour: some(0.6, () => random.pick([10, 120, 300])),
    isForgetful: random.chance(0.05),
    isServer: random.chance(0.5),
  };
};

const tasksOf = (
  random: Random,
  hasCodeHost: boolean,
  kinds: Scenario["kinds"],
): ReadonlyArray<Task.Task> => {
  const size = random.int(1, random.pick([3, 6, 12]));
  const shape = random.pick([chain, fan, layers, tangle]);
  return Array.from({ length: size }, (_, index) => {
    const before = [...new Set(shape(random, index))].map((other) => {
      const gate = hasCodeHost && random.chance(0.5) ? { until: random.pick(gates) } : {};
      const policy = random.chance(0.2)
        ? { onFailure: random.pick(["skip", "run-anyway", "hold"] as const) }
        : {};
      return { task: `t${other}`, ...gate, ...policy };
    });
    return {
      id: `t${index}`,
      dependsOn: before,
      ...(random.chance(0.5) ? { agent: random.pick(kinds).name } : {}),
      ...(random.chance(0.2) ? { priority: random.int(-2, 2) } : {}),
      ...(random.chance(0.1) ? { claims: [random.pick(["src/a/**", "src/b/**"])] } : {}),
    };
  });
};

type Shape = (random: Random, index: number) => ReadonlyArray<number>;

const chain: Shape = (_, index) => (index === 0 ? [] : [index - 1]);
const fan: Shape = (_, index) => (index === 0 ? [] : [0]);
const layers: Shape = (_, index) => {
  const layer = Math.floor(index / 3);
  return layer === 0 ? [] : [0, 1, 2].map((place) => (layer - 1) * 3 + place);
};
const tangle: Shape = (random, index) =>
  Array.from({ length: Math.min(index, random.int(0, 3)) }, () => random.int(0, index - 1));

const workOf = (random: Random, task: string, n: number, hasCodeHost: boolean): Work => {
  const draw = random.next();
  const seconds = Math.round(10 * 90 ** random.next());
  const isOdd = random.chance(0.1);
  const isOriginal = !task.includes("+");
  const found = isOriginal && random.chance(0.08) ? [`${task}+1`, `${task}+2`] : [];
  const change =
    hasCodeHost && random.chance(0.7) ? { change: { branch: `${task}-${n}`, commit: "c" } } : {};
  const work = { seconds, isOdd, found };
  if (draw < 0.76)
    return { ...work, end: { _tag: "Succeeded", output: `${task} by ${n}`, ...change } };
  if (draw < 0.86) return { ...work, end: failure("agent") };
  if (draw < 0.9) return { ...work, end: failure("infrastructure") };
  if (draw < 0.93) return { ...work, end: failure("permanent") };
  if (draw < 0.96) return { ...work, end: { _tag: "Waiting", question: "blue or green?" } };
  return { ...work, seconds: Infinity, end: failure("agent") };
};

const failure = (of: "agent" | "infrastructure" | "permanent"): Agent.AgentRunEnd => ({
  _tag: "Failed",
  failure: { class: of, message: `failed by ${of}` },
});
