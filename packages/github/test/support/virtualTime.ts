/** Time that passes as fast as everything that happens in it can be computed. */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** A clock that jumps to the next timer when it is told that nothing else is left to do. */
export type Outside = VirtualClock["outside"];

class VirtualClock implements Clock.Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(start: number) {
    this.#now = start;
  }

  readonly currentTimeMillisUnsafe = () => this.#now;
  readonly currentTimeNanosUnsafe = () => BigInt(Math.round(this.#now * 1e6));
  readonly monotonicTimeNanosUnsafe = () => this.currentTimeNanosUnsafe();
  readonly currentTimeMillis = Effect.sync(this.currentTimeMillisUnsafe);
  readonly currentTimeNanos = Effect.sync(this.currentTimeNanosUnsafe);
  readonly monotonicTimeNanos = this.currentTimeNanos;

  readonly sleep = (duration: Duration.Duration): Effect.Effect<void> => {
    const millis = Duration.toMillis(duration);
    if (millis <= 0) return Effect.yieldNow;
    return Effect.callback<void>((resume) => {
      const timer = { at: this.#now + millis, ring: () => resume(Effect.void) };
      this.#timers.add(timer);
      return Effect.sync(() => void this.#timers.delete(timer));
    });
  };

  /** The same time for what is no Effect. */
  readonly outside = {
    now: this.currentTimeMillisUnsafe,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const ring = () => {
          this.#timers.delete(timer);
          resolve();
        };
        const timer: Timer = { at: this.#now + milliseconds, ring };
        this.#timers.add(timer);
        signal?.addEventListener("abort", ring);
      }),
  };

  /** Lets the next timer ring; false if there is none. */
  jump(): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = next.at;
    next.ring();
    return true;
  }
}

/** Answers of promises take some turns of the event loop. */
const settled = async () => {
  for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
};

const run = async (fiber: Fiber.Fiber<unknown, unknown>, clock: VirtualClock) => {
  do await settled();
  while (fiber.pollUnsafe() === undefined && clock.jump());
};

/** Runs a program to its end; what it talks to outside has the same time. */
export const virtually = async <A, E>(
  program: (time: Outside) => Effect.Effect<A, E>,
): Promise<A> => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const fiber = Effect.runFork(Effect.provideService(program(clock.outside), Clock.Clock, clock));
  await run(fiber, clock);
  const exit = fiber.pollUnsafe();
  if (exit === undefined) throw new Error("time stands still: no timer is left");
  if (exit._tag === "Failure") throw new Error(`the program failed: ${String(exit.cause)}`);
  return exit.value;
};
