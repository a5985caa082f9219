/**
 * Remembers which tasks a task has already added, so that a second attempt that
 * finds the same ones again is not refused for reusing their ids.
 */
import type { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { Offer } from "../DiscoveryFile.ts";

export interface Discovered {
  /** Offers to the engine what this task has not added before, word for word. */
  readonly offer: (by: Task.TaskId, report: Agent.AgentReport) => Offer;
}

export const make = (): Discovered => {
  const added = new Map<Task.TaskId, Set<string>>();
  return {
    offer: (by, report) => (tasks) =>
      Effect.suspend(() => {
        const before = added.get(by) ?? new Set<string>();
        const fresh = tasks.filter((task) => !before.has(JSON.stringify(task)));
        if (fresh.length === 0) return Effect.void;
        return Effect.map(report.discover(fresh), () => {
          added.set(by, new Set([...before, ...fresh.map((task) => JSON.stringify(task))]));
        });
      }),
  };
};
