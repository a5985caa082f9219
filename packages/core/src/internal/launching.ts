/** How runs come to work: new ones, and those that another process left. */
import * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type { AgentPool } from "../AgentPool.ts";
import * as Budget from "../Budget.ts";
import type { CodeHost } from "../CodeHost.ts";
import type * as GraphReport from "../GraphReport.ts";
import type { Journal, JournalError } from "../Journal.ts";
import type { Change } from "../Operator.ts";
import type { ResumeOptions, RunHandle, RunOptions } from "../Orchestrator.ts";
import { PlanInvalid, type PlanProblem } from "../PlanProblem.ts";
import * as ProgressMonitor from "../ProgressMonitor.ts";
import * as ResultManager from "../ResultManager.ts";
import type { Reporter } from "../Reporter.ts";
import { LimitUnmeasured, RunExists } from "../RunErrors.ts";
import type { OfKind, RunSettings } from "../RunEvent.ts";
import { RunState } from "../RunState.ts";
import type { Gate, Task } from "../Task.ts";
import { Additions } from "./Additions.ts";
import * as admission from "./admission.ts";
import { Changes } from "./Changes.ts";
import { Engine } from "./Engine.ts";
import * as Intake from "./intake.ts";
import * as Past from "./past.ts";
import { RunLog } from "./RunLog.ts";
import { make as runId } from "./runId.ts";
import * as Settings from "./settings.ts";
import { weights } from "./weights.ts";

/** What runs are made with. */
export interface Parts {
  readonly journal: Journal["Service"];
  readonly pool: AgentPool["Service"];
  readonly codeHost: CodeHost["Service"] | undefined;
  readonly reporter: Reporter["Service"] | undefined;
}

/** Checks the tasks and starts a new run. */
export const start = Effect.fn("Orchestrator.start")(function* (
  parts: Parts,
  given: ReadonlyArray<Task>,
  options: RunOptions,
) {
  const tasks = yield* Intake.takeIn(given);
  const id = options.run ?? (yield* runId);
  const settings = Settings.make(options, usualGate(parts));
  const offer = offerOf(parts, settings);
  yield* Intake.checkServed(tasks, offer, options.durations);
  yield* checkMeasured(parts, settings.limits, tasks);
  const writer = yield* parts.journal.open(id);
  if (writer.last > 0) return yield* new RunExists({ run: id });
  const mode = options.mode ?? "parallel";
  const log = new RunLog(parts.journal, writer, yield* Clock.Clock, new RunState());
  log.record({
    _tag: "RunStarted",
    at: log.now(),
    run: id,
    plan: options.plan ?? "plan",
    mode,
    concurrency: mode === "sequential" ? 1 : parts.pool.size,
    failFast: options.failFast ?? false,
    settings,
    ...(options.context === undefined ? {} : { context: options.context }),
    ...(options.session === undefined ? {} : { session: options.session }),
  });
  const engine = yield* assemble(parts, log, settings, options, tasks);
  yield* Intake.load(engine, tasks, offer, options.durations);
  return yield* begin(parts, engine, options);
});

/** Goes on with a run that another process left. */
export const resume = Effect.fn("Orchestrator.resume")(function* (
  parts: Parts,
  run: string,
  options: ResumeOptions,
) {
  const { state, writer } = yield* Past.open(parts.journal, run);
  const settings = state.settings ?? Settings.defaults(usualGate(parts));
  const at = yield* Clock.currentTimeMillis;
  const changes = yield* Effect.fromResult(Past.applyAll(state, options.changes ?? [], at));
  const problems = unserved(parts, state, offerOf(parts, settings));
  if (problems.length > 0) return yield* new PlanInvalid({ problems });
  yield* checkMeasured(parts, state.limits, unended(state));
  const log = new RunLog(parts.journal, writer, yield* Clock.Clock, state);
  const engine = yield* assemble(parts, log, settings, options, state.table.tasks);
  for (const event of changes) log.note(event);
  yield* Intake.restore(engine, state);
  if (options.isPaused === true) engine.pause();
  const size = state.mode === "sequential" ? 1 : parts.pool.size;
  if (state.outcome === undefined) engine.takeOver(size);
  else engine.catchUp();
  return yield* begin(parts, engine, options);
});

