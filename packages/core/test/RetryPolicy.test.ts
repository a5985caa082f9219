import { assert, describe, it } from "@effect/vitest";
import { Failure, RetryPolicy } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as fc from "fast-check";

const policy: RetryPolicy.RetryPolicy = { ...RetryPolicy.defaults, jitter: false };

/** The first waits of a schedule, in milliseconds. */
const waits = (schedule: Schedule.Schedule<unknown>, count: number) =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule);
    const found: Array<number> = [];
    for (let index = 0; index < count; index++) {
      const [, wait] = yield* Effect.orDie(step(0, undefined));
      found.push(Duration.toMillis(wait));
    }
    return found;
  });

/** How often a schedule lets something be repeated. */
const repetitions = (schedule: Schedule.Schedule<unknown>) =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule);
    let count = 0;
    while ((yield* Effect.exit(step(0, undefined)))._tag === "Success") count++;
    return count;
  });

describe("a failed attempt", () => {
  it("is tried again as often as attempts allow, charging neither infrastructure nor changes to put right", () => {
    const classes = fc.array(fc.constantFrom(...Failure.FailureClass.literals), { maxLength: 20 });
    const small = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(classes, small, small, small, (failures, attempts, most, fixAttempts) => {
        const own = { ...policy, attempts, infrastructureAttempts: most, fixAttempts };
        let [charged, unlanded, infrastructure, tries] = [0, 0, 0, 0];
        for (const failureClass of failures) {
          tries++;
          const isUnlanded = failureClass === "conflict" || failureClass === "refused";
          if (failureClass === "infrastructure") infrastructure++;
          else infrastructure = 0;
          if (isUnlanded) unlanded++;
          else if (failureClass !== "infrastructure") charged++;
          const spent = { charged, unlanded, infrastructure };
          const again = RetryPolicy.mayRetry(own, failureClass, spent);
          const isLeft = {
            infrastructure: infrastructure < most,
            agent: charged < attempts,
            timeout: charged < attempts,
            conflict: unlanded <= fixAttempts,
            refused: unlanded <= fixAttempts,
            permanent: false,
          };
          assert.strictEqual(again, attempts > 1 && isLeft[failureClass]);
          if (!again) break;
        }
        assert.isAtMost(charged, Math.max(1, attempts));
        assert.isAtMost(unlanded, fixAttempts + 1);
        if (attempts <= 1) assert.isAtMost(tries, 1);
      }),
    );
  });

  it("is not tried again with 0 or 1 attempts, whatever failed", () => {
    for (const attempts of [0, 1]) {
      for (const failureClass of Failure.FailureClass.literals) {
        const spent = { charged: 0, unlanded: 0, infrastructure: 1 };
        assert.isFalse(RetryPolicy.mayRetry({ ...policy, attempts }, failureClass, spent));
      }
    }
  });
});

describe("the waits between attempts", () => {
  it.effect("double from 30 seconds up to 10 minutes, by default", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* waits(RetryPolicy.schedule(policy), 7),
        [30, 60, 120, 240, 480, 600, 600].map((seconds) => seconds * 1000),
      );
    }),
  );

  it.effect("are never longer than the longest, even the first", () =>
    Effect.gen(function* () {
      const own = { ...policy, delay: "1 hour", maxDelay: "1 minute" } as const;
      assert.deepStrictEqual(yield* waits(RetryPolicy.schedule(own), 3), [60_000, 60_000, 60_000]);
    }),
  );

  it.effect("vary by up to a fifth with jitter", () =>
    Effect.gen(function* () {
      const own = { ...RetryPolicy.defaults, factor: 1, delay: "100 seconds" } as const;
      const found = yield* waits(RetryPolicy.schedule(own), 50);
      assert.isAtLeast(Math.min(...found), 80_000);
      assert.isAtMost(Math.max(...found), 120_000);
      assert.isAbove(new Set(found).size, 10);
    }),
  );

  it.effect("can be nothing", () =>
    Effect.gen(function* () {
      const own = { ...policy, delay: 0 };
      assert.deepStrictEqual(yield* waits(RetryPolicy.schedule(own), 3), [0, 0, 0]);
    }),
  );

  it.effect("of a landing are one less than its attempts, and at least two", () =>
    Effect.gen(function* () {
      for (const [attempts, expected] of [
        [0, 2],
        [1, 2],
        [2, 2],
        [5, 4],
      ] as const) {
        const landing = RetryPolicy.landing({ ...policy, attempts });
        assert.strictEqual(yield* repetitions(landing), expected);
      }
    }),
  );
});

describe("the policy of a task", () => {
  it("is the run's where the task states nothing", () => {
    assert.deepStrictEqual(RetryPolicy.forTask(policy, { id: "a" }), policy);
    assert.deepStrictEqual(RetryPolicy.forTask(policy, { id: "a", retry: {} }), policy);
  });

  it("is what the task states, zeros included", () => {
    const own = RetryPolicy.forTask(policy, { id: "a", retry: { attempts: 0, delaySeconds: 0 } });
    assert.strictEqual(own.attempts, 0);
    assert.strictEqual(Duration.toMillis(own.delay), 0);
    const half = RetryPolicy.forTask(policy, { id: "a", retry: { delaySeconds: 2.5 } });
    assert.strictEqual(Duration.toMillis(half.delay), 2500);
    assert.strictEqual(half.attempts, policy.attempts);
  });
});
