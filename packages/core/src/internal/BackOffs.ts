import * as Duration from "effect/Duration";
import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { Failure } from "../Failure.ts";
import * as RetryPolicy from "../RetryPolicy.ts";
import type { Attempt } from "../RunState.ts";
import * as Information from "./information.ts";
import type { Life } from "./Life.ts";
import { RetryTimer } from "./RetryTimer.ts";
import type { Surroundings } from "./Surroundings.ts";

/** Tasks that wait for their next attempt, holding nothing. */
export class BackOffs {
  readonly #around: Surroundings;
  readonly #again: (life: Life) => void;
  /** The waits of a task grow from attempt to attempt. */
  readonly #timers = new Map<number, RetryTimer>();

  constructor(around: Surroundings, again: (life: Life) => void) {
    this.#around = around;
    this.#again = again;
  }

  /** Begins the wait for the next attempt, if the failure may have one. */
  start(life: Life, failure: Failure): boolean {
    const { freed, log, retry } = this.#around;
    if (log.state.stopping !== undefined) return false;
    const policy = RetryPolicy.forTask(retry, life.task);
    const { state } = log;
    const counted = state.attempts(life.node).slice(state.forgiven(life.node));
    if (!RetryPolicy.mayRetry(policy, failure.class, spentOn(counted))) return false;
    if (Information.isBeforeTheSame(counted)) return false;
    if (Information.isRepeated(life.agent, counted, state.landedAt)) {
      this.#tellRepeated(life);
      return false;
    }
    life.stage = "backing-off";
    life.cancelling = undefined;
    freed(life.node, "everything");
    if (!this.#timers.has(life.node)) {
      this.#timers.set(life.node, new RetryTimer(policy, counted.length - 1));
    }
    log.afterwards(() => life.isOver || this.#wait(life, failure));
    return true;
  }

  /** Goes on with a wait that another process began; `until` is in milliseconds since the epoch. */
  resume(life: Life, failure: Failure, until: number): void {
    const { log, retry } = this.#around;
    life.stage = "backing-off";
    const { state } = log;
    const waited = state.attempts(life.node).length - state.forgiven(life.node);
    const policy = RetryPolicy.forTask(retry, life.task);
    const timer = new RetryTimer(policy, waited);
    // A clock that was set back makes no wait longer than any is.
    const longest = Duration.toMillis(Duration.fromInputUnsafe(policy.maxDelay));
    this.#timers.set(life.node, timer);
    log.afterwards(() => {
      const left = Duration.millis(clamp(until - log.present(), 0, longest));
      this.#await(life, timer.catchUp(log.now(), failure, left));
    });
  }

  /** The task will have no other attempt. */
  forget(node: number): void {
    this.#timers.delete(node);
  }

  #wait(life: Life, failure: Failure): void {
    const { log, post } = this.#around;
    const scheduled = (delayMillis: number) =>
      post(() => life.isOver || this.#scheduled(life, failure, delayMillis));
    this.#await(life, this.#timers.get(life.node)!.wait(log.now(), failure, scheduled));
  }

  #await(life: Life, waiting: Effect.Effect<void>): void {
    const { fork, post } = this.#around;
    life.timer = fork(waiting);
    life.timer.addObserver((exit) => {
      if (Exit.isSuccess(exit)) post(() => life.isOver || this.#again(life));
    });
  }

  #tellRepeated({ agent, attempt, task }: Life): void {
    const { log } = this.#around;
    const message = `attempt ${attempt} failed as the one before it did, knowing of that; what it is asked, the base and the agent are the same, so another paid attempt on ${agent.name} is not made: change what stands in its way, then retry it`;
    log.record({ _tag: "Warning", at: log.now(), task: task.id, message });
  }

  #scheduled(life: Life, failure: Failure, delayMillis: number): void {
    const { log } = this.#around;
    log.record({
      _tag: "RetryScheduled",
      at: log.now(),
      task: life.task.id,
      attempt: life.attempt,
      class: failure.class,
      delayMillis,
    });
  }
}

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);

const spentOn = (attempts: ReadonlyArray<Attempt>): RetryPolicy.Spent => {
  let [charged, unlanded, infrastructure] = [0, 0, 0];
  for (const { failure, isExhausted } of attempts) {
    if (isExhausted) continue;
    if (failure?.class === "infrastructure") {
      infrastructure++;
      continue;
    }
    if (RetryPolicy.isUnlanded(failure?.class)) unlanded++;
    else charged++;
    infrastructure = 0;
  }
  return { charged, unlanded, infrastructure };
};
