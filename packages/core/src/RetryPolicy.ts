/** When a failed attempt is tried again, and after how long: the one place that decides it. */
import * as Duration from "effect/Duration";
import * as Schedule from "effect/Schedule";
import type { FailureClass } from "./Failure.ts";
import type { Task } from "./Task.ts";

/** How often a task is tried, and how long it waits in between. All times are milliseconds. */
export interface RetryPolicy {
  /** All tries at a task, the first included; 0 and 1 both mean no retry. */
  readonly attempts: number;
  /** The wait before the second try; each later one is `factor` times longer. */
  readonly delay: Duration.Input;
  readonly factor: number;
  /** The longest wait. */
  readonly maxDelay: Duration.Input;
  /** Whether waits vary by up to a fifth, so that tasks that failed together do not return together. */
  readonly jitter: boolean;
  /** How many infrastructure failures, which are not charged to the task, it may see in a row. */
  readonly infrastructureAttempts: number;
  /** How many attempts may put right a change that was delivered and could not land; beside the others. */
  readonly fixAttempts: number;
}

/** Three tries, from 30 seconds doubling up to 10 minutes, with jitter; two more to put a change right. */
export const defaults: RetryPolicy = {
  attempts: 3,
  delay: "30 seconds",
  factor: 2,
  maxDelay: "10 minutes",
  jitter: true,
  infrastructureAttempts: 10,
  fixAttempts: 2,
};

/** The defaults with some parts replaced. Throws if a wait is not a duration. */
export const make = (parts: Partial<RetryPolicy> = {}): RetryPolicy => {
  const stated = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  const policy: RetryPolicy = { ...defaults, ...stated };
  Duration.fromInputUnsafe(policy.delay);
  Duration.fromInputUnsafe(policy.maxDelay);
  return policy;
};

/** The policy for one task: what it states itself, then the run's. */
export const forTask = (policy: RetryPolicy, task: Task): RetryPolicy =>
  task.retry === undefined
    ? policy
    : {
        ...policy,
        attempts: task.retry.attempts ?? policy.attempts,
        delay:
          task.retry.delaySeconds === undefined
            ? policy.delay
            : Duration.seconds(task.retry.delaySeconds),
      };

/** How many attempts failed so far, by who is to blame. */
export interface Spent {
  /** Failures of class `agent` and `timeout`. */
  readonly charged: number;
  /** Failures of class `conflict` and `refused`. */
  readonly unlanded: number;
  /** Failures of class `infrastructure` since the last other one. */
  readonly infrastructure: number;
}

/** Whether an attempt delivered a change that did not land, and so counts apart from the others. */
export const isUnlanded = (failureClass: FailureClass | undefined): boolean =>
  failureClass === "conflict" || failureClass === "refused";

/** Whether a failure of this class may be followed by another attempt. */
export const mayRetry = (
  policy: RetryPolicy,
  failureClass: FailureClass,
  spent: Spent,
): boolean => {
  if (failureClass === "permanent" || policy.attempts <= 1) return false;
  if (isUnlanded(failureClass)) return spent.unlanded <= policy.fixAttempts;
  return failureClass === "infrastructure"
    ? spent.infrastructure < policy.infrastructureAttempts
    : spent.charged < policy.attempts;
};

/** A landing is repeated at least so often: the work is there, whatever is said about attempts at it. */
const fewestLandings = 2;

/** How often and when a landing is repeated that its host could not serve. */
export const landing = (policy: RetryPolicy): Schedule.Schedule<unknown> =>
  schedule(policy).pipe(Schedule.upTo({ times: Math.max(policy.attempts - 1, fewestLandings) }));

/** The waits between attempts, as an endless schedule; how many there are is `mayRetry`'s. */
export const schedule = (policy: RetryPolicy): Schedule.Schedule<unknown> => {
  const growing = Schedule.exponential(policy.delay, policy.factor);
  const waits = policy.jitter ? Schedule.jittered(growing) : growing;
  return Schedule.min([waits, Schedule.spaced(policy.maxDelay)]);
};
