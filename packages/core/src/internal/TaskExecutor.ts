import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import type { Agent, AgentReport, AgentRunEnd, AgentRunRef, LaunchError } from "../Agent.ts";
import type { AgentPool, Slot } from "../AgentPool.ts";
import type { CodeHost, Landed, LandingError } from "../CodeHost.ts";
import type { Failure } from "../Failure.ts";
import * as RetryPolicy from "../RetryPolicy.ts";
import type { CancelCause, EndReason } from "../RunEvent.ts";
import type { Gate, Outcome, Task } from "../Task.ts";
import * as Attempt from "./attempt.ts";
import { RetryTimer } from "./RetryTimer.ts";
import type { RunLog } from "./RunLog.ts";

/** What one task's life needs from the run around it. */
export interface Surroundings {
  readonly log: RunLog;
  readonly pool: AgentPool["Service"];
  readonly codeHost: CodeHost["Service"] | undefined;
  readonly retry: RetryPolicy.RetryPolicy;
  /** The longest one attempt may take, for tasks that state none. */
  readonly timeout: Duration.Duration;
  readonly deadlines: Attempt.Deadlines;
  readonly fork: <A, E>(
    effect: Effect.Effect<A, E>,
    options?: { readonly uninterruptible: boolean },
  ) => Fiber.Fiber<A, E>;
  /** Lets the run's own turn handle something; the only way back into it. */
  readonly post: (handle: () => void) => void;
  readonly request: (node: number, attempt: number) => Parameters<Agent["launch"]>[0];
  readonly report: (node: number, attempt: number) => AgentReport;
  /** Others may take what a task occupied; its claims only when no landing follows. */
  readonly freed: (node: number, what: "resources" | "everything") => void;
  readonly reached: (node: number, gate: Gate) => void;
  /** A failed task waited long enough and may have another attempt. */
  readonly again: (node: number) => void;
  readonly ended: (node: number, outcome: Outcome, reason?: EndReason) => void;
}

/** A task between the launch of an attempt and its outcome or the next attempt. */
class Life {
  readonly node: number;
  readonly task: Task;
  readonly attempt: number;
  readonly slot: Slot;
  readonly agent: Agent;
  stage: "agent" | "cancelling" | "backing-off" | "landing" = "agent";
  ref: AgentRunRef | undefined = undefined;
  fiber: Fiber.Fiber<unknown, unknown> | undefined = undefined;
  timer: Fiber.Fiber<unknown, unknown> | undefined = undefined;
  /** Why it is being stopped, and what people are told. */
  cancelling: { readonly cause: CancelCause; readonly message: string } | undefined = undefined;

  constructor(node: number, task: Task, attempt: number, slot: Slot, agent: Agent) {
    this.node = node;
    this.task = task;
    this.attempt = attempt;
    this.slot = slot;
    this.agent = agent;
  }
}

/** One task's life after the other: attempts, timeout, retries, cancellation, landing. */
export class TaskExecutor {
  readonly #around: Surroundings;
  readonly #lives = new Map<number, Life>();
  readonly #retries = new Map<number, RetryTimer>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** How many tasks are between a launch and their outcome. */
  get active(): number {
    return this.#lives.size;
  }

  get nodes(): Iterable<number> {
    return this.#lives.keys();
  }

