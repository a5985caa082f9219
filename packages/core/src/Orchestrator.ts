/**
 * Runs plans: every task starts the moment what it depends on is really there.
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { AgentOutput, DiscoveryRejected } from "./Agent.ts";
import { AgentPool } from "./AgentPool.ts";
import { CodeHost } from "./CodeHost.ts";
import * as GraphReport from "./GraphReport.ts";
import { Additions } from "./internal/Additions.ts";
import * as admission from "./internal/admission.ts";
import { Engine } from "./internal/Engine.ts";
import { RunLog } from "./internal/RunLog.ts";
import { make as runId } from "./internal/runId.ts";
import { weights } from "./internal/weights.ts";
import * as wellFormed from "./internal/wellFormed.ts";
import { Journal, type JournalEntry, type JournalError } from "./Journal.ts";
import { PlanInvalid, type PlanProblem } from "./PlanProblem.ts";
import * as ProgressMonitor from "./ProgressMonitor.ts";
import * as ResultManager from "./ResultManager.ts";
import * as RetryPolicy from "./RetryPolicy.ts";
import type { Mode, OfKind } from "./RunEvent.ts";
import { RunState } from "./RunState.ts";
import type { Gate, OnDependencyFailure, Task, TaskId } from "./Task.ts";

export {
  /** A new id for a run, for callers that need it before the run starts. */
  runId,
};

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
  /** How long tasks took before, in seconds; known durations go before estimates. */
  readonly durations?: (task: Task) => number | undefined;
  /** Cancels the run when it is aborted; nothing is launched if it is already. */
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

/** A run that goes on. It ends early when the scope it was started in closes. */
export interface RunHandle {
  readonly id: string;
  /** What the run is at this moment. It changes under your hands. */
  readonly state: RunState;
  /** Everything that happens, from the first event, until the run ends. */
  readonly events: Stream.Stream<JournalEntry, JournalError>;
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
  /** Waits for the end of the run. */
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
    ) => Effect.Effect<RunHandle, PlanInvalid | RunExists | JournalError, Scope.Scope>;
    /** Checks the tasks, runs them all and waits for the end. Interrupting it cancels what runs. */
    readonly run: (
      tasks: ReadonlyArray<Task>,
      options?: RunOptions,
    ) => Effect.Effect<ResultManager.RunResult, PlanInvalid | RunExists | JournalError>;
  }
>()("@orchestrator/core/Orchestrator") {
  /** Lands changes through the `CodeHost` of the context, if there is one. */
  static readonly layer: Layer.Layer<Orchestrator, never, Journal | AgentPool> = Layer.effect(
    Orchestrator,
    Effect.gen(function* () {
      const parts: Parts = {
        journal: yield* Journal,
        pool: yield* AgentPool,
        codeHost: Option.getOrUndefined(yield* Effect.serviceOption(CodeHost)),
      };
      return {
        start: (tasks, options = {}) => start(parts, tasks, options),
        run: (tasks, options = {}) =>
          Effect.scoped(Effect.flatMap(start(parts, tasks, options), (handle) => handle.result)),
      };
    }),
  );
}

interface Parts {
  readonly journal: Journal["Service"];
  readonly pool: AgentPool["Service"];
  readonly codeHost: CodeHost["Service"] | undefined;
}

const start = Effect.fn("Orchestrator.start")(function* (
  parts: Parts,
  given: ReadonlyArray<Task>,
  options: RunOptions,
) {
  const tasks = yield* takeIn(given);
  const { engine, offer } = yield* assemble(parts, tasks, options);
  yield* load(engine, tasks, offer, options);
  const done = yield* Deferred.make<void, JournalError>();
  const services = yield* Effect.context();
  const stopWatching = parts.pool.onIdle((slot, recovered) => {
    if (recovered) engine.tell((at) => ({ _tag: "SlotRecovered", at, slot: slot.id }));
    else engine.wake();
  });
  const abort = () => engine.stop("cancelled", "aborted by its signal");
  options.signal?.addEventListener("abort", abort, { once: true });
  if (options.signal?.aborted === true) abort();
  const loop = Effect.ensuring(
    engine.loop,
    Effect.sync(() => {
      stopWatching();
      options.signal?.removeEventListener("abort", abort);
    }),
  );
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      Effect.runForkWith(services)(Effect.onExit(loop, (exit) => Deferred.done(done, exit))),
    ),
    () => {
      engine.stop("interrupted", "the program that ran it was interrupted");
      return Effect.exit(Deferred.await(done));
    },
  );
  return handleOf(engine, Deferred.await(done));
});

/** The journal holds a run with this id already. */
export class RunExists extends Schema.TaggedError<RunExists>()("RunExists", {
  run: Schema.String,
}) {
  override get message(): string {
    return `The run ${this.run} exists already. Give the new one another id, or none.`;
  }
}

const checkUnused = Effect.fnUntraced(function* (journal: Journal["Service"], run: string) {
  const first = yield* Stream.runHead(journal.read(run));
  if (Option.isSome(first)) return yield* new RunExists({ run });
});

