import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { AgentPool } from "../AgentPool.ts";
import type { Limits } from "../Budget.ts";
import * as Operator from "../Operator.ts";
import { type Change, ChangeRefused } from "../Operator.ts";
import type { Scheduler } from "../Scheduler.ts";
import type { Additions } from "./Additions.ts";
import type { Frontier } from "./Frontier.ts";
import type { RunLog } from "./RunLog.ts";
import type { Stops } from "./Stops.ts";
import type { TaskExecutor } from "./TaskExecutor.ts";

type Answer = (effect: Effect.Effect<void, ChangeRefused>) => void;

interface Surroundings {
  readonly log: RunLog;
  readonly pool: AgentPool["Service"];
  readonly scheduler: Scheduler;
  readonly frontier: Frontier;
  readonly executor: TaskExecutor;
  readonly additions: Additions;
  readonly stops: Stops;
  /** What limits would need that an agent of the run does not tell. */
  readonly unmeasured: (limits: Limits) => { readonly message: string } | undefined;
  readonly post: (handle: () => void) => void;
  /** Whether the loop has gone. */
  readonly isOver: () => boolean;
}

/** What people ask of a run while it is worked on. */
export class Changes {
  static readonly tooLate = new ChangeRefused({ message: "The run has ended meanwhile." });

  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Does what a person asks for, once it is recorded, or says why it cannot be done. */
  ask(change: Change): Effect.Effect<void, ChangeRefused> {
    return Effect.callback((resume) => {
      this.#around.post(() => this.#do(change, resume));
    });
  }

  #do(change: Change, answer: Answer): void {
    const { additions, executor, frontier, isOver, log, post, stops } = this.#around;
    if (isOver() || log.state.outcome !== undefined) return answer(Effect.fail(Changes.tooLate));
    if (additions.isBusy) return post(() => this.#do(change, answer));
    const events = Operator.events(log.state, change, log.now());
    if (Result.isFailure(events)) return answer(Effect.fail(events.failure));
    const unserved = this.#unserved(change);
    if (unserved !== undefined) return answer(Effect.fail(unserved));
    for (const event of events.success) log.record(event);
    if (change._tag === "Emit") return log.afterwards(() => answer(Effect.void));
    // What is recorded takes a stop back.
    if (log.state.stopping === undefined) stops.review();
    executor.readmit();
    if (change._tag === "Decide") this.#decided(log.state.table.numberOf(change.task)!);
    frontier.rebuild(log.state);
    log.afterwards(() => answer(Effect.void));
  }

  /** Why this program cannot do it: it lacks the agent that a decision speaks of, or what a limit needs. */
  #unserved(change: Change): ChangeRefused | undefined {
    const { log, pool, unmeasured } = this.#around;
    if (change._tag === "Limit") {
      const found = unmeasured(change.limits);
      return found && new ChangeRefused({ message: found.message });
    }
    if (change._tag !== "Decide" || change.decision === "skip") return undefined;
    if (change.decision === "relaunch") return undefined;
    const { state } = log;
    const { agent } = state.lastAttempt(state.table.numberOf(change.task)!)!;
    if (pool.agents.has(agent)) return undefined;
    const message = `${change.task} was launched on ${agent}, an agent that this program does not have: decide relaunch or skip.`;
    return new ChangeRefused({ message });
  }

  /** A task is no longer held: what it occupied is free, or its agent run is taken up. */
  #decided(node: number): void {
    const { executor, log, scheduler } = this.#around;
    const { state } = log;
    const phase = state.phase(node);
    const isAtWork = phase === "Launching" || phase === "Running";
    if (!isAtWork && phase !== "Landing") {
      executor.giveSlotBack(node);
      return scheduler.release(node);
    }
    const task = state.table.task(node);
    if (!isAtWork) scheduler.hold(node, task, "claims");
    else if (!executor.keepsSlot(node)) scheduler.hold(node, task, "everything");
    executor.takeOver(node);
  }
}
