import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Exit from "effect/Exit";
import { format } from "effect/Formatter";
import * as Schema from "effect/Schema";
import { type AgentRunEnd, type AgentRunRef, LaunchError } from "../Agent.ts";
import type { Slot } from "../AgentPool.ts";
import { Failure } from "../Failure.ts";
import type { CancelCause, EndReason } from "../RunEvent.ts";
import type { Outcome } from "../Task.ts";
import * as Attempt from "./attempt.ts";
import { BackOffs } from "./BackOffs.ts";
import { Deadlines } from "./Deadlines.ts";
import { Landings } from "./Landings.ts";
import { Life } from "./Life.ts";
import type { Surroundings } from "./Surroundings.ts";

/** One task's life after the other: attempts, timeout, retries, cancellation, landing. */
export class TaskExecutor {
  readonly #around: Surroundings;
  readonly #landings: Landings;
  readonly #backOffs: BackOffs;
  readonly #deadlines: Deadlines;
  readonly #lives = new Map<number, Life>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#deadlines = new Deadlines(around, (life, limit) => this.#timedOut(life, limit));
    this.#backOffs = new BackOffs(around, (life) => this.#again(life));
    this.#landings = new Landings(around, {
      landed: (life) => this.#end(life, "Succeeded"),
      failed: (life, failure) => this.#failed(life, failure),
      stopped: (life) => this.#stopped(life),
    });
  }

  /** How many tasks are between a launch and their outcome or next attempt. */
  get active(): number {
    return this.#lives.size;
  }

  get nodes(): Iterable<number> {
    return this.#lives.keys();
  }

  /** Whether an attempt is the one that works on its task now. */
  isAtWork(node: number, attempt: number): boolean {
    const life = this.#lives.get(node);
    return life?.attempt === attempt && life.stage === "agent";
  }

  /** Gives a slot to a ready task: its next attempt begins. */
  start(node: number, slot: Slot): void {
    const { log, pool } = this.#around;
    const task = log.state.table.task(node);
    const attempt = (log.state.lastAttempt(node)?.number ?? 0) + 1;
    const agent = pool.agents.get(slot.agent)!;
    const life = new Life(node, task, attempt, slot, agent);
    this.#lives.set(node, life);
    const at = log.now();
    log.record(
      { _tag: "LaunchIntended", at, task: task.id, attempt, agent: slot.agent, slot: slot.id },
      node,
    );
    log.afterwards(() => this.#launch(life));
  }

  /** Asks a task to stop and answers whether it is one that has not ended. */
  cancel(node: number, cause: CancelCause, message: string): boolean {
    const life = this.#lives.get(node);
    if (life === undefined) return false;
    if (life.stage === "landing") this.#landings.stop(life, cause, message);
    else if (life.stage !== "backing-off") this.#stopAgent(life, cause, message);
    else this.#end(life, "Cancelled", { _tag: "Stopped", message });
    return true;
  }

  /** No more attempts: tasks that wait for one end with the failure they had. */
  giveUpRetries(): void {
    for (const life of this.#lives.values()) {
      if (life.stage !== "backing-off") continue;
      const failure = this.#around.log.state.lastAttempt(life.node)?.failure;
      this.#end(life, "Failed", failure && { _tag: "AttemptFailed", failure });
    }
  }

  /** Stops watching everything and touches nothing outside: the journal cannot be written any more. */
  abandon(): void {
    const { pool } = this.#around;
    for (const life of this.#lives.values()) {
      if (life.stage === "agent" && life.fiber === undefined) pool.release(life.slot);
      else if (life.stage === "agent" || life.stage === "cancelling") pool.forfeit(life.slot);
      this.#forget(life);
      life.fiber?.interruptUnsafe();
    }
    this.#deadlines.close();
  }

  #launch(life: Life): void {
    const { deadlines, fork, post, report, request } = this.#around;
    const { agent, attempt, node } = life;
    const started = (ref: AgentRunRef) => {
      life.ref = ref;
      post(() => life.isOver || this.#started(life, ref));
    };
    const [asked, told] = [request(node, attempt), report(node, attempt)];
    const fiber = fork(Attempt.attempt(agent, asked, told, deadlines, started), {
      uninterruptible: true,
    });
    const exit = fiber.pollUnsafe();
    if (exit !== undefined) return post(() => this.#exited(life, exit));
    life.fiber = fiber;
    fiber.addObserver((late) => post(() => life.isOver || this.#exited(life, late)));
    this.#limit(life);
  }

  #limit(life: Life): void {
    const stated = life.task.timeoutSeconds;
    const limit = stated === undefined ? this.#around.timeout : Duration.seconds(stated);
    if (Duration.isFinite(limit)) this.#deadlines.add(life, limit);
  }

  #timedOut(life: Life, limit: Duration.Duration): void {
    this.#stopAgent(life, "timeout", `did not end within ${Duration.format(limit)}`);
  }

  #started(life: Life, ref: AgentRunRef): void {
    const { log } = this.#around;
    const { attempt, node, task } = life;
    log.record({ _tag: "AgentRunStarted", at: log.now(), task: task.id, attempt, ref }, node);
  }

  /** A stop that somebody asked for goes before a timeout: there will be no other attempt. */
  #stopAgent(life: Life, cause: CancelCause, message: string): void {
    const before = life.cancelling;
    if (before !== undefined && (isWanted(before.cause) || !isWanted(cause))) return;
    const { log } = this.#around;
    const { attempt, task } = life;
    life.cancelling = { cause, message };
    log.record({ _tag: "CancelIntended", at: log.now(), task: task.id, attempt, cause, message });
    if (before !== undefined) return;
    log.afterwards(() => life.fiber?.interruptUnsafe());
    if (life.ref === undefined) this.#limitLaunch(life);
  }

  /** An interruption waits for the launch to answer, but not for ever. */
  #limitLaunch(life: Life): void {
    const { deadlines, fork, post } = this.#around;
    const giveUp = () => {
      if (life.isOver || life.ref !== undefined) return;
      const message = `${life.agent.name} did not answer its launch, which was to be stopped: ${life.cancelling!.message}`;
      this.#launchFailed(life, "Ambiguous", message);
      this.#unclear(life, message);
    };
    life.timer = fork(Attempt.later(deadlines.launch, () => post(giveUp)));
  }

  #launchFailed(life: Life, reason: LaunchError["reason"], message: string): void {
    const { log } = this.#around;
    const { attempt, task } = life;
    log.record({ _tag: "LaunchFailed", at: log.now(), task: task.id, attempt, reason, message });
  }

  #exited(life: Life, exit: Exit.Exit<AgentRunEnd, LaunchError>): void {
    life.fiber = undefined;
    life.clearTimer();
    if (Exit.isSuccess(exit)) {
      if (isEnd(exit.value)) return this.#agentEnded(life, exit.value);
      return this.#broke(life, Cause.die(new TypeError(`it ended with ${format(exit.value)}`)));
    }
    const refused = Cause.findErrorOption(exit.cause);
    if (refused._tag === "Some" && refused.value instanceof LaunchError) {
      return this.#refused(life, refused.value);
    }
    const { cancelling, ref } = life;
    const isStopped = cancelling !== undefined && Cause.hasInterruptsOnly(exit.cause);
    if (isStopped && ref !== undefined) this.#cancelRemote(life, ref);
    else this.#broke(life, exit.cause);
  }

  #agentEnded(life: Life, end: AgentRunEnd): void {
    const { codeHost, log, pool } = this.#around;
    const { attempt, cancelling, node, task } = life;
    log.record({ _tag: "AgentRunEnded", at: log.now(), task: task.id, attempt, end }, node);
    if (end._tag === "Failed" && end.failure.class === "infrastructure") {
      this.#quarantine(life, end.failure.message);
    } else pool.release(life.slot);
    const isUnwanted = cancelling !== undefined && cancelling.cause !== "timeout";
    if (isUnwanted && (cancelling.cause !== "run" || end._tag !== "Succeeded")) {
      return this.#stopped(life);
    }
    if (end._tag === "Failed") return this.#failed(life, end.failure);
    if (end._tag === "Waiting") return this.#waits(life, end.question);
    if (codeHost === undefined || end.change === undefined) return this.#end(life, "Succeeded");
    this.#landings.start(life, codeHost, end.change);
    if (isUnwanted) this.#landings.stop(life, cancelling.cause, cancelling.message);
  }

  /** The agent waits for a person: it occupies nothing meanwhile. */
  #waits(life: Life, question: string): void {
    this.#around.freed(life.node, "everything");
    this.#end(life, "Held", { _tag: "NeedsDecision", question });
  }

  #refused(life: Life, error: LaunchError): void {
    this.#launchFailed(life, error.reason, error.message);
    if (error.reason === "Ambiguous") return this.#unclear(life, error.message);
    if (error.reason === "NotSent") this.#quarantine(life, error.message);
    else this.#around.pool.release(life.slot);
    if (life.cancelling !== undefined) return this.#stopped(life);
    const failureClass = error.reason === "NotSent" ? "infrastructure" : "permanent";
    this.#failed(life, { class: failureClass, message: error.message });
  }

  #broke(life: Life, cause: Cause.Cause<unknown>): void {
    const message = Attempt.bug(`The agent ${life.agent.name}`, cause);
    if (life.ref === undefined) {
      this.#launchFailed(life, "Ambiguous", message);
      return this.#unclear(life, message);
    }
    this.#stopAgent(life, "bug", message);
    this.#cancelRemote(life, life.ref);
  }

  /** Nobody knows whether an agent works on the task: the slot is not given to another. */
  #unclear(life: Life, message: string): void {
    this.#around.pool.forfeit(life.slot);
    this.#end(life, "Held", { _tag: "NeedsDecision", question: message });
  }

  #cancelRemote(life: Life, ref: AgentRunRef): void {
    const { deadlines, fork, log, post } = this.#around;
    life.stage = "cancelling";
    log.afterwards(() => {
      const fiber = fork(Attempt.cancel(life.agent, ref, deadlines));
      fiber.addObserver((exit) => post(() => life.isOver || this.#cancelled(life, exit)));
    });
  }

  #cancelled(life: Life, exit: Exit.Exit<void, unknown>): void {
    const { log, pool } = this.#around;
    const { attempt, task } = life;
    const at = log.now();
    if (Exit.isSuccess(exit)) {
      log.record({ _tag: "CancelConfirmed", at, task: task.id, attempt });
      pool.release(life.slot);
      return this.#stopped(life);
    }
    const why = Attempt.sentence(exit.cause);
    log.record({ _tag: "CancelUnconfirmed", at, task: task.id, attempt, message: why });
    const asked = `${life.cancelling!.message}, and the cancellation is not confirmed (${why})`;
    this.#unclear(life, `${asked}: does the agent run still work?`);
  }

  /** The agent certainly does not work any more, because of `cancelling`. */
  #stopped(life: Life): void {
    const { cause, message } = life.cancelling!;
    if (cause === "timeout") return this.#failed(life, { class: "timeout", message });
    if (cause === "bug") return this.#failed(life, { class: "permanent", message });
    this.#end(life, "Cancelled", { _tag: "Stopped", message });
  }

  #quarantine({ slot }: Life, message: string): void {
    const { log, pool } = this.#around;
    const until = pool.quarantine(slot);
    log.record({ _tag: "SlotQuarantined", at: log.now(), slot: slot.id, until, message });
  }

  #failed(life: Life, failure: Failure): void {
    if (life.cancelling !== undefined && isWanted(life.cancelling.cause)) {
      return this.#stopped(life);
    }
    if (this.#backOffs.start(life, failure)) return;
    this.#end(life, "Failed", { _tag: "AttemptFailed", failure });
  }

  #again(life: Life): void {
    this.#forget(life);
    this.#around.again(life.node);
  }

  #end(life: Life, outcome: Outcome, reason?: EndReason): void {
    this.#forget(life);
    this.#backOffs.forget(life.node);
    this.#around.ended(life.node, outcome, reason);
  }

  #forget(life: Life): void {
    life.isOver = true;
    life.clearTimer();
    this.#lives.delete(life.node);
  }
}

/** Whether somebody asked for the stop, so that no other attempt follows. */
const isWanted = (cause: CancelCause): boolean => cause === "task" || cause === "run";

/** An agent is somebody else's code: what it answers is looked at before it is recorded. */
const isEnd = (end: AgentRunEnd | undefined): end is AgentRunEnd => {
  switch (end?._tag) {
    case "Succeeded":
      return end.change === undefined || typeof end.change?.branch === "string";
    case "Failed":
      return isFailure(end.failure);
    case "Waiting":
      return typeof end.question === "string";
    default:
      return false;
  }
};

const isFailure = Schema.is(Failure);
