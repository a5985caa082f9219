/**
 * What a set of tasks amounts to as a graph, before anything runs: problems, waves, critical path.
 *
 * Pure and linear in tasks and dependencies, without recursion; only the search
 * for the shortest cycle to show costs more, up to a bound.
 */
import { cycles } from "./internal/reportCycles.ts";
import {
  gateOf,
  levels,
  link,
  type Links,
  never,
  sourceOf,
  target,
} from "./internal/reportLinks.ts";
import { problems } from "./internal/reportProblems.ts";
import type { PlanProblem } from "./PlanProblem.ts";
import type { Gate, Task, TaskId } from "./Task.ts";

/** What the plan is checked against; what is absent is not checked. */
export interface Options {
  /** The gates that a change can reach in this set-up. */
  readonly gates?: ReadonlyArray<Gate>;
  /** The gate of a dependency that names none (default `agent-ended`). */
  readonly defaultGate?: Gate;
  /** The names that tasks may route to. */
  readonly agents?: ReadonlyArray<string>;
  /** What is wrong with a task for the agent that it goes to, one sentence each. */
  readonly check?: (task: Task) => ReadonlyArray<string>;
  /** The capacity of every resource. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Seconds a task is known to take; undefined: its own estimate, if it has one. */
  readonly durations?: (task: Task) => number | undefined;
}

/** "`to` depends on `from` until `gate`." */
export interface Edge {
  readonly from: TaskId;
  readonly to: TaskId;
  readonly gate: Gate;
  /** Where the dependency was stated, if that is known. */
  readonly source?: string;
}

/** The path that no number of agents makes shorter. */
export interface CriticalPath {
  readonly tasks: ReadonlyArray<TaskId>;
  /**
   * How long it takes; tasks without an estimate take the mean of the others.
   * Undefined if no task has one: then it is the path with the most tasks.
   */
  readonly seconds: number | undefined;
}

/** What can be said of a plan before it runs: problems, waves, the critical path, what starts first. */
export interface GraphReport {
  /** Errors first; see `PlanProblem.severity`. */
  readonly problems: ReadonlyArray<PlanProblem>;
  /**
   * Tasks by the number of tasks on the longest path before them, in the order given.
   * Tasks on or behind a cycle, a missing or a self dependency are in no wave.
   */
  readonly waves: ReadonlyArray<ReadonlyArray<TaskId>>;
  readonly criticalPath: CriticalPath;
  /** The tasks that wait for nothing: the first wave. */
  readonly roots: ReadonlyArray<TaskId>;
  /** The tasks of all waves, every dependency before its dependents. */
  readonly order: ReadonlyArray<TaskId>;
  /** Dependencies between tasks that exist, one for each pair; the first statement counts. */
  readonly edges: ReadonlyArray<Edge>;
}

/** Reports on tasks; of tasks with the same id the first one counts. */
export const make = (all: ReadonlyArray<Task>, options: Options = {}): GraphReport => {
  const checked = { ...options, defaultGate: options.defaultGate ?? "agent-ended" } as const;
  const links = link(all);
  const level = levels(links);
  const waves = wavesOf(links, level);
  return {
    problems: problems(links, level, cycles(links, level), checked),
    waves: waves.map((wave) => wave.map((number) => links.tasks[number]!.id)),
    criticalPath: criticalPath(links, level, waves, options),
    roots: (waves[0] ?? []).map((number) => links.tasks[number]!.id),
    order: waves.flatMap((wave) => wave.map((number) => links.tasks[number]!.id)),
    edges: edges(links, checked.defaultGate),
  };
};

type Waves = ReadonlyArray<ReadonlyArray<number>>;

const wavesOf = (links: Links, level: Int32Array): Waves => {
  const waves: Array<Array<number>> = [];
  for (let task = 0; task < links.tasks.length; task++) {
    const wave = level[task]!;
    if (wave === never) continue;
    while (waves.length <= wave) waves.push([]);
    waves[wave]!.push(task);
  }
  return waves;
};

const edges = (links: Links, defaultGate: Gate): ReadonlyArray<Edge> =>
  links.tasks.flatMap(({ id }, number) =>
    links.stated.slice(links.firstIn[number], links.firstIn[number + 1]).map((stated) => ({
      from: target(stated),
      to: id,
      gate: gateOf(stated, defaultGate),
      ...sourceOf(stated),
    })),
  );

const criticalPath = (
  links: Links,
  level: Int32Array,
  waves: Waves,
  options: Options,
): CriticalPath => {
  const { seconds, isKnown } = secondsOf(links, level, options);
  const size = links.tasks.length;
  const total = new Float64Array(size);
  const before = new Int32Array(size).fill(-1);
  /** Of two paths that take equally long, the one with more tasks. */
  const isLonger = (task: number, than: number): boolean =>
    than === -1 ||
    total[task]! > total[than]! ||
    (total[task] === total[than] && level[task]! > level[than]!);

  let last = -1;
  for (const wave of waves) {
    for (const task of wave) {
      for (let edge = links.firstIn[task]!; edge < links.firstIn[task + 1]!; edge++) {
        if (isLonger(links.from[edge]!, before[task]!)) before[task] = links.from[edge]!;
      }
      total[task] = seconds[task]! + (before[task] === -1 ? 0 : total[before[task]!]!);
      if (isLonger(task, last)) last = task;
    }
  }
  const tasks: Array<TaskId> = [];
  for (let task = last; task !== -1; task = before[task]!) tasks.push(links.tasks[task]!.id);
  return { tasks: tasks.reverse(), seconds: isKnown ? total[last] : undefined };
};

/** How long each task that can run takes; 1 for all of them if nobody knows any. */
const secondsOf = (
  links: Links,
  level: Int32Array,
  options: Options,
): { readonly seconds: Float64Array; readonly isKnown: boolean } => {
  const seconds = new Float64Array(links.tasks.length).fill(Number.NaN);
  let sum = 0;
  let known = 0;
  links.tasks.forEach((task, number) => {
    const taken = options.durations?.(task) ?? task.estimateSeconds;
    if (level[number] === never || taken === undefined) return;
    if (!Number.isFinite(taken) || taken < 0) return;
    seconds[number] = taken;
    sum += taken;
    known += 1;
  });
  const otherwise = known === 0 ? 1 : sum / known;
  return {
    seconds: seconds.map((taken) => (Number.isNaN(taken) ? otherwise : taken)),
    isKnown: known > 0,
  };
};
