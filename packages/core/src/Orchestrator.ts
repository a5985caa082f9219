/**
 * Runs plans: every task starts the moment what it depends on is really there.
 */
import * as Context from "effect/Context";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import type * as Stream from "effect/Stream";
import type { AgentOutput, DiscoveryRejected } from "./Agent.ts";
import { AgentPool } from "./AgentPool.ts";
import type { Limits } from "./Budget.ts";
import { CodeHost } from "./CodeHost.ts";
import * as Launch from "./internal/launching.ts";
import * as Past from "./internal/past.ts";
import { make as runId } from "./internal/runId.ts";
import { Journal, type JournalEntry, type JournalError, type RunLocked } from "./Journal.ts";
import type * as Operator from "./Operator.ts";
import type { PlanInvalid } from "./PlanProblem.ts";
import type * as ProgressMonitor from "./ProgressMonitor.ts";
import { Reporter } from "./Reporter.ts";
import type * as ResultManager from "./ResultManager.ts";
import type * as RetryPolicy from "./RetryPolicy.ts";
import type { Mode, RunSession } from "./RunEvent.ts";
import type { LimitUnmeasured, RunExists, RunNotFound } from "./RunErrors.ts";
import type { RunState } from "./RunState.ts";
import type { Gate, OnDependencyFailure, Task, TaskId } from "./Task.ts";

export {
  /** A new id for a run, for callers that need it before the run starts. */
  runId,
};
export { LimitUnmeasured, RunExists, RunNotFound } from "./RunErrors.ts";

/** How a run differs from the defaults. */
export interface RunOptions {
  /** The run's id; absent: made from the time and a few random letters. */
  readonly run?: string;
  /** What people call the plan (default `plan`). */
  readonly plan?: string;
  readonly mode?: Mode;
  /** Whether the first task that fails ends the run (default false). */
  readonly failFast?: boolean;
  /** How failed attempts are retried; absent parts as in `RetryPolicy.defaults`. */
  readonly retry?: Partial<RetryPolicy.RetryPolicy>;
  /** The longest one attempt may take (default 600 seconds), for tasks that state none. */
  readonly timeout?: Duration.Input;
  /** The capacity of each named resource. */
  readonly resources?: Readonly<Record<string, number>>;
  /** The gate of dependencies that name none (default: `merged` with a code host, else `agent-ended`). */
  readonly defaultGate?: Gate;
  /** The policy of dependencies that name none (default `skip`). */
  readonly onDependencyFailure?: OnDependencyFailure;
  /** How often a waiting task may be passed by tasks that compete with it for resources (default 32). */
  readonly patience?: number;
  /** What the run may use (default: as much as it needs). */
  readonly limits?: Limits;
  /**
   * How long the process stays with nothing to do when launches pause until a
   * known time (default 6 hours); it leaves the run if it would be longer.
   */
  readonly pauseWait?: Duration.Input;
  /** Whatever else the program needs to make the same agents and code host again, as JSON; kept in the journal. */
  readonly context?: Schema.Json;
  /** Whose run it is, and what it belongs to. */
  readonly session?: RunSession;
  /** How long tasks took before, in seconds; known durations go before estimates. */
  readonly durations?: (task: Task) => number | undefined;
  /** Cancels the run when it is aborted, with its reason if that is a text; nothing is launched if it is already. */
  readonly signal?: AbortSignal;
  readonly deadlines?: {
    /** How long a launch on a remote agent may take before its outcome counts as unknown (default 60 seconds). */
    readonly launch?: Duration.Input;
    /** How long a cancellation may take before it counts as unconfirmed (default 30 seconds). */
    readonly cancel?: Duration.Input;
    /** How long landings may go on after the run was stopped (default 2 seconds). */
    readonly landing?: Duration.Input;
  };
}

/** How a run is resumed. Everything else is as it was when it started. */
export interface ResumeOptions extends Pick<
  RunOptions,
  "durations" | "signal" | "deadlines" | "pauseWait"
> {
  /** What a person asks for first. */
  readonly changes?: ReadonlyArray<Operator.Change>;
  /** Whether nothing is to be launched: what works is watched, and tasks can be cancelled (default false). */
  readonly isPaused?: boolean;
}

