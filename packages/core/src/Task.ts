/**
 * A task is one unit of work for an agent, with what it depends on.
 *
 * Tasks are plain JSON data, so that they can be written in a plan file, kept
 * in a journal and sent to another machine as they are.
 */
import * as Schema from "effect/Schema";

/** The name of a task, unique within its run. */
export type TaskId = string;

/**
 * What must have happened to a task before a dependent may start, from the
 * weakest to the strongest.
 */
export const Gate = Schema.Literals(["agent-ended", "pr-open", "checks-green", "merged"]);
export type Gate = typeof Gate.Type;

/** All gates, from the weakest to the strongest. Reaching one reaches those before it. */
export const gates: ReadonlyArray<Gate> = Gate.literals;

/** What happens to a task when something it depends on does not succeed. */
export const OnDependencyFailure = Schema.Literals(["skip", "run-anyway", "hold"]);
export type OnDependencyFailure = typeof OnDependencyFailure.Type;

/** How a task ended. */
export const Outcome = Schema.Literals(["Succeeded", "Failed", "Skipped", "Cancelled", "Held"]);
export type Outcome = typeof Outcome.Type;

/** "The task that declares this depends on `task` until gate `until`." */
export const Dependency = Schema.Struct({
  /** The task that must come first. */
  task: Schema.String,
  /** The gate to wait for; absent: the run's default gate. */
  until: Schema.optionalKey(Gate),
  /** What to do if `task` does not succeed; absent: the task's own policy, then the run's. */
  onFailure: Schema.optionalKey(OnDependencyFailure),
  /**
   * Whether the agent begins at the change of `task` while that has not landed; the change that
   * comes of it lands after the other one. Of the dependencies of a task at most one.
   */
  stack: Schema.optionalKey(Schema.Boolean),
  /** Where the dependency was stated, for people: `plan.yaml:12`, `label`, `body line 3`. */
  source: Schema.optionalKey(Schema.String),
});
export type Dependency = typeof Dependency.Type;

/** How often a task is tried and how long to wait before the second try. */
export const Retry = Schema.Struct({
  /** All tries, the first included. 0 and 1 both mean: no retry. */
  attempts: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Seconds before the second try; later waits grow from it. */
  delaySeconds: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
});
export type Retry = typeof Retry.Type;

const Positive = Schema.Finite.check(Schema.isGreaterThan(0));

/** One unit of work. Only `id` is required. */
export const Task = Schema.Struct({
  id: Schema.NonEmptyString,
  /** A line for people; absent: the id. */
  title: Schema.optionalKey(Schema.String),
  /** Where people read about it, as the address of an issue. */
  url: Schema.optionalKey(Schema.String),
  /** What the agent is asked to do. */
  prompt: Schema.optionalKey(Schema.String),
  /** Whatever else the agent needs, as JSON: for a command agent its command line and environment. */
  payload: Schema.optionalKey(Schema.Json),
  /** What must come first: task ids, or dependencies with a gate and a policy. */
  dependsOn: Schema.optionalKey(Schema.Array(Schema.Union([Schema.String, Dependency]))),
  /** The kind of agent that takes it; absent: the pool's default. */
  agent: Schema.optionalKey(Schema.String),
  /** Higher goes first; absent: 0. */
  priority: Schema.optionalKey(Schema.Finite),
  /** The longest one attempt may take, in seconds of monotonic time; absent: the run's. */
  timeoutSeconds: Schema.optionalKey(Positive),
  /** How long the task is expected to take, in seconds. */
  estimateSeconds: Schema.optionalKey(Positive),
  retry: Schema.optionalKey(Retry),
  /** The policy for all its dependencies that state none; absent: the run's. */
  onDependencyFailure: Schema.optionalKey(OnDependencyFailure),
  /** Named capacities it occupies while an agent works on it, as `{ gpu: 1 }`. */
  resources: Schema.optionalKey(Schema.Record(Schema.String, Positive)),
  /** Globs of the files it will change; tasks whose claims may overlap never run together. */
  claims: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  /** Whether ending without a change is a failure; absent: the agent decides. */
  expectChange: Schema.optionalKey(Schema.Boolean),
});
export type Task = typeof Task.Type;

/** A dependency as the task states it, an id alone written out. */
export const dependency = (stated: TaskId | Dependency): Dependency =>
  typeof stated === "string" ? { task: stated } : stated;

/** The dependencies of a task, ids alone written out. */
export const dependencies = (task: Task): ReadonlyArray<Dependency> =>
  (task.dependsOn ?? []).map(dependency);

/** The dependency at whose change the task begins while that has not landed, if it states one. */
export const stackedOn = ({ dependsOn = [] }: Task): Dependency | undefined => {
  for (const stated of dependsOn) if (typeof stated !== "string" && stated.stack) return stated;
  return undefined;
};

/** The line that people see for a task. */
export const title = (task: Task): string => task.title ?? task.id;
