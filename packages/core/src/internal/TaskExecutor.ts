import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Exit from "effect/Exit";
import { format } from "effect/Formatter";
import { type AgentRunEnd, type AgentRunRef, type EffectKey, LaunchError } from "../Agent.ts";
import type { Failure } from "../Failure.ts";
import type { CancelCause, EndReason } from "../RunEvent.ts";
import type { Attempt as AttemptState } from "../RunState.ts";
import { Slot } from "../Slot.ts";
import type { Outcome } from "../Task.ts";
import { isEnd } from "./agentRunEnd.ts";
import * as Attempt from "./attempt.ts";
import { BackOffs } from "./BackOffs.ts";
import { Deadlines } from "./Deadlines.ts";
import { KeptSlots } from "./KeptSlots.ts";
import { Landings } from "./Landings.ts";
import { Launches } from "./Launches.ts";
import { Life } from "./Life.ts";
import { Lives } from "./Lives.ts";
import * as Stack from "./stack.ts";
import type { Surroundings } from "./Surroundings.ts";
import { TakeOvers } from "./TakeOvers.ts";

/** One task's life after the other: attempts, timeout, retries, cancellation, landing. */
export class TaskExecutor {
  readonly #around: Surroundings;
  readonly #launches: Launches;
  readonly #takeOvers: TakeOvers;
  readonly #landings: Landings;
  readonly #backOffs: BackOffs;
  readonly #deadlines: Deadlines;
  readonly #lives = new Lives();
  readonly #kept: KeptSlots;
  /** The kinds of agents that take no launches, each with what it said. */
  readonly #exhausted = new Map<string, string>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#kept = new KeptSlots(around.pool, around.log);
    this.#launches = new Launches(around, {
      exited: (life, exit) => this.#exited(life, exit),
      resumed: (life) => this.#resumed(life),
      absent: (life, message) => this.#absent(life, message),
      unclear: (life, message) => this.#unclear(life, message),
    });
    this.#takeOvers = new TakeOvers(around, {
      launch: (life) => this.#launch(life),
      lost: (life, message) => this.#lost(life, message),
      watch: (life, ref, since) => this.#watch(life, ref, since),
      cancel: (life, ref) => this.#cancelRemote(life, ref),
      ended: (life, end) => this.#afterEnd(life, end),
      failed: (life, failure) => this.#failed(life, failure),
      stopped: (life) => this.#stopped(life),
      asked: (life, question) => this.#end(life, "Held", { _tag: "NeedsDecision", question }),
    });
    this.#deadlines = new Deadlines(around, (life, limit) => this.#timedOut(life, limit));
    this.#backOffs = new BackOffs(around, (life) => this.#again(life));
    this.#landings = new Landings(around, {
      landed: (life) => this.#end(life, "Succeeded"),
      failed: (life, failure) => this.#failed(life, failure),
      asked: (life, question) => this.#waits(life, question),
      stopped: (life) => this.#stopped(life),
    });
  }

  /** How many tasks are between a launch and their outcome or next attempt. */
  get active(): number {
    return this.#lives.size;
  }

  /** Whether one of them goes on by itself, without waiting for what it stands on. */
  get isBusy(): boolean {
    return this.#lives.some((life) => !this.#landings.isWaiting(life));
  }

  get nodes(): Iterable<number> {
    return Array.from(this.#lives, ({ node }) => node);
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
    this.#lives.add(life);
    const startFrom = Stack.beginning(log.state, node);
    const { agent: kind, id } = slot;
    const intended = {
      _tag: "LaunchIntended",
      at: log.now(),
      task: task.id,
      attempt,
      agent: kind,
      slot: id,
    } as const;
    log.record(startFrom === undefined ? intended : { ...intended, startFrom }, node);
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

  /** A task has ended, or is held: what stands on its change hears of it. */
  settled(node: number): void {
    this.#landings.settled(node);
  }

  /** A task that waits for its next attempt will have none; the caller says how it ends. */
  dropRetry(node: number): void {
    const life = this.#lives.get(node);
    if (life?.stage !== "backing-off") return;
    this.#forget(life);
    this.#backOffs.forget(node);
  }

  /** No more attempts: tasks that wait for one end with the failure they had. */
  giveUpRetries(): void {
    for (const life of this.#lives) {
      if (life.stage !== "backing-off") continue;
      const failure = this.#around.log.state.lastAttempt(life.node)?.failure;
      this.#end(life, "Failed", failure && { _tag: "AttemptFailed", failure });
    }
  }

  /** Stops watching everything and touches nothing outside: the journal cannot be written any more. */
  abandon(): void {
    const { log, pool } = this.#around;
    for (const life of this.#lives) {
      const { fiber, ref, search, stage } = life;
      if (stage === "agent" && fiber === undefined && ref === undefined && search === undefined)
        pool.release(life.slot);
      else if (stage === "agent" || stage === "cancelling") {
        pool.leave(life.slot, log.run);
      }
      this.#forget(life);
      life.fiber?.interruptUnsafe();
      life.search?.interruptUnsafe();
    }
    this.#kept.leave();
    this.#deadlines.close();
  }

  /** Why a kind of agent is asked for nothing more, if it is not. */
  exhausted(agent: string): string | undefined {
    return this.#exhausted.get(agent);
  }

  /** A person has seen to it that agents take launches again. */
  readmit(): void {
    this.#exhausted.clear();
  }

  /** How many launches have been sent and not been answered yet. */
  get unanswered(): number {
    let count = 0;
    for (const { fiber, ref, search, stage } of this.#lives) {
      if (stage === "agent" && fiber !== undefined && ref === undefined && !search) count++;
    }
    return count;
  }

  /** Goes on with the attempt of a task as another process, or a decision, left it. */
  takeOver(node: number): void {
    const { log, pool } = this.#around;
    const { state } = log;
    const task = state.table.task(node);
    const attempt = state.lastAttempt(node)!;
    const agent = pool.agents.get(attempt.agent)!;
    const phase = state.phase(node);
    const isAtWork = phase === "Launching" || phase === "Running";
    const slot = isAtWork ? this.#kept.takeUp(node, attempt.agent) : noSlot;
    const life = new Life(node, task, attempt.number, slot, agent);
    life.ref = attempt.ref;
    life.lastSent = log.monotonicMillis();
    this.#lives.add(life);
    if (isAtWork) this.#takeOvers.goOn(life, attempt);
    else if (phase === "Landing") this.#landAgain(life, attempt);
    else this.#backOffs.resume(life, attempt.failure!, state.at(node).retryAt!);
  }

  /** Occupies what the agent run of a held task may still work with. */
  keepSlot(node: number): void {
    this.#kept.occupy(node);
  }

  /** Whether a held task still occupies a slot. */
  keepsSlot(node: number): boolean {
    return this.#kept.has(node);
  }

  /** A person decided about a held task: nothing works on it. */
  giveSlotBack(node: number): void {
    this.#kept.giveBack(node);
  }

  /** Remembers that an agent answered a launch before. */
  answered(agent: string, key: EffectKey): void {
    if (this.#around.pool.agents.get(agent)?.capabilities.remote === true) {
      this.#launches.answered(agent, key);
    }
  }

  #landAgain(life: Life, attempt: AttemptState): void {
    const { codeHost } = this.#around;
    if (attempt.failure !== undefined) return this.#failed(life, attempt.failure);
    this.#landings.resume(life, codeHost!, attempt.change!);
  }

  #launch(life: Life): void {
    this.#launches.send(life);
    if (life.fiber !== undefined) this.#limit(life);
  }

  #watch(life: Life, ref: AgentRunRef, since: number): void {
    this.#launches.watch(life, ref);
    this.#limit(life, this.#around.log.present() - since);
  }

  #resumed(life: Life): void {
    const { log } = this.#around;
    const { startedAt } = log.state.lastAttempt(life.node)!;
    if (life.fiber !== undefined) this.#limit(life, log.present() - startedAt);
  }

  /** `spent` is how long the attempt has worked already, in milliseconds. */
  #limit(life: Life, spent = 0): void {
    const stated = life.task.timeoutSeconds;
    const limit = stated === undefined ? this.#around.timeout : Duration.seconds(stated);
    if (Duration.isFinite(limit)) this.#deadlines.add(life, limit, spent);
  }

  #timedOut(life: Life, limit: Duration.Duration): void {
    this.#stopAgent(life, "timeout", `did not end within ${Duration.format(limit)}`);
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
    if (life.search !== undefined) return this.#launches.cutShort(life);
    if (life.ref === undefined) this.#limitLaunch(life);
  }

  /** An interruption waits for the launch to answer, but not for ever. */
  #limitLaunch(life: Life): void {
    const { deadlines, fork, post } = this.#around;
    const giveUp = () => {
      if (life.isOver || life.ref !== undefined || life.search !== undefined) return;
      const message = `${life.agent.name} did not answer its launch, which was to be stopped: ${life.cancelling!.message}`;
      this.#lost(life, message);
    };
    const deadline = Attempt.launchDeadline(life.agent, deadlines);
    life.timer = fork(Attempt.later(deadline, () => post(giveUp)));
  }

  #launchFailed(life: Life, reason: LaunchError["reason"], message: string, until?: number): void {
    const { log } = this.#around;
    const { attempt, task } = life;
    const failed = { _tag: "LaunchFailed", task: task.id, attempt, reason, message } as const;
    log.record({ ...failed, at: log.now(), ...(until === undefined ? {} : { until }) });
  }

  #lost(life: Life, message: string): void {
    this.#launchFailed(life, "Ambiguous", message);
    this.#launches.lost(life, message);
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
    const { log } = this.#around;
    const { attempt, node, task } = life;
    log.record({ _tag: "AgentRunEnded", at: log.now(), task: task.id, attempt, end }, node);
    this.#afterEnd(life, end);
  }

  /** What follows from the recorded end of an agent run. */
  #afterEnd(life: Life, end: AgentRunEnd): void {
    const { codeHost, exhausted, pool } = this.#around;
    const { cancelling } = life;
    if (end._tag === "Failed" && end.failure.until !== undefined) {
      exhausted(life.agent.name, end.failure.message, end.failure.until);
    }
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

  /** The agent, or the landing, waits for a person: it occupies nothing meanwhile. */
  #waits(life: Life, question: string): void {
    this.#around.freed(life.node, "everything");
    this.#end(life, "Held", { _tag: "NeedsDecision", question });
  }

  #refused(life: Life, error: LaunchError): void {
    // Of a launch that was repeated with its key, the sending before may have arrived.
    if (error.reason === "Ambiguous" || life.isUnclear) return this.#lost(life, error.message);
    const until = error.reason === "Exhausted" ? error.until : undefined;
    this.#launchFailed(life, error.reason, error.message, until);
    if (error.reason === "NotSent") this.#quarantine(life, error.message);
    else this.#around.pool.release(life.slot);
    if (until !== undefined) this.#around.exhausted(life.agent.name, error.message, until);
    else if (error.reason === "Exhausted") this.#exhausted.set(life.agent.name, error.message);
    if (life.cancelling !== undefined) return this.#stopped(life);
    if (until !== undefined) return this.#requeue(life);
    if (error.reason === "Exhausted") return this.#waits(life, error.message);
    const unneeded = unneededOutcomes[error.reason];
    if (unneeded !== undefined) {
      return this.#end(life, unneeded, { _tag: "Stopped", message: error.message });
    }
    const failureClass = error.reason === "NotSent" ? "infrastructure" : "permanent";
    this.#failed(life, { class: failureClass, message: error.message });
  }

  /** Nothing was launched, and nothing was wrong with the task: it queues again, holding nothing. */
  #requeue(life: Life): void {
    this.#forget(life);
    this.#around.freed(life.node, "everything");
    this.#around.requeue(life.node);
  }

  #broke(life: Life, cause: Cause.Cause<unknown>): void {
    const message = Attempt.bug(`The agent ${life.agent.name}`, cause);
    if (life.ref === undefined) {
      life.isBroken = true;
      return this.#lost(life, message);
    }
    this.#stopAgent(life, "bug", message);
    this.#cancelRemote(life, life.ref);
  }

  #absent(life: Life, message: string): void {
    const { log, pool } = this.#around;
    const { attempt, node, task } = life;
    log.record({ _tag: "LaunchAbsent", at: log.now(), task: task.id, attempt, message }, node);
    pool.release(life.slot);
    if (life.cancelling !== undefined) return this.#stopped(life);
    this.#failed(life, { class: life.isBroken ? "permanent" : "infrastructure", message });
  }

  /** Nobody knows whether an agent works on the task: the slot is not given to another. */
  #unclear(life: Life, message: string): void {
    this.#kept.keep(life.node, life.slot);
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
    // Nothing is wrong with a task whose agent had no quota left, however few attempts it may have.
    if (failure.until !== undefined && this.#around.log.state.stopping === undefined) {
      return this.#end(life, "Held", { _tag: "NeedsDecision", question: failure.message });
    }
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
    this.#lives.delete(life);
  }
}

/** How a task ends for which no agent is needed. */
const unneededOutcomes: { readonly [Reason in LaunchError["reason"]]?: Outcome } = {
  Done: "Succeeded",
  Dropped: "Skipped",
};

/** What waits or lands occupies no slot of the pool. */
const noSlot = new Slot("none", 0);

/** Whether somebody asked for the stop, so that no other attempt follows. */
const isWanted = (cause: CancelCause): boolean => cause === "task" || cause === "run";
