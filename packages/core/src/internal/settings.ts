import * as Duration from "effect/Duration";
import type { RunOptions } from "../Orchestrator.ts";
import * as RetryPolicy from "../RetryPolicy.ts";
import type { RunSettings } from "../RunEvent.ts";
import type { Gate } from "../Task.ts";

const defaultTimeout = Duration.seconds(600);

/** What a new run decides by. Throws if a time is no duration. */
export const make = (options: RunOptions, defaultGate: Gate): RunSettings => {
  const timeout = Duration.fromInputUnsafe(options.timeout ?? defaultTimeout);
  const retry = RetryPolicy.make(options.retry);
  return {
    defaultGate: options.defaultGate ?? defaultGate,
    onDependencyFailure: options.onDependencyFailure ?? "skip",
    resources: { ...options.resources },
    ...(options.patience === undefined ? {} : { patience: options.patience }),
    ...(Duration.isFinite(timeout) ? { timeoutSeconds: Duration.toSeconds(timeout) } : {}),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    retry: {
      attempts: retry.attempts,
      delaySeconds: seconds(retry.delay),
      factor: retry.factor,
      maxDelaySeconds: seconds(retry.maxDelay),
      jitter: retry.jitter,
      infrastructureAttempts: retry.infrastructureAttempts,
      fixAttempts: retry.fixAttempts,
    },
  };
};

/** The settings of a run whose journal does not tell them. */
export const defaults = (defaultGate: Gate): RunSettings => make({}, defaultGate);

export const retryPolicy = ({ retry }: RunSettings): RetryPolicy.RetryPolicy => ({
  ...retry,
  fixAttempts: retry.fixAttempts ?? RetryPolicy.defaults.fixAttempts,
  delay: Duration.seconds(retry.delaySeconds),
  maxDelay: Duration.seconds(retry.maxDelaySeconds),
});

export const timeout = ({ timeoutSeconds }: RunSettings): Duration.Duration =>
  timeoutSeconds === undefined ? Duration.infinity : Duration.seconds(timeoutSeconds);

const seconds = (input: Duration.Input): number =>
  Duration.toSeconds(Duration.fromInputUnsafe(input));
