import * as Duration from "effect/Duration";
import type { OfKind } from "../RunEvent.ts";
import { later } from "./attempt.ts";
import type { Reports } from "./Reports.ts";
import type { RunLog } from "./RunLog.ts";
import type { Parts } from "./Surroundings.ts";
import type { TaskExecutor } from "./TaskExecutor.ts";
import type { TaskFlow } from "./TaskFlow.ts";

type Stopping = OfKind<"RunStopping">;

interface Surroundings extends Pick<Parts, "fork"> {
  readonly log: RunLog;
  readonly executor: TaskExecutor;
  readonly flow: TaskFlow;
  readonly reports: Reports | undefined;
  readonly post: (handle: () => void) => void;
  /** Whether the loop has gone. */
  readonly isOver: () => boolean;
}

/** How long launches that are under way may still be answered once the run is left. */
const answerTime = Duration.millis(1500);

/** How a run, or one of its tasks, is stopped, and how a process leaves a run to the next. */
export class Stops {
  readonly #around: Surroundings;
  /** The next node that a stop looks at, while it goes through all of them. */
  #sweep: number | undefined = undefined;
  /** Why the run is left to whoever resumes it, and until when launches may still be answered. */
  #leaving: string | undefined = undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Whether there are tasks that a stop has not looked at. */
  get isSweeping(): boolean {
    return this.#sweep !== undefined;
  }

  /** Whether the process is about to leave the run. */
  get isLeaving(): boolean {
    return this.#leaving !== undefined;
  }

  /** Ends the run early; tasks that run are cancelled unless it is for `fail-fast`. */
  stop(cause: Stopping["cause"], message: string): void {
    const { isOver, log, reports } = this.#around;
    const { stopping } = log.state;
    if (isOver()) return;
    if (this.#hasEnded) return reports?.abandon();
    // Whoever leaves the run means to: that its program ends as well takes nothing back.
    if (this.#leaving !== undefined && cause === "interrupted") return;
    if (stopping !== undefined && stopping.cause !== "fail-fast") return;
    log.record({ _tag: "RunStopping", at: log.now(), cause, message });
    this.carryOut({ cause, message });
  }

  /** Does what a recorded stop asks for. */
  carryOut({ cause, message }: Pick<Stopping, "cause" | "message">): void {
    const { executor } = this.#around;
    executor.giveUpRetries();
    this.#sweep = 0;
    if (cause === "fail-fast") return;
    for (const node of executor.nodes) executor.cancel(node, "run", message);
  }

  /** Stops one task and answers whether there was anything to stop. */
  cancel(node: number, cause: "task" | "run", message: string): boolean {
    const { executor, flow, log } = this.#around;
    if (executor.cancel(node, cause, message)) return true;
    const phase = log.state.phase(node);
    if (phase !== "Pending" && phase !== "Ready") return false;
    flow.end(node, "Cancelled", { _tag: "Stopped", message });
    return true;
  }

  /** Tasks have joined or come back, or a stop was taken back: it is looked who is to be stopped. */
  review(): void {
    if (this.#around.log.state.stopping === undefined) this.#sweep = undefined;
    else this.#sweep ??= 0;
  }

  /** Ends the tasks that a stop keeps from starting, some at a time. */
  sweepOn(most: number): void {
    const { flow, log } = this.#around;
    const { state } = log;
    if (this.#sweep === undefined) return;
    const end = Math.min(this.#sweep + most, state.size);
    for (let node = this.#sweep; node < end; node++) {
      const phase = state.phase(node);
      if (phase === "Pending" || phase === "Ready") flow.endWaiting(node);
    }
    this.#sweep = end < state.size ? end : undefined;
  }

  /** Leaves the run to whoever resumes it: nothing is launched, nothing is cancelled. */
  suspend(message: string): void {
    const { fork, isOver, post, reports } = this.#around;
    if (this.#hasEnded) return reports?.abandon();
    if (isOver() || this.#leaving !== undefined) return;
    this.#leaving = message;
    fork(later(answerTime, () => post(() => this.leave())));
  }

  /** Records that the process leaves: from here on everything is somebody else's. */
  leave(): void {
    const { isOver, log } = this.#around;
    if (isOver() || this.#hasEnded || log.state.suspended !== undefined) return;
    log.record({ _tag: "RunSuspended", at: log.now(), message: this.#leaving! });
  }

  get #hasEnded(): boolean {
    return this.#around.log.state.outcome !== undefined;
  }
}
