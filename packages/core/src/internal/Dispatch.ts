import type { AgentPool } from "../AgentPool.ts";
import type { Scheduler } from "../Scheduler.ts";
import type { Task } from "../Task.ts";
import type { Allowance } from "./Allowance.ts";
import type { Pauses } from "./Pauses.ts";
import type { RunLog } from "./RunLog.ts";
import type { TaskExecutor } from "./TaskExecutor.ts";

interface Surroundings {
  readonly log: RunLog;
  readonly pool: AgentPool["Service"];
  readonly scheduler: Scheduler;
  readonly executor: TaskExecutor;
  readonly allowance: Allowance;
  readonly pauses: Pauses;
}

/** Gives idle slots to the tasks that go next, as far as limits and pauses let it. */
export class Dispatch {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The kind of agent that works on a task. */
  agentOf(task: Task): string {
    return task.agent ?? this.#around.pool.defaultAgent;
  }

  /** Whether a slot for a kind of agent is idle, or can become idle again. */
  canServe(agent: string): boolean {
    return this.#mayServe(agent) && this.#around.pool.canServe(agent);
  }

  /** Starts everything that can start now. */
  start(): void {
    const { allowance, executor, log, pauses, pool, scheduler } = this.#around;
    const { state } = log;
    if (scheduler.size === 0 || state.stopping !== undefined) return;
    if (!allowance.isKnown() || !pauses.review()) return;
    const hasSlot = (agent: string) =>
      this.#mayServe(agent) && pool.hasIdle(agent) && pauses.allows(agent);
    while (scheduler.size > 0) {
      if (state.mode === "sequential" && executor.active > 0) return;
      const node = scheduler.take(hasSlot);
      if (node === undefined) return pauses.conclude();
      const task = state.table.task(node);
      executor.start(node, pool.acquire(this.agentOf(task), task.id)!);
    }
  }

  /** Whether a kind of agent takes launches, as far as this run knows. */
  #mayServe(agent: string): boolean {
    return this.#around.executor.exhausted(agent) === undefined;
  }
}
