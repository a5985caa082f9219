import * as Effect from "effect/Effect";
import type { AgentOutput, DiscoveryRejected } from "../Agent.ts";
import type { Limits } from "../Budget.ts";
import type { Added, DependencyGraph } from "../DependencyGraph.ts";
import type { Journal, JournalError } from "../Journal.ts";
import type { Change, ChangeRefused } from "../Operator.ts";
import type { PlanProblem } from "../PlanProblem.ts";
import type { OfKind, RunEvent } from "../RunEvent.ts";
import type { TaskState } from "../RunState.ts";
import { Scheduler } from "../Scheduler.ts";
import type { Gate, OnDependencyFailure, Task, TaskId } from "../Task.ts";
import { Additions } from "./Additions.ts";
import { Allowance } from "./Allowance.ts";
import { Changes } from "./Changes.ts";
import { Dispatch } from "./Dispatch.ts";
import { effectKey } from "./effectKey.ts";
import { Frontier } from "./Frontier.ts";
import { OutputFeed } from "./OutputFeed.ts";
import { Pauses } from "./Pauses.ts";
import { Reports } from "./Reports.ts";
import type { RunLog } from "./RunLog.ts";
import { type Listener, RunReport } from "./RunReport.ts";
import { RunRequest } from "./RunRequest.ts";
import { Settlement } from "./Settlement.ts";
import { Stops } from "./Stops.ts";
import type { Parts } from "./Surroundings.ts";
import { TaskExecutor } from "./TaskExecutor.ts";
import { TaskFlow, turnSize } from "./TaskFlow.ts";

/** What a run is made of, everything decided. */
export interface EngineOptions extends Parts {
  readonly defaultGate: Gate;
  readonly onDependencyFailure: OnDependencyFailure;
  readonly resources: Readonly<Record<string, number>>;
  readonly patience: number | undefined;
  readonly weight: (task: Task) => number;
  /** What is wrong with single tasks that want to join: unknown agents, resources, gates. */
  readonly check: (tasks: ReadonlyArray<Task>) => ReadonlyArray<PlanProblem>;
  /** What limits would need that an agent of the run does not tell. */
  readonly unmeasured: (limits: Limits) => { readonly message: string } | undefined;
  /** The runs of the project, for limits that they share. */
  readonly journal: Journal["Service"];
  /** How long the process stays with nothing to do until launches go on by themselves, in milliseconds. */
  readonly patienceMillis: number;
}

/** How long the run may keep the process to itself, in milliseconds. */
const turnMillis = 2;

/**
 * The heart of a run: one loop that takes in what happened, decides, records,
 * and lets the effects go once the record is durable. Everything else only
 * posts to it, so nothing is ever decided twice or out of order.
 */