const assemble = Effect.fnUntraced(function* (
  { codeHost, journal, pool }: Parts,
  tasks: ReadonlyArray<Task>,
  options: RunOptions,
) {
  const clock = yield* Clock.Clock;
  const services = yield* Effect.context();
  const id = options.run ?? (yield* runId);
  if (options.run !== undefined) yield* checkUnused(journal, id);
  const state = new RunState();
  const mode = options.mode ?? "parallel";
  const log = new RunLog(id, journal, clock, state);
  log.record({
    _tag: "RunStarted",
    at: log.now(),
    run: id,
    plan: options.plan ?? "plan",
    mode,
    concurrency: mode === "sequential" ? 1 : pool.size,
    failFast: options.failFast ?? false,
  });
  const defaultGate = options.defaultGate ?? (codeHost === undefined ? "agent-ended" : "merged");
  const resources = options.resources ?? {};
  const offer = {
    agents: [...pool.agents.keys()],
    resources,
    gates: codeHost?.gates ?? ["agent-ended"],
    defaultGate,
  } satisfies GraphReport.Options;
  const engine = new Engine({
    log,
    pool,
    codeHost,
    retry: RetryPolicy.make(options.retry),
    timeout: Duration.fromInputUnsafe(options.timeout ?? "600 seconds"),
    deadlines: {
      launch: Duration.fromInputUnsafe(options.deadlines?.launch ?? "60 seconds"),
      cancel: Duration.fromInputUnsafe(options.deadlines?.cancel ?? "30 seconds"),
      landing: Duration.fromInputUnsafe(options.deadlines?.landing ?? "2 seconds"),
    },
    defaultGate,
    onDependencyFailure: options.onDependencyFailure ?? "skip",
    resources,
    patience: options.patience,
    weight: weights(tasks, options.durations),
    fork: Effect.runForkWith(services),
    check: (added) => added.flatMap((task) => admission.check(task, offer)),
  });
  return { engine, offer };
});

/**
 * A copy of the given tasks, which the caller may change meanwhile: others work
 * in between. Refuses what is no list of tasks.
 */
const takeIn = Effect.fnUntraced(function* (given: ReadonlyArray<Task>) {
  if (!Array.isArray(given)) {
    return yield* new PlanInvalid({ problems: wellFormed.problems(given) });
  }
  const tasks: ReadonlyArray<Task> = [...given];
  const problems: Array<PlanProblem> = [];
  for (let first = 0; first < tasks.length; first += stepSize) {
    problems.push(...wellFormed.problems(tasks.slice(first, first + stepSize), first));
    yield* Effect.yieldNow;
  }
  if (problems.length > 0) return yield* new PlanInvalid({ problems });
  return tasks;
});

/** Puts the plan into the run, letting others work in between. */
const load = Effect.fnUntraced(function* (
  engine: Engine,
  tasks: ReadonlyArray<Task>,
  offer: GraphReport.Options,
  { durations }: RunOptions,
) {
  let isServed = true;
  for (let index = 0; index < tasks.length && isServed; index++) {
    if (index % stepSize === stepSize - 1) yield* Effect.yieldNow;
    isServed = admission.check(tasks[index]!, offer).length === 0;
  }
  const steps = engine.graph.addSteps(tasks);
  let step = steps.next();
  while (step.done !== true) {
    yield* Effect.yieldNow;
    step = steps.next();
  }
  if (!isServed || step.value._tag === "Failure") {
    const report = GraphReport.make(tasks, {
      ...offer,
      ...(durations === undefined ? {} : { durations }),
    });
    return yield* new PlanInvalid({ problems: report.problems });
  }
  engine.join(tasks, step.value.success);
});

/** How many tasks are looked at before others get to work. */
const stepSize = 8192;

const handleOf = (engine: Engine, done: Effect.Effect<void, JournalError>): RunHandle => {
  const { log } = engine;
  const stop = (cause: OfKind<"RunStopping">["cause"], message: string) =>
    Effect.sync(() => engine.stop(cause, message));
  // What is asked of a run that breaks down meanwhile is never answered.
  const over = Effect.exit(done);
  const progress = Effect.sync(() => ProgressMonitor.snapshot(log.state, log.present()));
  return {
    id: log.run,
    state: log.state,
    events: log.entries,
    output: engine.outputs.stream,
    progress,
    progressChanges: ProgressMonitor.changes(log.entries, progress),
    add: (tasks) =>
      Effect.raceFirst(engine.add(tasks), Effect.andThen(over, Effect.fail(Additions.tooLate))),
    cancelTask: (task, message = "cancelled on request") =>
      Effect.raceFirst(engine.cancelTask(task, message), Effect.as(over, false)),
    cancel: (message = "cancelled on request") => stop("cancelled", message),
    result: Effect.map(done, () => ResultManager.make(log.state, log.state.concurrency)),
  };
};