/** A run that goes on. It ends early when the scope it was started in closes. */
export interface RunHandle {
  readonly id: string;
  /** What the run is at this moment. It changes under your hands. */
  readonly state: RunState;
  /** Everything that happens, from the first event, until the run ends. */
  readonly events: Stream.Stream<JournalEntry, JournalError>;
  /** How many events are in its journal at this moment. */
  readonly recorded: () => number;
  /** What agents print from now on. A slow reader loses the oldest pieces. */
  readonly output: Stream.Stream<AgentOutput>;
  /** How far the run is. */
  readonly progress: Effect.Effect<ProgressMonitor.Progress>;
  /** How far the run is, whenever that changes; a slow reader sees only the latest. */
  readonly progressChanges: Stream.Stream<ProgressMonitor.Progress, JournalError>;
  /** Adds tasks, all or none. They may depend on tasks that wait, run or have ended. */
  readonly add: (tasks: ReadonlyArray<Task>) => Effect.Effect<void, DiscoveryRejected>;
  /** Stops one task; false if there is no such task or it has ended. */
  readonly cancelTask: (task: TaskId, message?: string) => Effect.Effect<boolean>;
  /** Stops the run: no launches from here on, running agents are cancelled. */
  readonly cancel: (message?: string) => Effect.Effect<void>;
  /** Leaves the run: no launches from here on, agents go on by themselves, and the run can be resumed. */
  readonly suspend: (message?: string) => Effect.Effect<void>;
  /** Does what a person asks for, once it is recorded. */
  readonly change: (change: Operator.Change) => Effect.Effect<void, Operator.ChangeRefused>;
  /**
   * Records an event of somebody's own, for whoever follows the run. Refused if its name is none,
   * if it holds more than 64 KiB or no JSON, if there is no such task, and once the run has ended.
   */
  readonly emit: (
    name: string,
    data?: Schema.Json,
    task?: TaskId,
  ) => Effect.Effect<void, Operator.ChangeRefused>;
  /** Records something that people should know and that changes nothing; once the run has ended it is only logged. */
  readonly warn: (message: string) => Effect.Effect<void>;
  /** Waits for the end of the run, or until it was left. */
  readonly result: Effect.Effect<ResultManager.RunResult, JournalError>;
}

/** Turns plans into runs. */
export class Orchestrator extends Context.Service<
  Orchestrator,
  {
    /** Checks the tasks and starts the run. */
    readonly start: (
      tasks: ReadonlyArray<Task>,
      options?: RunOptions,
    ) => Effect.Effect<
      RunHandle,
      PlanInvalid | LimitUnmeasured | RunExists | RunLocked | JournalError,
      Scope.Scope
    >;
    /** Checks the tasks, runs them all and waits for the end. Interrupting it cancels what runs. */
    readonly run: (
      tasks: ReadonlyArray<Task>,
      options?: RunOptions,
    ) => Effect.Effect<
      ResultManager.RunResult,
      PlanInvalid | LimitUnmeasured | RunExists | RunLocked | JournalError
    >;
    /**
     * Goes on with a run that its process left: agents that work are watched
     * again, nothing is launched twice. A run that has ended stays so, unless
     * the changes give it work; what could not be reported of it is made up for.
     */
    readonly resume: (
      run: string,
      options?: ResumeOptions,
    ) => Effect.Effect<
      RunHandle,
      | PlanInvalid
      | LimitUnmeasured
      | RunNotFound
      | RunLocked
      | JournalError
      | Operator.ChangeRefused,
      Scope.Scope
    >;
    /** Records what a person asks for in a run that nobody works on; it takes effect when the run is resumed. */
    readonly amend: (
      run: string,
      changes: ReadonlyArray<Operator.Change>,
    ) => Effect.Effect<void, RunNotFound | RunLocked | JournalError | Operator.ChangeRefused>;
    /** What a run is, as far as its journal tells at this moment. Takes no lock. */
    readonly state: (run: string) => Effect.Effect<RunState, RunNotFound | JournalError>;
  }
>()("@orchestrator/core/Orchestrator") {
  /** Lands changes through the `CodeHost` of the context and tells people through its `Reporter`, if there are any. */
  static readonly layer: Layer.Layer<Orchestrator, never, Journal | AgentPool> = Layer.effect(
    Orchestrator,
    Effect.gen(function* () {
      const journal = yield* Journal;
      const parts: Launch.Parts = {
        journal,
        pool: yield* AgentPool,
        codeHost: Option.getOrUndefined(yield* Effect.serviceOption(CodeHost)),
        reporter: Option.getOrUndefined(yield* Effect.serviceOption(Reporter)),
      };
      return {
        start: (tasks, options = {}) => Launch.start(parts, tasks, options),
        run: (tasks, options = {}) =>
          Effect.scoped(
            Effect.flatMap(Launch.start(parts, tasks, options), (handle) => handle.result),
          ),
        resume: (run, options = {}) => Launch.resume(parts, run, options),
        amend: (run, changes) => Effect.scoped(Past.amend(journal, run, changes)),
        state: (run) => Past.read(journal, run),
      };
    }),
  );
}
