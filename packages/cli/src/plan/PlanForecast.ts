/** What would happen first in a plan, and about how long all of it takes. */
import {
  type Budget,
  DependencyGraph,
  type RunEvent,
  Scheduler,
  type Task,
} from "@orchestrator/core";
import * as Result from "effect/Result";
import * as Routing from "./Routing.ts";

/** How a plan would run. */
export interface Settings {
  /** 1 in the mode `sequential`. */
  readonly concurrency: number;
  readonly mode: RunEvent.Mode;
  /** What the run may use. */
  readonly limits?: Budget.Limits | undefined;
}

/** What runs. */
export interface Work {
  readonly tasks: ReadonlyArray<Task.Task>;
  readonly resources: Readonly<Record<string, number>>;
  /** The gate of a dependency that names none. */
  readonly defaultGate: Task.Gate;
}

/** About how long a plan takes, if at least half of its tasks state an estimate. */
export interface Estimate {
  /** Tasks that state one; the others count as the mean of these. */
  readonly tasks: number;
  readonly workSeconds: number;
  readonly criticalPathSeconds: number;
  /** The critical path, or all work shared by so many agents, whichever takes longer. */
  readonly seconds: number;
}

/** What of one limit of the run a plan will use, as far as that can be reckoned. */
export interface Need {
  readonly what: keyof Budget.Bounds;
  /** If every task succeeds at once. */
  readonly expected: number;
  readonly limit: number;
  readonly isEnough: boolean;
}

/** What a plan will use of the limits that its run has. */
export const needs = (
  launches: number,
  estimate: Estimate | null,
  { launch, run }: Budget.Limits = {},
): ReadonlyArray<Need> => {
  const each = [
    ["launches", launches],
    ["costUsd", launch?.costUsd && launches * launch.costUsd],
    ["tokens", launch?.tokens && launches * launch.tokens],
    ["hours", estimate === null ? undefined : estimate.seconds / 3600],
  ] as const;
  return each.flatMap(([what, expected]) => {
    const limit = run?.[what];
    if (expected === undefined || limit === undefined) return [];
    return [{ what, expected, limit, isEnough: expected <= limit }];
  });
};

/** What starts at once: asks the engine's own graph and scheduler; a plan that is no graph starts nothing. */
export const startsFirst = (
  { defaultGate, resources, tasks }: Work,
  { concurrency, mode }: Settings,
  hasSlots: (agent: string) => boolean = () => true,
): Array<string> => {
  const graph = new DependencyGraph.DependencyGraph({
    defaultGate,
    weight: (task) => task.estimateSeconds ?? 1,
  });
  const added = graph.add(tasks);
  if (Result.isFailure(added)) return [];
  const scheduler = new Scheduler.Scheduler({ mode, resources });
  for (const node of added.success.ready) {
    const task = tasks[node]!;
    scheduler.offer(node, task, task.agent ?? Routing.local, graph.rank(node));
  }
  const first: Array<string> = [];
  while (first.length < concurrency) {
    const node = scheduler.take(hasSlots);
    if (node === undefined) break;
    first.push(tasks[node]!.id);
  }
  return first;
};

/** The time that a plan takes; null if fewer than half of its tasks state one. */
export const estimate = (
  tasks: ReadonlyArray<Task.Task>,
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
