import type { BrokenEdge } from "../DependencyGraph.ts";
import type { EndReason } from "../RunEvent.ts";
import type { Scheduler } from "../Scheduler.ts";
import {
  type Gate,
  type OnDependencyFailure,
  type Outcome,
  stackedOn,
  type Task,
  type TaskId,
} from "../Task.ts";
import type { Allowance } from "./Allowance.ts";
import type { Frontier } from "./Frontier.ts";
import type { RunLog } from "./RunLog.ts";
import type { TaskExecutor } from "./TaskExecutor.ts";

interface Surroundings {
  readonly log: RunLog;
  readonly frontier: Frontier;
  readonly scheduler: Scheduler;
  readonly executor: TaskExecutor;
  readonly allowance: Allowance;
  readonly agentOf: (task: Task) => string;
  /** A task failed in a run that ends with its first failure. */
  readonly failedFast: (message: string) => void;
}

/** How many tasks one turn moves before others get to work. */
export const turnSize = 1000;

/** Moves tasks into the queue and to their ends, and does to their dependents what follows from it. */
export class TaskFlow {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Sees to some of what was set free or broken. */
  workOff(most: number): void {
    const { frontier } = this.#around;
    for (const node of frontier.takeFreed(most)) this.ready(node);
    for (const edge of frontier.takeBroken(most)) this.#breakEdge(edge);
  }

  /** A task waits for nothing any more but its turn. */
  ready(node: number): void {
    const phase = this.#around.log.state.phase(node);
    if (phase === "Pending" || phase === "BackingOff") this.requeue(node);
  }

  /** A task waits for its turn, perhaps once more. */
  requeue(node: number): void {
    const { log } = this.#around;
    if (log.state.stopping !== undefined) return this.endWaiting(node);
    const task = log.state.table.task(node);
    log.record({ _tag: "TaskReady", at: log.now(), task: task.id }, node);
    this.queue(node);
  }

  /** Puts a task that is ready into the queue, unless it has used up what it may. */
  queue(node: number): void {
    const { agentOf, allowance, frontier, log, scheduler } = this.#around;
    const task = log.state.table.task(node);
    const obstacle = allowance.taskObstacle(node);
    if (obstacle !== undefined) {
      const question = `${obstacle.message}: may it have as much again?`;
      return this.end(node, "Held", { _tag: "NeedsDecision", question });
    }
    scheduler.offer(node, task, agentOf(task), frontier.graph.rank(node));
  }

  /** A task has passed a gate. */
  reached(node: number, gate: Gate): void {
    const { frontier, log } = this.#around;
    const task = log.state.table.task(node).id;
    log.record({ _tag: "GateReached", at: log.now(), task, gate });
    // The last gate is the end of the landing, which is recorded next and frees them all.
    if (gate !== "merged") this.#free(frontier.graph.reach(node, gate));
  }

  /** A task has its outcome. */
  end(node: number, outcome: Outcome, reason?: EndReason): void {
    const { executor, failedFast, frontier, log, scheduler } = this.#around;
    scheduler.withdraw(node);
    const task = log.state.table.task(node).id;
    const at = log.now();
    if (reason === undefined) log.record({ _tag: "TaskEnded", at, task, outcome }, node);
    else log.record({ _tag: "TaskEnded", at, task, outcome, reason }, node);
    executor.settled(node);
    if (outcome === "Held") return;
    scheduler.release(node);
    if (outcome === "Succeeded") return this.#free(frontier.graph.succeed(node));
    frontier.failed(node);
    if (outcome === "Failed" && log.state.failFast && log.state.stopping === undefined) {
      failedFast(`${task} failed, and the run ends with the first failure`);
    }
  }

  /** A task that has not begun, or waits for another attempt, ends because the run does. */
  endWaiting(node: number): void {
    const { state } = this.#around.log;
    const last = state.lastAttempt(node);
    const failure = last !== undefined && last.number > state.forgiven(node) && last.failure;
    if (failure) return this.end(node, "Failed", { _tag: "AttemptFailed", failure });
    const { message } = state.stopping!;
    this.end(node, "Cancelled", { _tag: "Stopped", message });
  }

  #free(nodes: ReadonlyArray<number>): void {
    if (nodes.length > turnSize) this.#around.frontier.freed(nodes);
    else for (let index = 0; index < nodes.length; index++) this.ready(nodes[index]!);
  }

  /** Does to a dependent what its policy asks for when a dependency did not succeed. */
  #breakEdge({ dependent, dependency, policy }: BrokenEdge): void {
    const { executor, frontier, log } = this.#around;
    const { state } = log;
    const { outcome, reason, task } = state.at(dependency);
    const isPending = state.phase(dependent) === "Pending";
    if (!isPending && !this.#isLeftBehind(dependent, task.id, policy)) return;
    executor.dropRetry(dependent);
    if (state.isAllowed(dependent) && outcome !== "Held") {
      if (frontier.graph.waive(dependent, dependency)) this.ready(dependent);
      return;
    }
    if (policy === "run-anyway" && outcome !== "Held") {
      if (frontier.graph.isReady(dependent)) this.ready(dependent);
      return;
    }
    if (policy === "hold" && outcome !== "Held") {
      const question = `${task.id} ended as ${outcome}: run ${state.table.task(dependent).id} all the same?`;
      return this.end(dependent, "Held", { _tag: "NeedsDecision", question });
    }
    const root = reason?._tag === "DependencyFailed" ? reason.root : task.id;
    this.end(dependent, outcome === "Held" ? "Held" : "Skipped", {
      _tag: "DependencyFailed",
      dependency: task.id,
      outcome: outcome!,
      root,
    });
  }

  /** Whether a task is still to begin, perhaps once more, at a change that will never land. */
  #isLeftBehind(node: number, dependency: TaskId, policy: OnDependencyFailure): boolean {
    const { state } = this.#around.log;
    const phase = state.phase(node);
    if (phase !== "Ready" && phase !== "BackingOff") return false;
    if (policy === "run-anyway" || state.isAllowed(node)) return false;
    return stackedOn(state.table.task(node))?.task === dependency;
  }
}
