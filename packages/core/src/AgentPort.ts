/** What an agent is: the types and errors behind `Agent`, apart from the agents that core brings along. */
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Failure from "./Failure.ts";
import type { Outcome, Task, TaskId } from "./Task.ts";

/** The identity of one effect on the world: the same run, task, kind and attempt give the same key. */
export type EffectKey = string;

/** What the back-end created for an attempt. `id` is unique within `agent`. */
export const AgentRunRef = Schema.Struct({
  agent: Schema.String,
  id: Schema.String,
  /** Where people can look at it. */
  url: Schema.optionalKey(Schema.String),
});
export type AgentRunRef = typeof AgentRunRef.Type;

/** A change that an agent left behind, for the code host to land. */
export const Change = Schema.Struct({
  /** The branch that holds the change; absent if only the code host can find it. */
  branch: Schema.optionalKey(Schema.String),
  /** The commit at the tip of the branch. */
  commit: Schema.optionalKey(Schema.String),
  /** The commit the branch started from. */
  base: Schema.optionalKey(Schema.String),
  /** Pull requests that the agent opened. */
  pullRequests: Schema.optionalKey(Schema.Array(Schema.String)),
});
export type Change = typeof Change.Type;

/** What an agent run used up, as far as the agent says. */
export const Usage = Schema.Struct({
  /** Money, in US dollars. */
  costUsd: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Tokens that the model read, cached ones included. */
  inputTokens: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Tokens that the model wrote. */
  outputTokens: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
});
export type Usage = typeof Usage.Type;

/** How an agent run ended. */
export const AgentRunEnd = Schema.Union([
  Schema.TaggedStruct("Succeeded", {
    /** What dependents and people may read, as JSON. */
    output: Schema.optionalKey(Schema.Json),
    /** A few sentences by the agent on what it did. */
    summary: Schema.optionalKey(Schema.String),
    change: Schema.optionalKey(Change),
    usage: Schema.optionalKey(Usage),
  }),
  Schema.TaggedStruct("Failed", {
    failure: Failure.Failure,
    output: Schema.optionalKey(Schema.Json),
    usage: Schema.optionalKey(Usage),
  }),
  /** The agent asks something that only a person can answer. */
  Schema.TaggedStruct("Waiting", {
    question: Schema.String,
    /** The answer is yes or no, and ends the task. */
    approval: Schema.optionalKey(Schema.Literal(true)),
    usage: Schema.optionalKey(Usage),
  }),
]);
export type AgentRunEnd = typeof AgentRunEnd.Type;

/** The end of a task that a launched task depends on. */
export interface DependencyResult {
  readonly task: TaskId;
  readonly outcome: Outcome | undefined;
  readonly output: Schema.Json | undefined;
}

/** A change at which an agent begins, because it has not landed. */
export const StartFrom = Schema.Struct({
  /** The task that it is of, a dependency of the one that is launched. */
  task: Schema.String,
  /** The attempt at that task which left it. */
  attempt: Schema.Int,
  change: Change,
});
export type StartFrom = typeof StartFrom.Type;

/** What an agent is asked to do: one attempt at one task. */
export interface LaunchRequest {
  readonly run: string;
  readonly task: Task;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly key: EffectKey;
  /** Which writer of the run asks: 1 for the first, one more for every one that took it over; absent where nobody counts. */
  readonly epoch?: number;
  /** The results of the direct dependencies, in the order the task states them. */
  readonly dependencies: () => ReadonlyArray<DependencyResult>;
  /** Why the attempt before this one failed, if there was one. */
  readonly previousFailure: Failure.Failure | undefined;
  /** Whether an earlier launch may have reached an agent, which may have left work behind; absent where nobody knows. */
  readonly mayHaveWorked?: boolean;
  /** Where to begin, if not at the base; the same for every sending of one attempt. */
  readonly startFrom?: StartFrom | undefined;
}

/** The same request but for some parts. It is not spread, because its parts need not be its own properties. */
export const requestWith = (
  request: LaunchRequest,
  other: Partial<LaunchRequest>,
): LaunchRequest => {
  const { attempt, dependencies, epoch, key, previousFailure, run, startFrom, task } = request;
  const { mayHaveWorked } = request;
  return {
    run,
    task,
    attempt,
    key,
    dependencies,
    previousFailure,
    ...(epoch === undefined ? {} : { epoch }),
    ...(mayHaveWorked === undefined ? {} : { mayHaveWorked }),
    ...(startFrom === undefined ? {} : { startFrom }),
    ...other,
  };
};

