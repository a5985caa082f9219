import type { Agent, AgentRunEnd, AgentRunRef } from "../Agent.ts";
import type { Failure } from "../Failure.ts";
import type { Attempt } from "../RunState.ts";
import type { Life } from "./Life.ts";
import type { Surroundings } from "./Surroundings.ts";

/** The ways in which an attempt goes on. */
interface Course {
  /** Asks the agent; with the key that was used before. */
  readonly launch: (life: Life) => void;
  /** Nobody knows whether the agent was asked. */
  readonly lost: (life: Life, message: string) => void;
  /** Watches an agent run that began at `since`, in milliseconds since the epoch. */
  readonly watch: (life: Life, ref: AgentRunRef, since: number) => void;
  /** Stops an agent run. */
  readonly cancel: (life: Life, ref: AgentRunRef) => void;
  /** The agent run has ended. */
  readonly ended: (life: Life, end: AgentRunEnd) => void;
  /** No agent works on it, and the attempt failed. */
  readonly failed: (life: Life, failure: Failure) => void;
  /** No agent works on it, because of `cancelling`. */
  readonly stopped: (life: Life) => void;
  /** No agent works on it, and a person must say whether one may. */
  readonly asked: (life: Life, question: string) => void;
}

/**
 * Attempts that another process, or a decision, left where they are: before
 * the answer to their launch, at work, or after the end of their agent run.
 */
export class TakeOvers {
  readonly #around: Surroundings;
  readonly #course: Course;

  constructor(around: Surroundings, course: Course) {
    this.#around = around;
    this.#course = course;
  }

  /** Goes on where the attempt was. */
  goOn(life: Life, attempt: Attempt): void {
    if (attempt.cancelAsked !== undefined) life.cancelling = attempt.cancelAsked;
    if (attempt.end !== undefined) return this.#course.ended(life, attempt.end);
    if (attempt.endedAt !== undefined && !attempt.isUnclear) {
      if (life.cancelling !== undefined) return this.#stopped(life);
      this.#around.pool.release(life.slot);
      return this.#course.failed(life, attempt.failure!);
    }
    if (!survives(life.agent)) return this.#restart(life);
    if (life.ref !== undefined) return this.#observe(life, life.ref, attempt.startedAt);
    if (attempt.isUnclear) this.#course.lost(life, attempt.failure!.message);
    else this.#unanswered(life);
  }

  #observe(life: Life, ref: AgentRunRef, since: number): void {
    if (life.cancelling !== undefined) return this.#course.cancel(life, ref);
    this.#around.log.afterwards(() => life.isOver || this.#course.watch(life, ref, since));
  }

  /** The intent is recorded, and nothing more: whether it was sent, nobody knows. */
  #unanswered(life: Life): void {
    const { name } = life.agent;
    life.isUnclear = true;
    if (this.#mayRepeat(life)) return this.#repeat(life, () => this.#unanswered(life));
    const message = `the process that launched it on ${name} ended before ${name} had answered`;
    this.#course.lost(life, message);
  }

  /** What worked inside of the process that is gone has stopped; whether it may be repeated is the agent's to say. */
  #restart(life: Life): void {
    if (life.cancelling !== undefined) return this.#stopped(life);
    if (this.#mayRepeat(life)) {
      life.ref = undefined;
      return this.#repeat(life, () => this.#restart(life));
    }
    this.#around.pool.release(life.slot);
    this.#around.freed(life.node, "everything");
    const { name } = life.agent;
    this.#course.asked(life, `The process in which ${name} worked on it is gone: run it again?`);
  }

  /** Asks the agent again with the same key, unless that is no longer wanted by then. */
  #repeat(life: Life, otherwise: () => void): void {
    const { log, post } = this.#around;
    log.afterwards(() => {
      if (life.isOver) return;
      if (this.#mayRepeat(life)) this.#course.launch(life);
      else post(() => life.isOver || otherwise());
    });
  }

  #mayRepeat({ agent, cancelling, task }: Life): boolean {
    const isWanted = cancelling === undefined && this.#around.mayLaunch();
    const { launch, repeatable } = agent.capabilities;
    if (!isWanted || survives(agent)) return isWanted && launch === "idempotent";
    return typeof repeatable === "function" ? repeatable(task) : repeatable === true;
  }

  #stopped(life: Life): void {
    this.#around.pool.release(life.slot);
    this.#course.stopped(life);
  }
}

/** Whether its agent runs go on when the process is gone. */
const survives = ({ capabilities }: Agent): boolean => capabilities.survives ?? capabilities.remote;
