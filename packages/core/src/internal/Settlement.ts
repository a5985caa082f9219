import type { AgentPool } from "../AgentPool.ts";
import type { RunOutcome } from "../RunEvent.ts";
import type { RunState } from "../RunState.ts";
import type { Scheduler } from "../Scheduler.ts";
import type { Allowance } from "./Allowance.ts";
import type { Dispatch } from "./Dispatch.ts";
import type { Frontier } from "./Frontier.ts";
import type { Pauses } from "./Pauses.ts";
import type { Reports } from "./Reports.ts";
import type { RunLog } from "./RunLog.ts";
import type { TaskExecutor } from "./TaskExecutor.ts";
import type { TaskFlow } from "./TaskFlow.ts";

interface Surroundings {
  readonly log: RunLog;
  readonly pool: AgentPool["Service"];
  readonly scheduler: Scheduler;
  readonly frontier: Frontier;
  readonly executor: TaskExecutor;
  readonly allowance: Allowance;
  readonly pauses: Pauses;
  readonly dispatch: Dispatch;
  readonly flow: TaskFlow;
  readonly reports: Reports | undefined;
  /** Leaves the run to whoever resumes it. */
  readonly suspend: (message: string) => void;
}

/** What becomes of a run in which nothing goes on: it ends, waits, is left, or asks a person. */
export class Settlement {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Nothing runs and nothing is on its way: ends the run, or holds what can never go on. */
  settle(): void {
    const { allowance, dispatch, log, pauses, pool, scheduler, suspend } = this.#around;
    const { table } = log.state;
    if (scheduler.size === 0) return this.#conclude();
    const queued = this.#queued();
    const agents = new Set(queued.map((node) => dispatch.agentOf(table.task(node))));
    if (!allowance.isKnown()) return;
    const standing = pauses.standing(agents);
    if (standing === "wait") return;
    if (standing !== undefined) return suspend(standing.leave);
    if ([...agents].some((agent) => dispatch.canServe(agent) && !pool.hasIdle(agent))) return;
    this.#holdStuck(queued);
  }

  /** Nothing waits for its turn: ends the run once everything has its outcome and is reported. */
  #conclude(): void {
    const { executor, frontier, log, reports } = this.#around;
    const { state } = log;
    if (state.ended < state.size) {
      for (let node = 0; node < state.size; node++) {
        if (state.phase(node) === "Held") frontier.failed(node);
      }
      if (!frontier.isClear) return;
    }
    // What stands on a task that just ended hears of it in a moment.
    if (executor.active > 0) return;
    if (reports?.isBusy === true) return;
    const isHasty = state.stopping !== undefined && state.stopping.cause !== "fail-fast";
    if (!isHasty && reports?.tellOverdue() === true) return;
    log.record({ _tag: "RunEnded", at: log.now(), outcome: outcomeOf(state) });
  }

  /** Holds what waits for a slot or a resource that a held task keeps; what waited only behind it may go on. */
  #holdStuck(queued: ReadonlyArray<number>): void {
    const { dispatch, executor, flow, log, scheduler } = this.#around;
    const agentOf = (node: number) => dispatch.agentOf(log.state.table.task(node));
    const stuck = queued.filter(
      (node) => !dispatch.canServe(agentOf(node)) || !scheduler.isFree(node),
    );
    for (const node of stuck.length > 0 ? stuck : queued) {
      const question = executor.exhausted(agentOf(node)) ?? noPlace;
      flow.end(node, "Held", { _tag: "NeedsDecision", question });
    }
  }

  #queued(): ReadonlyArray<number> {
    const { log, scheduler } = this.#around;
    const found: Array<number> = [];
    for (let node = 0; node < log.state.size; node++) if (scheduler.has(node)) found.push(node);
    return found;
  }
}

const outcomeOf = (state: RunState): RunOutcome => {
  if (state.stopping !== undefined && state.stopping.cause !== "fail-fast") return "cancelled";
  // What is skipped is so because of one that counts here, or because nobody wants it any more.
  if (state.count("Failed") + state.count("Cancelled") > 0) return "failed";
  return state.count("Held") > 0 ? "held" : "succeeded";
};

const noPlace =
  "Nothing can come free for it: slots or resources stay occupied by tasks that are held";
