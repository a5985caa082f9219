/** The Promise face, for people who do not use Effect. */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import type * as Schema from "effect/Schema";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type * as Agent from "./Agent.ts";
import * as AgentPool from "./AgentPool.ts";
import * as Events from "./Events.ts";
import type { Failure } from "./Failure.ts";
import * as PromiseAgent from "./internal/PromiseAgent.ts";
import * as Journal from "./Journal.ts";
import { Orchestrator, type RunHandle, type RunOptions } from "./Orchestrator.ts";
import type { Progress } from "./ProgressMonitor.ts";
import type { RunResult } from "./ResultManager.ts";
import type { RunEvent } from "./RunEvent.ts";
import type { Task, TaskId } from "./Task.ts";

/** What a function may use while it works on a task. */
export interface Work {
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the task is cancelled or takes too long. */
  readonly signal: AbortSignal;
  /** The results of the direct dependencies, in the order the task states them. */
  readonly dependencies: ReadonlyArray<Agent.DependencyResult>;
  /** Why the attempt before this one failed, if there was one. */
  readonly previousFailure: Failure | undefined;
  /** Says what is being done, in one sentence. */
  readonly progress: (message: string) => Promise<void>;
  /** Adds tasks to the run, all or none; rejects with the reasons if they do not fit. */
  readonly discover: (tasks: ReadonlyArray<Task>) => Promise<void>;
}

export interface Settings extends RunOptions {
  readonly tasks: ReadonlyArray<Task>;
  /** Works on one task; what it resolves to is the task's output. */
  readonly agent: (task: Task, work: Work) => Promise<Agent.FunctionOutput> | Agent.FunctionOutput;
  /** Agents at work at once, 1 or more (default 10). */
  readonly concurrency?: number;
}

/** A run that has begun. */
export interface Run {
  /** Everything that happens, from the first event, until the run ends. */
  readonly events: AsyncIterable<RunEvent>;
  /** The end of the run; rejects with `PlanInvalid` if the tasks cannot run. A failed task does not reject it. */
  readonly result: Promise<RunResult>;
  /** How far the run is. */
  readonly progress: () => Promise<Progress>;
  /** Adds tasks, all or none; rejects with `DiscoveryRejected` if they do not fit. */
  readonly add: (tasks: ReadonlyArray<Task>) => Promise<void>;
  /** Records an event of somebody's own, for whoever follows the run; rejects as `RunHandle.emit` does. */
  readonly emit: (name: string, data?: Schema.Json, task?: TaskId) => Promise<void>;
  /**
   * Calls a handler for one event after the other; resolves after the last. What it throws or
   * rejects with is told as a warning of the run, and hurts nothing else.
   */
  readonly on: <K extends Events.Kind>(
    filter: Events.Filter<K>,
    handler: (entry: Events.Entry<K>) => unknown,
    name?: string,
  ) => Promise<void>;
  /** Stops one task; false if there is no such task or it has ended. */
  readonly cancelTask: (task: TaskId, message?: string) => Promise<boolean>;
  /** Stops the run; `result` resolves once what ran is cancelled. */
  readonly cancel: (message?: string) => Promise<void>;
}

/** Runs tasks with a function as the agent, everything in memory. */
export const orchestrate = (settings: Settings): Run => {
  const scope = Scope.makeUnsafe();
  const started = Effect.runPromise(Scope.provide(start(settings), scope));
  const withHandle = async <A, E>(use: (handle: RunHandle) => Effect.Effect<A, E>): Promise<A> =>
    Effect.runPromise(use(await started));
  const cancel = (message?: string) => withHandle((handle) => handle.cancel(message));
  const result = withHandle((handle) => handle.result).finally(() => close(scope));
  // Whoever only follows the events hears of it there: nobody has to take the result as well.
  result.catch(() => undefined);
  return {
    events: { [Symbol.asyncIterator]: () => iterate(started) },
    result,
    progress: () => withHandle((handle) => handle.progress),
    add: (tasks) => withHandle((handle) => handle.add(tasks)),
    emit: (name, data, task) => withHandle((handle) => handle.emit(name, data, task)),
    on: (filter, handler, name) =>
      withHandle((handle) =>
        Events.handle(
          { handle },
          filter,
          (entry) => Effect.promise(async () => handler(entry)),
          name === undefined ? {} : { name },
        ),
      ),
    cancelTask: (task, message) => withHandle((handle) => handle.cancelTask(task, message)),
    cancel,
  };
};

const start = Effect.fnUntraced(function* (settings: Settings) {
  const services = yield* Layer.build(layer(settings));
  return yield* Context.get(services, Orchestrator).start(settings.tasks, settings);
});

const layer = ({ agent, concurrency }: Settings): Layer.Layer<Orchestrator> => {
  const pool = AgentPool.AgentPool.layer({
    agents: [{ agent: PromiseAgent.make((...work) => call(agent, ...work)) }],
    ...(concurrency === undefined ? {} : { slots: concurrency }),
  });
  return Orchestrator.layer.pipe(Layer.provide([pool, Journal.Journal.layerMemory]));
};

const call = async (
  agent: Settings["agent"],
  task: Task,
  context: Agent.FunctionContext,
  signal: AbortSignal,
): Promise<Agent.FunctionOutput> =>
  agent(task, {
    attempt: context.attempt,
    signal,
    dependencies: context.dependencies(),
    previousFailure: context.previousFailure,
    progress: (message) => Effect.runPromise(context.progress(message)),
    discover: (tasks) => Effect.runPromise(context.discover(tasks)),
  });

const close = (scope: Scope.Closeable): Promise<void> =>
  Effect.runPromise(Scope.close(scope, Exit.void));

async function* iterate(started: Promise<RunHandle>): AsyncGenerator<RunEvent> {
  const { events } = await started;
  for await (const entry of Stream.toAsyncIterable(events)) yield entry.event;
}