/** A launch that did not answer with an agent run. */
export class LaunchError extends Schema.TaggedError<LaunchError>()("LaunchError", {
  /**
   * - `NotSent`: provably never reached the back-end; safe to try again.
   * - `Rejected`: the back-end refused it; nothing runs.
   * - `Exhausted`: the back-end takes no launches at all until somebody acts or time passes, as when a
   *   quota is used up; nothing runs. The agent is asked for nothing more in this run, or until
   *   the time that it names, for which its tasks then wait.
   * - `Done`: what the task is for is there already, by somebody else; it has succeeded.
   * - `Dropped`: nobody wants it any more; the task is skipped.
   * - `Ambiguous`: nobody knows whether an agent run exists.
   */
  reason: Schema.Literals(["NotSent", "Rejected", "Exhausted", "Done", "Dropped", "Ambiguous"]),
  message: Schema.String,
  /** When an exhausted back-end takes launches again, if it says so; in milliseconds since the epoch. */
  until: Schema.optionalKey(Schema.Finite),
}) {}

/** Observing, finding or cancelling did not work; the agent run itself may be well. */
export class AgentError extends Schema.TaggedError<AgentError>()("AgentError", {
  operation: Schema.Literals(["observe", "find", "cancel"]),
  message: Schema.String,
}) {}

/** Tasks found during a run were not taken, none of them; each problem says why. */
export class DiscoveryRejected extends Schema.TaggedError<DiscoveryRejected>()(
  "DiscoveryRejected",
  { problems: Schema.Array(Schema.String) },
) {
  override get message(): string {
    return `The new tasks were not added: ${this.problems.join("; ")}`;
  }
}

/** What an agent may tell the engine while an agent run goes on. */
export interface AgentReport {
  /** Output as it appears. Goes to subscribers and logs, not to the journal. */
  readonly output: (chunk: string) => Effect.Effect<void>;
  /** One sentence on what the agent is doing now. */
  readonly progress: (message: string) => Effect.Effect<void>;
  /** New tasks that the agent found; all are taken or none. */
  readonly discover: (tasks: ReadonlyArray<Task>) => Effect.Effect<void, DiscoveryRejected>;
  /** A status the adapter does not know. It means "still working"; one warning is recorded. */
  readonly unknownStatus: (status: string) => Effect.Effect<void>;
}

/** What a back-end can promise. */
export interface AgentCapabilities {
  /**
   * - `idempotent`: launching twice with one key gives one agent run.
   * - `findable`: a lost answer can be found again by its key.
   * - `blind`: neither; an unclear launch needs a person.
   */
  readonly launch: "idempotent" | "findable" | "blind";
  /** Whether a running agent can be stopped. */
  readonly cancel: boolean;
  /** What every end of an agent run says of its usage (default nothing). */
  readonly measures?: ReadonlyArray<"cost" | "tokens">;
  /** Whether each attempt costs money, so that none is made that knows nothing new (default: whether the cost is measured). */
  readonly paid?: boolean;
  /** Whether a launch crosses a network and may stay unanswered; it then has a deadline. */
  readonly remote: boolean;
  /** Whether an agent run goes on, and can be watched again, when this process is gone (default: as `remote`). */
  readonly survives?: boolean;
  /** Whether work that went down with its process may simply be done again (default false: a person is asked). */
  readonly repeatable?: boolean | ((task: Task) => boolean);
  /** How long a remote launch may stay unanswered, once sent, before its outcome counts as unknown (default 60). */
  readonly launchDeadlineSeconds?: number;
  /** How long a launch may wait inside of the agent for its turn before it is sent (default 0). */
  readonly launchPatienceSeconds?: number;
  /** How long after that an agent run may take to appear in what `find` answers (default 120). */
  readonly settleSeconds?: number;
  /** How long a cancellation may wait inside of the agent for its turn, beside the time that each may take (default 0). */
  readonly cancelPatienceSeconds?: number;
}

/** A back-end that can be launched, observed, cancelled and searched. */
export interface Agent {
  /** The name that tasks route to, as `codegen` or `local`. */
  readonly name: string;
  readonly capabilities: AgentCapabilities;
  /** What is wrong with a task, one sentence each, as far as that can be told before it is launched (default nothing). */
  readonly check?: (task: Task) => ReadonlyArray<string>;
  /** Starts one agent run and answers with its reference. Never retries by itself. */
  readonly launch: (request: LaunchRequest) => Effect.Effect<AgentRunRef, LaunchError>;
  /**
   * Waits until the agent run ends, telling `report` what happens meanwhile.
   * Interrupting it stops the watching, not the agent run. Many observations
   * may share one request; that is the adapter's matter.
   */
  readonly observe: (
    ref: AgentRunRef,
    report: AgentReport,
  ) => Effect.Effect<AgentRunEnd, AgentError>;
  /** Stops the agent run; succeeds only when it is certain that it no longer works. */
  readonly cancel: (ref: AgentRunRef) => Effect.Effect<void, AgentError>;
  /**
   * The agent runs that carry this key, however old. Empty means that all there
   * are were looked through; whatever could not be read completely is an error.
   */
  readonly find: (key: EffectKey) => Effect.Effect<ReadonlyArray<AgentRunRef>, AgentError>;
}

/** A piece of what an agent prints. */
export interface AgentOutput {
  readonly task: TaskId;
  readonly attempt: number;
  readonly chunk: string;
}