/** What the tasks that have not ended need and this program does not have. */
const unserved = (
  { codeHost, pool }: Parts,
  state: RunState,
  offer: GraphReport.Options,
): ReadonlyArray<PlanProblem> =>
  Array.from(state.tasks()).flatMap(({ attempts, outcome, phase, task }) => {
    if (outcome !== undefined) return [];
    const agent = attempts.at(-1)?.agent;
    const isAtWork = phase === "Launching" || phase === "Running";
    if (isAtWork && agent !== undefined && !pool.agents.has(agent)) {
      return admission.check({ ...task, agent }, offer);
    }
    const problems = admission.check(task, offer);
    const lands = phase === "Landing" || offer.defaultGate !== "agent-ended";
    if (!lands || codeHost !== undefined) return problems;
    if (phase !== "Landing") return [...problems, unlanded(task, offer.defaultGate)];
    const message = "its change is on its way into the base, and this program has no code host";
    return [...problems, { _tag: "InvalidTask", task: task.id, message } as const];
  });

/** How long a process stays with nothing to do until a quota or a day is fresh. */
const usualPauseWait = Duration.hours(6);

/** Limits that nobody could keep to are refused, not ignored. */
const checkMeasured = (
  parts: Parts,
  limits: Budget.Limits | undefined,
  tasks: ReadonlyArray<Task>,
): Effect.Effect<void, LimitUnmeasured> => {
  const found = firstUnmeasured(parts, limits, tasks);
  return found === undefined ? Effect.void : Effect.fail(found);
};

const firstUnmeasured = (
  { pool }: Parts,
  limits: Budget.Limits | undefined,
  tasks: ReadonlyArray<Task>,
): LimitUnmeasured | undefined => {
  if (limits === undefined) return undefined;
  for (const agent of new Set(tasks.map((task) => task.agent ?? pool.defaultAgent))) {
    const [what] = Budget.unmeasured(limits, pool.agents.get(agent)!);
    if (what !== undefined) return new LimitUnmeasured({ what, agent });
  }
  return undefined;
};

const unmeasured = (
  parts: Parts,
  limits: Budget.Limits | undefined,
  task: Task,
): ReadonlyArray<PlanProblem> => {
  if (limits === undefined || !parts.pool.agents.has(task.agent ?? parts.pool.defaultAgent)) {
    return [];
  }
  const found = firstUnmeasured(parts, limits, [task]);
  return found === undefined
    ? []
    : [{ _tag: "InvalidTask", task: task.id, message: found.message }];
};

const unended = (state: RunState): ReadonlyArray<Task> =>
  Array.from(state.tasks()).flatMap(({ outcome, task }) => (outcome === undefined ? [task] : []));

const unlanded = ({ id: task }: Task, gate: Gate | undefined): PlanProblem => {
  const message = `what it changes is to reach the gate ${gate} in this run, and this program has no code host`;
  return { _tag: "InvalidTask", task, message };
};

const usualGate = ({ codeHost }: Parts): Gate =>
  codeHost === undefined ? "agent-ended" : "merged";

/** What tasks of a run may ask for. */
const offerOf = ({ codeHost, pool }: Parts, settings: RunSettings): GraphReport.Options => ({
  agents: [...pool.agents.keys()],
  ...checkOf(pool),
  resources: settings.resources,
  gates: codeHost?.gates ?? ["agent-ended"],
  defaultGate: settings.defaultGate,
});

/** Most agents take any task: nothing is asked of them. */
const checkOf = ({ agents, defaultAgent }: Parts["pool"]): Pick<GraphReport.Options, "check"> =>
  Array.from(agents.values()).some(({ check }) => check !== undefined)
    ? { check: (task) => agents.get(task.agent ?? defaultAgent)?.check?.(task) ?? [] }
    : {};

