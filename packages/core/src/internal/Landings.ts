import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { Change } from "../Agent.ts";
import type { CodeHost, Landed, LandingError, Stacked } from "../CodeHost.ts";
import type { Failure } from "../Failure.ts";
import * as RetryPolicy from "../RetryPolicy.ts";
import type { CancelCause } from "../RunEvent.ts";
import type { Gate } from "../Task.ts";
import * as Attempt from "./attempt.ts";
import type { Life } from "./Life.ts";
import * as Stack from "./stack.ts";
import type { Surroundings } from "./Surroundings.ts";

/** What becomes of a landing. */
interface Results {
  readonly landed: (life: Life) => void;
  readonly failed: (life: Life, failure: Failure) => void;
  /** A person must say how it goes on. */
  readonly asked: (life: Life, question: string) => void;
  readonly stopped: (life: Life) => void;
}

/** Changes on their way into the base. */
export class Landings {
  readonly #around: Surroundings;
  readonly #results: Results;
  /** Who waits for the end of a task, because a change stands on that task's. */
  readonly #listeners = new Map<number, Set<() => void>>();

  constructor(around: Surroundings, results: Results) {
    this.#around = around;
    this.#results = results;
  }

  /** The agent delivered: its slot is free, and dependents that wait only for its end may go. */
  start(life: Life, host: CodeHost["Service"], change: Change): void {
    const { freed, log, reached } = this.#around;
    const { attempt, node, task } = life;
    life.stage = "landing";
    life.change = change;
    life.cancelling = undefined;
    freed(node, "resources");
    log.record({ _tag: "LandingStarted", at: log.now(), task: task.id, attempt });
    reached(node, "agent-ended");
    log.afterwards(() => this.#land(life, host, change));
  }

  /** Lands what another process began to land, which it may have finished. */
  resume(life: Life, host: CodeHost["Service"], change: Change): void {
    life.stage = "landing";
    life.change = change;
    this.#around.log.afterwards(() => life.isOver || this.#land(life, host, change));
  }

  #land(life: Life, host: CodeHost["Service"], change: Change): void {
    const { fork, log, post, reached, retry } = this.#around;
    const { attempt, node, task } = life;
    const tell = (gate: Gate) => Effect.sync(() => post(() => life.isOver || reached(node, gate)));
    const progress = (message: string) =>
      Effect.sync(() => post(() => life.isOver || this.#say(life, message)));
    const since = log.state.attempts(node)[0]!.startedAt;
    const wasAsked = log.state.wasAskedToLand(node);
    const stack = this.#stack(life);
    const request = {
      run: log.run,
      task,
      attempt,
      change,
      since,
      wasAsked,
      reached: tell,
      progress,
      ...(stack === undefined ? {} : { stack }),
    };
    const again = RetryPolicy.landing(RetryPolicy.forTask(retry, task));
    const fiber = fork(Attempt.land(host, request, again));
    life.fiber = fiber;
    fiber.addObserver((exit) => post(() => life.isOver || this.#ended(life, exit)));
    if (life.cancelling !== undefined && life.timer === undefined) fiber.interruptUnsafe();
  }

  /** What the change stands on, if its agent began at another change. */
  #stack({ node }: Life): Stacked | undefined {
    const { post, log } = this.#around;
    const startFrom = log.state.lastAttempt(node)?.startFrom;
    if (startFrom === undefined) return undefined;
    const standing = () => Stack.standing(log.state, startFrom);
    const settled = Effect.callback<void>((resume) => {
      const look = () => (standing()._tag === "Open" ? wait() : resume(Effect.void));
      const below = log.state.table.numberOf(startFrom.task)!;
      const wait = () => void this.#listenersOf(below).add(look);
      post(look);
      return Effect.sync(() => void this.#listenersOf(below).delete(look));
    });
    return { ...startFrom, standing, settled };
  }

  #listenersOf(node: number): Set<() => void> {
    const known = this.#listeners.get(node) ?? new Set();
    this.#listeners.set(node, known);
    return known;
  }

  /** Tells those that stand on the change of a task that it has ended. */
  settled(node: number): void {
    const listeners = this.#listeners.get(node);
    if (listeners === undefined) return;
    this.#listeners.delete(node);
    this.#around.log.afterwards(() => {
      for (const look of listeners) look();
    });
  }

  /** Whether a landing cannot go on before something that it stands on has ended. */
  isWaiting({ node, stage }: Life): boolean {
    const { state } = this.#around.log;
    const startFrom = state.lastAttempt(node)?.startFrom;
    if (stage !== "landing" || startFrom === undefined) return false;
    return Stack.standing(state, startFrom)._tag === "Open";
  }

  #say({ attempt, node, task }: Life, message: string): void {
    const { log } = this.#around;
    // Another process may have said the same before.
    if (log.state.at(node).progress === message) return;
    log.record({ _tag: "AgentProgress", at: log.now(), task: task.id, attempt, message });
  }

  /** Ends a landing: at once for its task, after a grace for its run, because the work is paid for and done. */
  stop(life: Life, cause: CancelCause, message: string): void {
    const { deadlines, fork, log, post } = this.#around;
    if (life.cancelling !== undefined) return;
    life.cancelling = { cause, message };
    const interrupt = () => post(() => life.isOver || life.fiber?.interruptUnsafe());
    if (cause === "run") life.timer = fork(Attempt.later(deadlines.landing, interrupt));
    else log.afterwards(interrupt);
  }

  #ended(life: Life, exit: Exit.Exit<Landed, LandingError>): void {
    const { log } = this.#around;
    const { attempt, task } = life;
    const at = log.now();
    life.fiber = undefined;
    if (Exit.isSuccess(exit)) {
      const { commit } = exit.value;
      const where = commit === undefined ? {} : { commit };
      log.record({ _tag: "LandingEnded", at, task: task.id, attempt, ...where });
      return this.#results.landed(life);
    }
    const isMerged = log.state.at(life.node).gate === "merged";
    if (isMerged && Cause.hasInterruptsOnly(exit.cause)) return this.#results.landed(life);
    if (life.cancelling !== undefined && Cause.hasInterruptsOnly(exit.cause)) {
      const { branch } = life.change!;
      const { cause, message } = life.cancelling;
      const left =
        branch === undefined
          ? "its work has not landed"
          : `its work is on branch ${branch}, not landed`;
      life.cancelling = { cause, message: `${message}; ${left}` };
      return this.#results.stopped(life);
    }
    const error = Cause.findErrorOption(exit.cause);
    if (error._tag === "Some" && error.value.reason === "Undecided") {
      return this.#results.asked(life, error.value.message);
    }
    const failure =
      error._tag === "Some"
        ? failureOf(error.value)
        : bug(Attempt.bug("The code host", exit.cause));
    log.record({ _tag: "LandingFailed", at, task: task.id, attempt, failure });
    this.#results.failed(life, failure);
  }
}

const bug = (message: string): Failure => ({ class: "permanent", message });

const failureOf = ({ message, obstacle, paths, reason }: LandingError): Failure => {
  const before = obstacle === undefined ? {} : { obstacle };
  switch (reason) {
    case "Conflict":
      return { class: "conflict", message, detail: { paths: [...paths] }, ...before };
    case "Refused":
      return { class: "refused", message, ...before };
    default:
      return { class: "permanent", message };
  }
};
