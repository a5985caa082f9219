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

  constructor(policy: RetryPolicy.RetryPolicy) {
    this.#schedule = RetryPolicy.schedule(policy);
  }

  /** Waits as long as the schedule says, having said how long that is. */
  wait(now: number, failure: Failure, scheduled: (millis: number) => void): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      this.#step ??= yield* Schedule.toStep(this.#schedule);
      const [, delay] = yield* Effect.orDie(this.#step(now, failure));
      scheduled(Duration.toMillis(delay));
      yield* Effect.sleep(delay);
    });
  }
}