const assemble = Effect.fnUntraced(function* (
  parts: Parts,
  log: RunLog,
  settings: RunSettings,
  { deadlines, durations, pauseWait }: Pick<RunOptions, "deadlines" | "durations" | "pauseWait">,
  tasks: ReadonlyArray<Task>,
) {
  const { codeHost, pool, reporter } = parts;
  const services = yield* Effect.context();
  const offer = offerOf(parts, settings);
  const { defaultGate, onDependencyFailure, patience, resources } = settings;
  return new Engine({
    log,
    pool,
    codeHost,
    reporter,
    retry: Settings.retryPolicy(settings),
    timeout: Settings.timeout(settings),
    deadlines: {
      launch:
        deadlines?.launch === undefined ? undefined : Duration.fromInputUnsafe(deadlines.launch),
      cancel: Duration.fromInputUnsafe(deadlines?.cancel ?? "30 seconds"),
      landing: Duration.fromInputUnsafe(deadlines?.landing ?? "2 seconds"),
    },
    defaultGate,
    onDependencyFailure,
    resources,
    patience,
    weight: weights(tasks, durations),
    fork: Effect.runForkWith(services),
    check: (added) => [
      ...added.flatMap((task) => admission.check(task, offer)),
      ...added.flatMap((task) => unmeasured(parts, log.state.limits, task)),
    ],
    unmeasured: (limits) => firstUnmeasured(parts, limits, unended(log.state)),
    journal: parts.journal,
    patienceMillis: Duration.toMillis(Duration.fromInputUnsafe(pauseWait ?? usualPauseWait)),
  });
});

const begin = Effect.fnUntraced(function* (
  { pool }: Parts,
  engine: Engine,
  { signal }: Pick<RunOptions, "signal">,
) {
  const done = yield* Deferred.make<void, JournalError>();
  const services = yield* Effect.context();
  const stopWatching = pool.onIdle((slot, recovered) => {
    if (recovered) engine.tell((at) => ({ _tag: "SlotRecovered", at, slot: slot.id }));
    else engine.wake();
  });
  const abort = () => {
    const reason: unknown = signal?.reason;
    engine.stop("cancelled", typeof reason === "string" ? reason : "aborted by its signal");
  };
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  const loop = Effect.ensuring(
    engine.loop,
    Effect.sync(() => {
      stopWatching();
      signal?.removeEventListener("abort", abort);
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

const handleOf = (engine: Engine, done: Effect.Effect<void, JournalError>): RunHandle => {
  const { log } = engine;
  const stop = (cause: OfKind<"RunStopping">["cause"], message: string) =>
    Effect.sync(() => engine.stop(cause, message));
  // What is asked of a run that breaks down meanwhile is never answered.
  const over = Effect.exit(done);
  const progress = Effect.sync(() => ProgressMonitor.snapshot(log.state, log.present()));
  const change = (wanted: Change) =>
    Effect.raceFirst(engine.change(wanted), Effect.andThen(over, Effect.fail(Changes.tooLate)));
  return {
    id: log.run,
    state: log.state,
    events: log.entries,
    recorded: () => log.written,
    output: engine.outputs.stream,
    progress,
    progressChanges: ProgressMonitor.changes(log.entries, progress),
    add: (tasks) =>
      Effect.raceFirst(engine.add(tasks), Effect.andThen(over, Effect.fail(Additions.tooLate))),
    cancelTask: (task, message = "cancelled on request") =>
      Effect.raceFirst(engine.cancelTask(task, message), Effect.as(over, false)),
    cancel: (message = "cancelled on request") => stop("cancelled", message),
    suspend: (message = "left on request") =>
      Effect.andThen(
        Effect.sync(() => engine.suspend(message)),
        Effect.asVoid(over),
      ),
    change,
    emit: (name, data, task) =>
      change({
        _tag: "Emit",
        name,
        ...(data === undefined ? {} : { data }),
        ...(task === undefined ? {} : { task }),
      }),
    warn: (message) =>
      Effect.suspend(() => {
        // What comes too late for the journal is not lost on people.
        if (log.state.outcome !== undefined) return Effect.logWarning(message);
        return Effect.sync(() => engine.tell((at) => ({ _tag: "Warning", at, message })));
      }),
    result: Effect.map(done, () => ResultManager.make(log.state, log.state.concurrency)),
  };
};