export class Engine implements Listener {
  readonly #options: EngineOptions;
  readonly log: RunLog;
  readonly outputs = new OutputFeed();
  readonly #frontier: Frontier;
  readonly #scheduler: Scheduler;
  readonly #additions: Additions;
  readonly #executor: TaskExecutor;
  readonly #reports: Reports | undefined;
  readonly #pauses: Pauses;
  readonly #dispatch: Dispatch;
  readonly #flow: TaskFlow;
  readonly #stops: Stops;
  readonly #settlement: Settlement;
  readonly #changes: Changes;
  #inputs: Array<() => void> = [];
  /** Whether something happened since the last turn began, perhaps before the loop slept. */
  #isWoken = false;
  /** Whether the loop has gone: nothing is recorded any more. */
  #isOver = false;
  /** Whether nothing is launched, as long as this process works on the run. */
  #isPaused = false;
  #resume: ((effect: Effect.Effect<void>) => void) | undefined = undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.log = options.log;
    const { fork, journal, log, patience, patienceMillis, pool, resources, unmeasured } = options;
    const { state } = log;
    // A run that went on elsewhere knows its tasks before the graph does.
    const frontier = new Frontier(options, state.size === 0 ? state.table : undefined);
    const scheduler = new Scheduler({
      mode: state.mode,
      resources,
      ...(patience === undefined ? {} : { patience }),
    });
    const post = (handle: () => void) => this.post(handle);
    const isOver = () => this.#isOver;
    const executor = this.#makeExecutor();
    const reports = this.#makeReports();
    const additions = this.#makeAdditions();
    const allowance = new Allowance({ log, journal, fork, post });
    const agents = () => pool.agents.keys();
    const pauses = new Pauses({ log, allowance, scheduler, agents, fork, post, patienceMillis });
    const dispatch = new Dispatch({ log, pool, scheduler, executor, allowance, pauses });
    const agentOf = (task: Task) => dispatch.agentOf(task);
    const failedFast = (message: string) => this.#stops.stop("fail-fast", message);
    const parts = { log, frontier, scheduler, executor, allowance };
    const flow = new TaskFlow({ ...parts, agentOf, failedFast });
    const stops = new Stops({ log, executor, flow, reports, fork, post, isOver });
    const suspend = (message: string) => this.suspend(message);
    const around = { ...parts, pool, pauses, dispatch, flow, reports, suspend };
    this.#frontier = frontier;
    this.#scheduler = scheduler;
    this.#additions = additions;
    this.#executor = executor;
    this.#reports = reports;
    this.#pauses = pauses;
    this.#dispatch = dispatch;
    this.#flow = flow;
    this.#stops = stops;
    this.#settlement = new Settlement(around);
    this.#changes = new Changes({ ...around, additions, stops, unmeasured, post, isOver });
  }

  #makeExecutor(): TaskExecutor {
    const { log } = this.#options;
    return new TaskExecutor({
      ...this.#options,
      post: (handle) => this.post(handle),
      mayLaunch: () => this.#mayLaunch,
      request: (node, attempt) => new RunRequest(log, node, attempt),
      report: (node, attempt) => new RunReport(this, node, log.state.table.task(node), attempt),
      freed: (node, what) =>
        what === "everything"
          ? this.#scheduler.release(node)
          : this.#scheduler.releaseResources(node),
      reached: (node, gate) => this.#flow.reached(node, gate),
      again: (node) => this.#flow.ready(node),
      exhausted: (agent, message, until) => this.#pauses.exhausted(agent, message, until),
      requeue: (node) => this.#flow.requeue(node),
      ended: (node, outcome, reason) => this.#flow.end(node, outcome, reason),
    });
  }

  #makeAdditions(): Additions {
    return new Additions(() => this.graph, {
      check: this.#options.check,
      isKnown: (task, by) => isSame(this.log.state.get(task.id), task, by),
      joined: (tasks, added, by) => this.join(tasks, added, by),
      afterwards: (effect) => this.log.afterwards(effect),
    });
  }

  #makeReports(): Reports | undefined {
    const { fork, log, reporter } = this.#options;
    if (reporter === undefined) return undefined;
    const reports = new Reports({ fork, log, reporter, post: (handle) => this.post(handle) });
    log.listener = (event) => reports.heard(event);
    return reports;
  }

  get graph(): DependencyGraph {
    return this.#frontier.graph;
  }

  /** Brings some tasks of a graph that holds all of them to where the run is. */
  follow(from: number, to: number): void {
    const { state } = this.log;
    this.#frontier.follow(state, from, to);
    for (let node = from; node < to; node++) {
      const { id } = state.table.task(node);
      for (const { agent, number, ref } of state.attempts(node)) {
        if (ref !== undefined) this.#executor.answered(agent, effectKey(state.run!, id, number));
      }
    }
  }

  /** Lets nothing be launched from here on. */
  pause(): void {
    this.#isPaused = true;
  }

  get #mayLaunch(): boolean {
    const { stopping } = this.log.state;
    if (this.#isPaused || this.#stops.isLeaving) return false;
    return stopping === undefined || stopping.cause === "fail-fast";
  }

  /** Takes every task up where it is; agents that work are watched again. */
  takeOver(concurrency: number): void {
    const { log } = this;
    log.record({ _tag: "RunResumed", at: log.now(), concurrency });
    this.#frontier.survey(log.state);
    for (let node = 0; node < log.state.size; node++) this.#takeUp(node);
    this.#options.pool.takeBack(log.run);
    this.#reports?.hearAll();
    if (log.state.stopping !== undefined) this.#stops.carryOut(log.state.stopping);
  }

  /** Tells what could not be told of a run before it ended. */
  catchUp(): void {
    this.#reports?.hearReported();
  }

  #takeUp(node: number): void {
    const { state } = this.log;
    const task = state.table.task(node);
    switch (state.phase(node)) {
      case "Ready":
        // One that was taken up before may have set it free just now.
        return this.#scheduler.has(node) ? undefined : this.#flow.queue(node);
      case "Held":
        if (state.lastAttempt(node)?.isUnclear !== true) return;
        this.#executor.keepSlot(node);
        return this.#scheduler.hold(node, task, "everything");
      case "Launching":
      case "Running":
        this.#scheduler.hold(node, task, "everything");
        return this.#executor.takeOver(node);
      case "Landing":
        this.#scheduler.hold(node, task, "claims");
        return this.#executor.takeOver(node);
      case "BackingOff":
        return this.#executor.takeOver(node);
    }
  }

  /** Leaves the run to whoever resumes it: nothing is launched, nothing is cancelled. */
  suspend(message: string): void {
    this.post(() => this.#stops.suspend(message));
  }

  /** Does what a person asks for. */
  change(change: Change): Effect.Effect<void, ChangeRefused> {
    return this.#changes.ask(change);
  }

  /** Lets the loop handle something in its next turn. */
  post(handle: () => void): void {
    if (this.#isOver) return handle();
    this.#inputs.push(handle);
    this.wake();
  }

  /** Records something that changes nothing, unless the run is over. */
  tell(event: (at: number) => RunEvent): void {
    this.post(() => {
      if (!this.#isOver && !this.#hasEnded) this.log.record(event(this.log.now()));
    });
  }

  /** Whether an attempt is the one that works on its task now. */
  isAtWork(node: number, attempt: number): boolean {
    return this.#executor.isAtWork(node, attempt);
  }

  /** Passes on what an agent prints. */
  print(output: AgentOutput): void {
    this.outputs.publish(output);
  }

  /** Makes a sleeping loop look again. */
  wake(): void {
    this.#isWoken = true;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.(Effect.void);
  }

  /** Takes tasks that have joined the graph into the run. */
  join(tasks: ReadonlyArray<Task>, added: Added, by?: TaskId): void {
    const at = this.log.now();
    this.log.record({ _tag: "TasksAdded", at, tasks, ...(by === undefined ? {} : { by }) });
    this.#frontier.joined(added);
    this.#stops.review();
  }

  /** Adds tasks to the running run, all or none. */
  add(tasks: ReadonlyArray<Task>, by?: TaskId): Effect.Effect<void, DiscoveryRejected> {
    return Effect.callback((resume) => {
      this.post(() => {
        if (this.#isOver || this.#hasEnded) return resume(Effect.fail(Additions.tooLate));
        this.#additions.offer(tasks, by, resume);
      });
    });
  }

  /** Stops one task; answers false if there is no such task or it has ended. */
  cancelTask(id: TaskId, message: string): Effect.Effect<boolean> {
    return Effect.callback((resume) => {
      this.post(() => {
        if (this.#isOver || this.#hasEnded) return resume(Effect.succeed(false));
        const node = this.log.state.table.numberOf(id);
        // Ids of an addition under way are known before their tasks have joined.
        const hasJoined = node !== undefined && node < this.log.state.size;
        const stopped = hasJoined && this.#stops.cancel(node, "task", message);
        this.log.afterwards(() => resume(Effect.succeed(stopped)));
      });
    });
  }

  /** Ends the run early; tasks that run are cancelled unless it is for `fail-fast`. */
  stop(cause: OfKind<"RunStopping">["cause"], message: string): void {
    this.post(() => this.#stops.stop(cause, message));
  }

  /** Runs until every task has its outcome. */
  readonly loop: Effect.Effect<void, JournalError> = Effect.gen(() => this.#turns()).pipe(
    Effect.onExit((exit) =>
      Effect.sync(() => {
        this.#isOver = true;
        this.#executor.abandon();
        this.#pauses.close();
        this.#reports?.abandon();
        for (const handle of this.#inputs) handle();
        this.#additions.close();
        this.log.close(exit);
        this.outputs.close();
      }),
    ),
  );

  *#turns(): Effect.fn.Return<void, JournalError> {
    let since = this.log.now();
    for (;;) {
      this.#turn();
      if (!this.log.isFlushed) {
        yield* this.log.flush;
        this.log.tick();
        const now = this.log.now();
        if (now - since < turnMillis && !this.#hasBacklog) continue;
        yield* Effect.yieldNow;
      } else if (this.#hasBacklog) {
        yield* Effect.yieldNow;
      } else if (this.#isDone) {
        return;
      } else {
        yield* this.#sleep();
      }
      this.log.tick();
      since = this.log.now();
    }
  }

  /** Waits until something is posted. */
  #sleep(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.#isWoken) return resume(Effect.void);
      this.#resume = resume;
    });
  }

  get #hasEnded(): boolean {
    return this.log.state.outcome !== undefined;
  }

  /** A run that has ended may still have to be told about. */
  get #isDone(): boolean {
    if (this.log.state.suspended !== undefined) return true;
    return this.#hasEnded && this.#reports?.isBusy !== true;
  }

  get #hasBacklog(): boolean {
    return !this.#frontier.isClear || this.#additions.isBusy || this.#stops.isSweeping;
  }

  #turn(): void {
    this.#isWoken = false;
    const inputs = this.#inputs;
    this.#inputs = [];
    for (let index = 0; index < inputs.length; index++) inputs[index]!();
    if (this.#hasBacklog) this.#workOff();
    if (this.#hasBacklog) return;
    if (this.#hasEnded) return this.#reports?.tell();
    if (this.#stops.isLeaving) {
      if (this.#executor.unanswered === 0) this.#stops.leave();
      return;
    }
    this.#reports?.tell();
    if (this.#isPaused && this.#scheduler.size > 0) return;
    this.#dispatch.start();
    if (this.#inputs.length === 0 && this.log.isFlushed && !this.#executor.isBusy) {
      this.#settlement.settle();
    }
  }

  #workOff(): void {
    this.#flow.workOff(turnSize);
    this.#stops.sweepOn(turnSize);
    this.#additions.step();
  }
}

const isSame = (known: TaskState | undefined, task: Task, by: TaskId): boolean =>
  known?.discoveredBy === by && JSON.stringify(known.task) === JSON.stringify(task);
