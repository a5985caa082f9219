/**
 * Simulated time: a clock that jumps to the next timer as soon as nothing else
 * is left to do. What the engine itself computes takes no time, so that only
 * its decisions count, and every run is the same.
 */
import { Effect } from "./ours.mjs";
import { effect } from "./workspace.mjs";

const [Clock, Duration, Exit] = await Promise.all([
  effect("Clock"),
  effect("Duration"),
  effect("Exit"),
]);

/** Fibers take turns in the order in which they asked. */
class Turns {
  executionMode = "async";
  #waiting = [];

  shouldYield(fiber) {
    return fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield;
  }

  makeDispatcher() {
    return {
      scheduleTask: (task) => void this.#waiting.push(task),
      flush: () => this.drain(),
    };
  }

  drain() {
    while (this.#waiting.length > 0) {
      const turn = this.#waiting;
      this.#waiting = [];
      for (const task of turn) task();
    }
  }
}

/** Timers that go off in the order of their times, then of their making. */
export class VirtualClock {
  #now = 0;
  #timers = new Set();

  currentTimeMillisUnsafe() {
    return this.#now;
  }
  currentTimeNanosUnsafe() {
    return BigInt(Math.round(this.#now * 1e6));
  }
  monotonicTimeNanosUnsafe() {
    return this.currentTimeNanosUnsafe();
  }
  currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe());
  currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe());
  monotonicTimeNanos = this.currentTimeNanos;

  /** The same time for what is no Effect; its sleep ends early, without an error, when a signal fires. */
  outside = {
    now: () => this.#now,
    sleep: (millis, signal) => Effect.runPromise(this.sleep(millis), { signal }).catch(() => {}),
  };

  sleep(duration) {
    const millis = Duration.toMillis(duration);
    if (millis <= 0) return Effect.yieldNow;
    return Effect.callback((resume) => {
      const timer = { at: this.#now + millis, ring: () => resume(Effect.void) };
      this.#timers.add(timer);
      return Effect.sync(() => this.#timers.delete(timer));
    });
  }

  /** Goes to the next timer and lets it ring; false if there is none. */
  jump() {
    let next;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = next.at;
    next.ring();
    return true;
  }
}

/** Runs a program to its end without waiting for anything; answers with its value. */
export const simulate = (program) => {
  const turns = new Turns();
  const clock = new VirtualClock();
  const fiber = Effect.runFork(Effect.provideService(program, Clock.Clock, clock), {
    scheduler: turns,
  });
  do turns.drain();
  while (fiber.pollUnsafe() === undefined && clock.jump());
  return valueOf(fiber.pollUnsafe());
};

/** Answers of promises take some turns of the event loop. */
const settled = async () => {
  for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
};

/** The same for a program that talks to something outside by promises, on the same clock. */
export const simulateOutside = async (program, clock) => {
  const fiber = Effect.runFork(Effect.provideService(program, Clock.Clock, clock));
  do await settled();
  while (fiber.pollUnsafe() === undefined && clock.jump());
  return valueOf(fiber.pollUnsafe());
};

const valueOf = (exit) => {
  if (exit === undefined) throw new Error("The simulation stands still: no timer is left.");
  if (Exit.isFailure(exit)) throw new Error(`The simulated run failed: ${String(exit.cause)}`);
  return exit.value;
};