  /** Gives a slot to a ready task: its next attempt begins. */
  start(node: number, slot: Slot): void {
    const { log, pool } = this.#around;
    const task = log.state.table.task(node);
    const agent = pool.agents.get(slot.agent)!;
    const life = new Life(node, task, log.state.attempts(node).length + 1, slot, agent);
    this.#lives.set(node, life);
    log.record(
      {
        _tag: "LaunchIntended",
        at: log.now(),
        task: task.id,
        attempt: life.attempt,
        agent: slot.agent,
        slot: slot.id,
      },
      node,
    );
    log.afterwards(() => this.#launch(life));
  }

  /** Asks a task to stop and answers whether it is one that has not ended. */
  cancel(node: number, cause: CancelCause, message: string): boolean {
    const life = this.#lives.get(node);
    if (life === undefined) return false;
    if (life.stage === "agent") this.#stopAgent(life, cause, message);
    else if (life.stage === "landing") {
      life.cancelling ??= { cause, message };
      this.#around.log.afterwards(() => life.fiber?.interruptUnsafe());
    } else if (life.stage === "backing-off") {
      this.#clearTimers(life);
      this.#end(life, "Cancelled", { _tag: "Stopped", message });
    }
    return true;
  }

  /** No more attempts: tasks that wait for one end with the failure they had. */
  giveUpRetries(): void {
    for (const life of this.#lives.values()) {
      if (life.stage !== "backing-off") continue;
      this.#clearTimers(life);
      const failure = this.#around.log.state.lastAttempt(life.node)?.failure;
      this.#end(life, "Failed", failure && { _tag: "AttemptFailed", failure });
    }
  }

  /** Stops watching everything and touches nothing outside: the journal cannot be written any more. */
  abandon(): void {
    for (const life of this.#lives.values()) {
      this.#clearTimers(life);
      life.fiber?.interruptUnsafe();
    }
    this.#lives.clear();
  }

  #launch(life: Life): void {
    if (life.cancelling !== undefined) return this.#notLaunched(life);
    const { fork, post, report, request, deadlines, timeout } = this.#around;
    const { node, attempt } = life;
    const started = (ref: AgentRunRef) => {
      life.ref = ref;
      post(() => this.#started(life, ref));
    };
    const fiber = fork(
      Attempt.attempt(
        life.agent,
        request(node, attempt),
        report(node, attempt),
        deadlines,
        started,
      ),
      { uninterruptible: true },
    );
    const exit = fiber.pollUnsafe();
    if (exit !== undefined) return post(() => this.#exited(life, exit));
    life.fiber = fiber;
    fiber.addObserver((late) => post(() => this.#exited(life, late)));
    const limit =
      life.task.timeoutSeconds === undefined ? timeout : Duration.seconds(life.task.timeoutSeconds);
    if (Duration.isFinite(limit))
      life.timer = this.#after(limit, () => this.#timedOut(life, limit));
  }

  #after(delay: Duration.Duration, handle: () => void): Fiber.Fiber<unknown, unknown> {
    return this.#around.fork(Attempt.later(delay, () => this.#around.post(handle)));
  }

  #started(life: Life, ref: AgentRunRef): void {
    const { log } = this.#around;
    const { attempt, task } = life;
    log.record({ _tag: "AgentRunStarted", at: log.now(), task: task.id, attempt, ref }, life.node);
  }

  #timedOut(life: Life, limit: Duration.Duration): void {
    if (life.stage !== "agent") return;
    this.#stopAgent(life, "timeout", `did not end within ${Duration.format(limit)}`);
  }

  #stopAgent(life: Life, cause: CancelCause, message: string): void {
    if (life.cancelling !== undefined) return;
    const { log } = this.#around;
    life.cancelling = { cause, message };
    log.record({
      _tag: "CancelIntended",
      at: log.now(),
      task: life.task.id,
      attempt: life.attempt,
      cause,
      message,
    });
    log.afterwards(() => life.fiber?.interruptUnsafe());
  }

