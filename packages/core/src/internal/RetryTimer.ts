import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import type { Failure } from "../Failure.ts";
import * as RetryPolicy from "../RetryPolicy.ts";

type Step = Effect.Success<ReturnType<typeof Schedule.toStep<unknown, unknown, never, never>>>;

/** The waits of one task between its attempts, from an endless schedule. */
export class RetryTimer {
  readonly #schedule: Schedule.Schedule<unknown>;
  #step: Step | undefined = undefined;

  /** How many waits have begun elsewhere. */
  readonly #before: number;

  constructor(policy: RetryPolicy.RetryPolicy, before = 0) {
    this.#schedule = RetryPolicy.schedule(policy);
    this.#before = before;
  }

  /** Waits for what is left of a wait that began elsewhere; later ones grow from there. */
  catchUp(now: number, failure: Failure, left: Duration.Duration): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#begin(now, failure);
      yield* Effect.sleep(left);
    });
  }

  /** Waits as long as the schedule says, having said how long that is. */
  wait(now: number, failure: Failure, scheduled: (millis: number) => void): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const step = yield* this.#begin(now, failure);
      const [, delay] = yield* Effect.orDie(step(now, failure));
      scheduled(Duration.toMillis(delay));
      yield* Effect.sleep(delay);
    });
  }

  /** The schedule behind the waits that began elsewhere. */
  #begin(now: number, failure: Failure): Effect.Effect<Step> {
    return Effect.gen({ self: this }, function* () {
      if (this.#step !== undefined) return this.#step;
      const step = yield* Schedule.toStep(this.#schedule);
      for (let wait = 0; wait < this.#before; wait++) yield* Effect.orDie(step(now, failure));
      return (this.#step = step);
    });
  }
}
