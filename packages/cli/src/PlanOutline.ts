/** A checked plan as data: what `plan --format json` prints and its text form is written from. */
import { DependencyGraph, type RunEvent, Scheduler, Task } from "@orchestrator/core";
import type { PlanFile } from "@orchestrator/local";
import * as Result from "effect/Result";
import { type Checked, gatesOf, type Problem } from "./PlanCheck.ts";
import * as Routing from "./Routing.ts";

/** A task of a plan. Its dependencies are those it states, in its order. */
export interface OutlinedTask {
  readonly id: string;
  readonly title: string;
  /** 1 for the tasks that wait for nothing; null for tasks that can never run. */
  readonly wave: number | null;
  readonly priority: number;
  readonly agent: string;
  readonly estimateSeconds: number | null;
  readonly dependencies: ReadonlyArray<{
    readonly on: string;
    readonly gate: Task.Gate;
    /** Where it is stated, as `plan.yaml:12`. */
    readonly source: string | null;
    readonly satisfied: boolean;
  }>;
}

/** About how long the plan takes, if at least half of its tasks state an estimate. */
export interface Estimate {
  /** Tasks that state one; the others count as the mean of these. */
  readonly tasks: number;
  readonly workSeconds: number;
  readonly criticalPathSeconds: number;
  /** The critical path, or all work shared by so many agents, whichever takes longer. */
  readonly seconds: number;
}

export interface PlanOutline {
  readonly plan: string;
  readonly file: string;
  readonly mode: RunEvent.Mode;
  readonly concurrency: number;
  readonly tasks: ReadonlyArray<OutlinedTask>;
  readonly problems: ReadonlyArray<Problem>;
  /** Task ids. */
  readonly waves: ReadonlyArray<ReadonlyArray<string>>;
  readonly criticalPath: ReadonlyArray<string>;
  /** What starts at once. */
  readonly startsFirst: ReadonlyArray<string>;
  /** Null if fewer than half of the tasks state one. */
  readonly estimate: Estimate | null;
}

/** How the plan would run. */
export interface Settings {
  /** 1 in the mode `sequential`. */
  readonly concurrency: number;
  readonly mode: RunEvent.Mode;
}

/** Describes a plan; a file that is no plan has only problems. */
export const make = (checked: Checked, { concurrency, mode }: Settings): PlanOutline => {
  const { file, plan, problems, report } = checked;
  const waveOf = new Map<string, number>();
  report?.waves.forEach((wave, index) => wave.forEach((id) => waveOf.set(id, index + 1)));
  return {
    plan: plan?.name ?? file,
    file,
    mode,
    concurrency,
    tasks: plan?.tasks.map((task) => outline(plan, task, waveOf.get(task.id))) ?? [],
    problems,
    waves: report?.waves ?? [],
    criticalPath: report?.criticalPath.tasks ?? [],
    startsFirst: plan === undefined ? [] : startsFirst(plan, { concurrency, mode }),
    estimate: plan === undefined ? null : estimate(plan, report?.criticalPath.seconds, concurrency),
  };
};

const outline = (plan: PlanFile.Plan, task: Task.Task, wave: number | undefined): OutlinedTask => ({
  id: task.id,
  title: Task.title(task),
  wave: wave ?? null,
  priority: task.priority ?? 0,
  agent: task.agent ?? Routing.local,
  estimateSeconds: task.estimateSeconds ?? null,
  dependencies: Task.dependencies(task).map(({ task: on, until, source }) => ({
    on,
    gate: until ?? gatesOf(plan).defaultGate,
    source: source ?? null,
    satisfied: false,
  })),
});

/** Asks the engine's own graph and scheduler; a plan that is no graph starts nothing. */
const startsFirst = (plan: PlanFile.Plan, { concurrency, mode }: Settings): Array<string> => {
  const graph = new DependencyGraph.DependencyGraph({
    defaultGate: gatesOf(plan).defaultGate,
    weight: (task) => task.estimateSeconds ?? 1,
  });
  const added = graph.add(plan.tasks);
  if (Result.isFailure(added)) return [];
  const scheduler = new Scheduler.Scheduler({ mode, resources: plan.resources });
  for (const node of added.success.ready) {
    const task = plan.tasks[node]!;
    scheduler.offer(node, task, task.agent ?? Routing.local, graph.rank(node));
  }
  const first: Array<string> = [];
  while (first.length < concurrency) {
    const node = scheduler.take(() => true);
    if (node === undefined) break;
    first.push(plan.tasks[node]!.id);
  }
  return first;
};

const estimate = (
  { tasks }: PlanFile.Plan,
  criticalPathSeconds: number | undefined,
  slots: number,
): Estimate | null => {
  const stated = tasks.flatMap(({ estimateSeconds }) => estimateSeconds ?? []);
  if (stated.length * 2 < tasks.length || criticalPathSeconds === undefined) return null;
  const sum = stated.reduce((total, seconds) => total + seconds, 0);
  const workSeconds = (sum / stated.length) * tasks.length;
  return {
    tasks: stated.length,
    workSeconds,
    criticalPathSeconds,
    seconds: Math.max(criticalPathSeconds, workSeconds / slots),
  };
};