  #notLaunched(life: Life): void {
    this.#around.post(() => {
      this.#launchFailed(life, "NotSent", life.cancelling!.message);
      this.#around.pool.release(life.slot);
      this.#stopped(life);
    });
  }

  #launchFailed(life: Life, reason: LaunchError["reason"], message: string): void {
    const { log } = this.#around;
    const { attempt, task } = life;
    log.record({ _tag: "LaunchFailed", at: log.now(), task: task.id, attempt, reason, message });
  }

  #exited(life: Life, exit: Exit.Exit<AgentRunEnd, LaunchError>): void {
    this.#clearTimers(life);
    life.fiber = undefined;
    if (Exit.isSuccess(exit)) return this.#agentEnded(life, exit.value);
    const refused = Cause.findErrorOption(exit.cause);
    if (refused._tag === "Some") return this.#refused(life, refused.value);
    if (Cause.hasDies(exit.cause)) return this.#broke(life, exit.cause);
    this.#cancelRemote(life);
  }

  #agentEnded(life: Life, end: AgentRunEnd): void {
    const { log, pool } = this.#around;
    const { attempt, task } = life;
    log.record({ _tag: "AgentRunEnded", at: log.now(), task: task.id, attempt, end }, life.node);
    if (end._tag === "Failed" && end.failure.class === "infrastructure") {
      this.#quarantine(life, end.failure.message);
    } else pool.release(life.slot);
    if (life.cancelling !== undefined && life.cancelling.cause !== "timeout") {
      return this.#stopped(life);
    }
    if (end._tag === "Succeeded") this.#delivered(life, end);
    else if (end._tag === "Failed") this.#failed(life, end.failure);
    else this.#waits(life, end.question);
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
    this.#cancelRemote(life);
  }

  /** Nobody knows whether an agent works on the task: the slot is not given to another. */
  #unclear(life: Life, message: string): void {
    this.#around.pool.forfeit(life.slot);
    this.#end(life, "Held", { _tag: "NeedsDecision", question: message });
  }

  #cancelRemote(life: Life): void {
    life.stage = "cancelling";
    const { deadlines, fork, log, post } = this.#around;
    log.afterwards(() => {
      const fiber = fork(Attempt.cancel(life.agent, life.ref!, deadlines));
      fiber.addObserver((exit) => post(() => this.#cancelled(life, exit)));
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
    this.#unclear(
      life,
      `${life.cancelling!.message}, and the cancellation is not confirmed (${why}): does the agent run still work?`,
    );
  }

  /** The agent certainly does not work any more, because of `cancelling`. */
  #stopped(life: Life): void {
    const { cause, message } = life.cancelling!;
    if (cause === "timeout" || cause === "bug") {
      const failureClass = cause === "bug" ? "permanent" : "timeout";
      return this.#failed(life, { class: failureClass, message });
    }
    this.#end(life, "Cancelled", { _tag: "Stopped", message });
  }

  #quarantine(life: Life, message: string): void {
    const { log, pool } = this.#around;
    const slot = life.slot;
    const until = pool.quarantine(slot);
    log.record({ _tag: "SlotQuarantined", at: log.now(), slot: slot.id, until, message });
  }

  #delivered(life: Life, end: Extract<AgentRunEnd, { _tag: "Succeeded" }>): void {
    const { codeHost, log, reached } = this.#around;
    if (codeHost === undefined || end.change === undefined) return this.#end(life, "Succeeded");
    life.stage = "landing";
    life.cancelling = undefined;
    const { attempt, node, task } = life;
    this.#around.freed(node, "resources");
    log.record({ _tag: "LandingStarted", at: log.now(), task: task.id, attempt });
    reached(node, "agent-ended");
    const change = end.change;
    log.afterwards(() => this.#land(life, codeHost, change));
  }

  #land(
    life: Life,
    host: CodeHost["Service"],
    change: NonNullable<Extract<AgentRunEnd, { _tag: "Succeeded" }>["change"]>,
  ): void {
    const { fork, log, post, reached, retry } = this.#around;
    const policy = RetryPolicy.forTask(retry, life.task);
    const fiber = fork(
      Attempt.land(
        host,
        {
          run: log.run,
          task: life.task,
          attempt: life.attempt,
          change,
          reached: Attempt.told((gate: Gate) => post(() => reached(life.node, gate))),
        },
        RetryPolicy.landing(policy),
      ),
    );
    life.fiber = fiber;
    fiber.addObserver((exit) => post(() => this.#landed(life, exit)));
    if (life.cancelling !== undefined) fiber.interruptUnsafe();
  }

  #landed(life: Life, exit: Exit.Exit<Landed, LandingError>): void {
    const { log } = this.#around;
    const { attempt, task } = life;
    const at = log.now();
    life.fiber = undefined;
    if (Exit.isSuccess(exit)) {
      const { commit } = exit.value;
      log.record({
        _tag: "LandingEnded",
        at,
        task: task.id,
        attempt,
        ...(commit === undefined ? {} : { commit }),
      });
      return this.#end(life, "Succeeded");
    }
    if (life.cancelling !== undefined && Cause.hasInterruptsOnly(exit.cause)) {
      return this.#end(life, "Cancelled", { _tag: "Stopped", message: life.cancelling.message });
    }
    const failure = landingFailure(exit.cause);
    log.record({ _tag: "LandingFailed", at, task: task.id, attempt, failure });
    this.#failed(life, failure);
  }

  #failed(life: Life, failure: Failure): void {
    const { log, retry } = this.#around;
    const policy = RetryPolicy.forTask(retry, life.task);
    const spent = spentOn(log.state.attempts(life.node));
    if (log.state.stopping !== undefined || !RetryPolicy.mayRetry(policy, failure.class, spent)) {
      return this.#end(life, "Failed", { _tag: "AttemptFailed", failure });
    }
    life.stage = "backing-off";
    life.cancelling = undefined;
    this.#around.freed(life.node, "everything");
    if (!this.#retries.has(life.node)) this.#retries.set(life.node, new RetryTimer(policy));
    log.afterwards(() => this.#backOff(life, failure));
  }

  #backOff(life: Life, failure: Failure): void {
    const { fork, log, post } = this.#around;
    const scheduled = (delayMillis: number): void => {
      const { attempt, task } = life;
      const at = log.now();
      post(() =>
        log.record({
          _tag: "RetryScheduled",
          at,
          task: task.id,
          attempt,
          class: failure.class,
          delayMillis,
        }),
      );
    };
    life.timer = fork(this.#retries.get(life.node)!.wait(log.now(), failure, scheduled));
    life.timer.addObserver((exit) => {
      if (Exit.isSuccess(exit)) post(() => this.#again(life));
    });
  }

  #again(life: Life): void {
    if (this.#lives.get(life.node) !== life) return;
    this.#lives.delete(life.node);
    this.#around.again(life.node);
  }

  #end(life: Life, outcome: Outcome, reason?: EndReason): void {
    this.#lives.delete(life.node);
    this.#retries.delete(life.node);
    this.#around.ended(life.node, outcome, reason);
  }

  #clearTimers(life: Life): void {
    life.timer?.interruptUnsafe();
    life.timer = undefined;
  }
}

const landingFailure = (cause: Cause.Cause<LandingError>): Failure => {
  const error = Cause.findErrorOption(cause);
  if (error._tag === "None") {
    return { class: "permanent", message: Attempt.bug("The code host", cause) };
  }
  const { message, paths, reason } = error.value;
  return reason === "Conflict"
    ? { class: "conflict", message, detail: { paths: [...paths] } }
    : { class: "permanent", message };
};

const spentOn = (attempts: ReadonlyArray<{ readonly failure: Failure | undefined }>) => {
  let charged = 0;
  let infrastructure = 0;
  for (const { failure } of attempts) {
    if (failure?.class === "infrastructure") infrastructure++;
    else {
      charged++;
      infrastructure = 0;
    }
  }
  return { charged, infrastructure };
};
