import * as Duration from "effect/Duration";
import type * as Fiber from "effect/Fiber";
import * as Attempt from "./attempt.ts";
import type { Life } from "./Life.ts";
import type { Surroundings } from "./Surroundings.ts";

type Expired = (life: Life, limit: Duration.Duration) => void;

/**
 * The timeouts of the attempts that work at the moment.
 *
 * Attempts with the same limit expire in the order they began, so one timer
 * serves them all: an attempt costs an entry in a list, not a fiber.
 */
export class Deadlines {
  readonly #around: Surroundings;
  readonly #expired: Expired;
  readonly #queues = new Map<number, DeadlineQueue>();

  constructor(around: Surroundings, expired: Expired) {
    this.#around = around;
    this.#expired = expired;
  }

  /** `spent` is what is gone of the limit already; some of it is left in any case, for an end that is there to be seen. */
  add(life: Life, limit: Duration.Duration, spent = 0): void {
    const whole = Duration.toMillis(limit);
    const left = Math.max(whole - Math.max(spent, 0), Math.min(whole, leastMillis));
    // Rests are rounded up to whole seconds: each different one has a queue and a timer of its own.
    const millis = spent > 0 ? Math.min(Math.ceil(left / 1000) * 1000, whole) : whole;
    let queue = this.#queues.get(millis);
    if (queue === undefined) {
      queue = new DeadlineQueue(this.#around, millis, (late) => this.#expired(late, limit));
      this.#queues.set(millis, queue);
    }
    queue.add(life);
  }

  /** Forgets all of them, so that no timer outlives the run. */
  close(): void {
    for (const queue of this.#queues.values()) queue.close();
    this.#queues.clear();
  }
}

/** How long an attempt that is taken over is watched at least. */
const leastMillis = 60_000;

/** Lists with at most this many entries are not worth clearing out. */
const fewEntries = 64;

/** The deadlines of attempts with one limit, in milliseconds of monotonic time. */
class DeadlineQueue {
  readonly #around: Surroundings;
  readonly #limit: number;
  readonly #expired: (life: Life) => void;
  #lives: Array<Life> = [];
  #deadlines: Array<number> = [];
  /** How long the lists may become before those that ended are taken out. */
  #room = fewEntries;
  #timer: Fiber.Fiber<unknown, unknown> | undefined = undefined;

  constructor(around: Surroundings, limit: number, expired: (life: Life) => void) {
    this.#around = around;
    this.#limit = limit;
    this.#expired = expired;
  }

  add(life: Life): void {
    if (this.#lives.length >= this.#room) this.#clearOut();
    this.#lives.push(life);
    this.#deadlines.push(this.#around.log.monotonicMillis() + this.#limit);
    if (this.#timer === undefined) this.#arm(this.#limit);
  }

  close(): void {
    this.#timer?.interruptUnsafe();
    this.#timer = undefined;
  }

  #clearOut(): void {
    const works = this.#lives.map((life) => life.isAtWork);
    this.#lives = this.#lives.filter((_, index) => works[index]);
    this.#deadlines = this.#deadlines.filter((_, index) => works[index]);
    this.#room = Math.max(fewEntries, this.#lives.length * 2);
  }

  #arm(millis: number): void {
    const { fork, post } = this.#around;
    this.#timer = fork(Attempt.later(Duration.millis(millis), () => post(() => this.#ring())));
  }

  /** Timers may be early by less than a millisecond: what is not due yet waits for the rest. */
  #ring(): void {
    if (this.#timer === undefined) return;
    this.#timer = undefined;
    this.#clearOut();
    const now = this.#around.log.monotonicMillis();
    const due = this.#deadlines.findIndex((deadline) => deadline > now);
    const late = this.#lives.splice(0, due === -1 ? this.#lives.length : due);
    this.#deadlines.splice(0, late.length);
    for (const life of late) this.#expired(life);
    const next = this.#deadlines[0];
    if (next !== undefined) this.#arm(Math.max(1, Math.ceil(next - now)));
  }
}
