import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { AgentOutput, DiscoveryRejected } from "../Agent.ts";
import type { Limits } from "../Budget.ts";
import type { Added, BrokenEdge, DependencyGraph } from "../DependencyGraph.ts";
import type { Journal, JournalError } from "../Journal.ts";
import * as Operator from "../Operator.ts";
import { type Change, ChangeRefused } from "../Operator.ts";
import type { PlanProblem } from "../PlanProblem.ts";
import type { EndReason, OfKind, RunEvent } from "../RunEvent.ts";
import type { TaskState } from "../RunState.ts";
import { Scheduler } from "../Scheduler.ts";
import {
  type Gate,
  type OnDependencyFailure,
  type Outcome,
  stackedOn,
  type Task,
  type TaskId,
} from "../Task.ts";
import { Additions } from "./Additions.ts";
import { Allowance } from "./Allowance.ts";
import { later } from "./attempt.ts";
import { effectKey } from "./effectKey.ts";
import { append, Frontier } from "./Frontier.ts";
import { OutputFeed } from "./OutputFeed.ts";
import { Pauses } from "./Pauses.ts";
import { Reports } from "./Reports.ts";
import type { RunLog } from "./RunLog.ts";
import { type Listener, RunReport } from "./RunReport.ts";
import { RunRequest } from "./RunRequest.ts";
import type { Parts } from "./Surroundings.ts";
import { TaskExecutor } from "./TaskExecutor.ts";

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

/** How many tasks one turn moves before others get to work. */
const turnSize = 1000;

/** How long launches that are under way may still be answered once the run is left. */
const answerTime = Duration.millis(1500);

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
  readonly #frontier: Frontier;
  readonly outputs = new OutputFeed();
  readonly #scheduler: Scheduler;
  readonly #executor: TaskExecutor;
  readonly #reports: Reports | undefined;
  readonly #allowance: Allowance;
  readonly #pauses: Pauses;
  #inputs: Array<() => void> = [];
  readonly #additions: Additions;
  /** The next node that a stop looks at, while it goes through all of them. */
  #sweep: number | undefined = undefined;
  /** Whether something happened since the last turn began, perhaps before the loop slept. */
  #isWoken = false;
  /** Whether the loop has gone: nothing is recorded any more. */
  #isOver = false;
  /** Why the run is left to whoever resumes it, and until when launches may still be answered. */
  #leaving: string | undefined = undefined;
  /** Whether nothing is launched, as long as this process works on the run. */
  #isPaused = false;
  #resume: ((effect: Effect.Effect<void>) => void) | undefined = undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.log = options.log;
    const { resources, patience } = options;
    const { state } = options.log;
    // A run that went on elsewhere knows its tasks before the graph does.
    this.#frontier = new Frontier(options, state.size === 0 ? state.table : undefined);
    this.#scheduler = new Scheduler({
      mode: options.log.state.mode,
      resources,
      ...(patience === undefined ? {} : { patience }),
    });
    this.#additions = new Additions(() => this.graph, {
      check: options.check,
      isKnown: (task, by) => isSame(this.log.state.get(task.id), task, by),
      joined: (tasks, added, by) => this.join(tasks, added, by),
      afterwards: (effect) => this.log.afterwards(effect),
    });
    this.#executor = new TaskExecutor({
      ...options,
      post: (handle) => this.post(handle),
      mayLaunch: () => this.#mayLaunch,
      request: (node, attempt) => new RunRequest(options.log, node, attempt),
      report: (node, attempt) =>
        new RunReport(this, node, this.log.state.table.task(node), attempt),
      freed: (node, what) =>
        what === "everything"
          ? this.#scheduler.release(node)
          : this.#scheduler.releaseResources(node),
      reached: (node, gate) => this.#reached(node, gate),
      again: (node) => this.#ready(node),
      exhausted: (agent, message, until) => this.#pauses.exhausted(agent, message, until),
      requeue: (node) => this.#requeue(node),
      ended: (node, outcome, reason) => this.#end(node, outcome, reason),
    });
    this.#reports = this.#makeReports();
    const { fork, journal, log, pool, patienceMillis } = options;
    const post = (handle: () => void) => this.post(handle);
    this.#allowance = new Allowance({ log, journal, fork, post });
    this.#pauses = new Pauses({
      log,
      allowance: this.#allowance,
      scheduler: this.#scheduler,
      agents: () => pool.agents.keys(),
      fork,
      post,
      patienceMillis,
    });
  }

  static readonly tooLate = new ChangeRefused({ message: "The run has ended meanwhile." });

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
    if (this.#isPaused || this.#leaving !== undefined) return false;
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
    if (log.state.stopping !== undefined) this.#carryOutStop(log.state.stopping);
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
        return this.#queue(node);
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

  /** Does what a recorded stop asks for. */
  #carryOutStop({ cause, message }: Pick<OfKind<"RunStopping">, "cause" | "message">): void {
    this.#executor.giveUpRetries();
    this.#sweep = 0;
    if (cause === "fail-fast") return;
    for (const node of this.#executor.nodes) this.#executor.cancel(node, "run", message);
  }

  /** Leaves the run to whoever resumes it: nothing is launched, nothing is cancelled. */
  suspend(message: string): void {
    this.post(() => {
      if (this.#hasEnded) return this.#reports?.abandon();
      if (this.#isOver || this.#leaving !== undefined) return;
      this.#leaving = message;
      this.#options.fork(later(answerTime, () => this.post(() => this.#leave())));
    });
  }

  /** Records that the process leaves: from here on everything is somebody else's. */
  #leave(): void {
    if (this.#isOver || this.#hasEnded || this.log.state.suspended !== undefined) return;
    this.log.record({ _tag: "RunSuspended", at: this.log.now(), message: this.#leaving! });
  }

  /** Does what a person asks for. */
  change(change: Change): Effect.Effect<void, ChangeRefused> {
    return Effect.callback((resume) => {
      this.post(() => this.#change(change, resume));
    });
  }

  #change(change: Change, answer: (effect: Effect.Effect<void, ChangeRefused>) => void): void {
    const { log } = this;
    if (this.#isOver || this.#hasEnded) return answer(Effect.fail(Engine.tooLate));
    if (this.#additions.isBusy) return this.post(() => this.#change(change, answer));
    const events = Operator.events(log.state, change, log.now());
    if (Result.isFailure(events)) return answer(Effect.fail(events.failure));
    const unserved = this.#unserved(change);
    if (unserved !== undefined) return answer(Effect.fail(unserved));
    for (const event of events.success) log.record(event);
    if (change._tag === "Emit") return log.afterwards(() => answer(Effect.void));
    // What is recorded takes a stop back.
    if (log.state.stopping === undefined) this.#sweep = undefined;
    this.#executor.readmit();
    if (change._tag === "Decide") this.#decided(log.state.table.numberOf(change.task)!);
    this.#frontier.rebuild(log.state);
    log.afterwards(() => answer(Effect.void));
  }

  /** Why this program cannot do it: it lacks the agent that a decision speaks of, or what a limit needs. */
  #unserved(change: Change): ChangeRefused | undefined {
    if (change._tag === "Limit") {
      const found = this.#options.unmeasured(change.limits);
      return found && new ChangeRefused({ message: found.message });
    }
    if (change._tag !== "Decide" || change.decision === "skip") return undefined;
    if (change.decision === "relaunch") return undefined;
    const { state } = this.log;
    const { agent } = state.lastAttempt(state.table.numberOf(change.task)!)!;
    if (this.#options.pool.agents.has(agent)) return undefined;
    const message = `${change.task} was launched on ${agent}, an agent that this program does not have: decide relaunch or skip.`;
    return new ChangeRefused({ message });
  }

  /** A task is no longer held: what it occupied is free, or its agent run is taken up. */
  #decided(node: number): void {
    const { state } = this.log;
    const phase = state.phase(node);
    const isAtWork = phase === "Launching" || phase === "Running";
    if (!isAtWork && phase !== "Landing") {
      this.#executor.giveSlotBack(node);
      return this.#scheduler.release(node);
    }
    const task = state.table.task(node);
    if (!isAtWork) this.#scheduler.hold(node, task, "claims");
    else if (!this.#executor.keepsSlot(node)) this.#scheduler.hold(node, task, "everything");
    this.#executor.takeOver(node);
  }

  #makeReports(): Reports | undefined {
    const { fork, log, reporter } = this.#options;
    if (reporter === undefined) return undefined;
    const reports = new Reports({ fork, log, reporter, post: (handle) => this.post(handle) });
    log.listener = (event) => reports.heard(event);
    return reports;
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
    if (this.log.state.stopping !== undefined) this.#sweep ??= 0;
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
        const stopped = hasJoined && this.#cancel(node, "task", message);
        this.log.afterwards(() => resume(Effect.succeed(stopped)));
      });
    });
  }

  /** Ends the run early; tasks that run are cancelled unless it is for `fail-fast`. */
  stop(cause: OfKind<"RunStopping">["cause"], message: string): void {
    this.post(() => this.#stop(cause, message));
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
        this.log.tick();
        since = this.log.now();
      } else if (this.#hasBacklog) {
        yield* Effect.yieldNow;
      } else if (this.#isDone) {
        return;
      } else {
        yield* this.#sleep();
        this.log.tick();
        since = this.log.now();
      }
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
    return !this.#frontier.isClear || this.#additions.isBusy || this.#sweep !== undefined;
  }

  #turn(): void {
    this.#isWoken = false;
    this.log.tick();
    const inputs = this.#inputs;
    this.#inputs = [];
    for (const handle of inputs) handle();
    if (this.#hasBacklog) this.#workOff();
    if (this.#hasBacklog) return;
    if (this.#hasEnded) return this.#reports?.tell();
    if (this.#leaving !== undefined) {
      if (this.#executor.unanswered === 0) this.#leave();
      return;
    }
    this.#reports?.tell();
    if (this.#isPaused && this.#scheduler.size > 0) return;
    this.#dispatch();
    if (this.#inputs.length === 0 && this.log.isFlushed && !this.#executor.isBusy) {
      this.#settle();
    }
  }

  #workOff(): void {
    for (const node of this.#frontier.freed.splice(0, turnSize)) this.#ready(node);
    for (const edge of this.#frontier.broken.splice(0, turnSize)) this.#breakEdge(edge);
    if (this.#sweep !== undefined) this.#sweepOn(this.#sweep);
    this.#additions.step();
  }

  #dispatch(): void {
    const { log, pool } = this.#options;
    const { state } = log;
    if (this.#scheduler.size === 0 || state.stopping !== undefined) return;
    if (!this.#allowance.isKnown() || !this.#pauses.review()) return;
    while (this.#scheduler.size > 0) {
      if (state.mode === "sequential" && this.#executor.active > 0) return;
      const node = this.#scheduler.take(
        (agent) => this.#mayServe(agent) && pool.hasIdle(agent) && this.#pauses.allows(agent),
      );
      if (node === undefined) return this.#pauses.conclude();
      const task = state.table.task(node);
      this.#executor.start(node, pool.acquire(this.#agentOf(task), task.id)!);
    }
  }

  /** Whether a kind of agent takes launches, as far as this run knows. */
  #mayServe(agent: string): boolean {
    return this.#executor.exhausted(agent) === undefined;
  }

  /** Whether a slot for a kind of agent is idle, or can become idle again. */
  #canServe(agent: string): boolean {
    return this.#mayServe(agent) && this.#options.pool.canServe(agent);
  }

  #agentOf(task: Task): string {
    return task.agent ?? this.#options.pool.defaultAgent;
  }

  #ready(node: number): void {
    const phase = this.log.state.phase(node);
    if (phase !== "Pending" && phase !== "BackingOff") return;
    if (this.log.state.stopping !== undefined) return this.#endWaiting(node);
    const task = this.log.state.table.task(node);
    this.log.record({ _tag: "TaskReady", at: this.log.now(), task: task.id }, node);
    this.#queue(node);
  }

  #requeue(node: number): void {
    if (this.log.state.stopping !== undefined) return this.#endWaiting(node);
    const task = this.log.state.table.task(node);
    this.log.record({ _tag: "TaskReady", at: this.log.now(), task: task.id }, node);
    this.#queue(node);
  }

  #queue(node: number): void {
    const task = this.log.state.table.task(node);
    const obstacle = this.#allowance.taskObstacle(node);
    if (obstacle !== undefined) {
      const question = `${obstacle.message}: may it have as much again?`;
      return this.#end(node, "Held", { _tag: "NeedsDecision", question });
    }
    this.#scheduler.offer(node, task, this.#agentOf(task), this.graph.rank(node));
  }

  #reached(node: number, gate: Gate): void {
    const { log } = this;
    const task = log.state.table.task(node).id;
    log.record({ _tag: "GateReached", at: log.now(), task, gate });
    // The last gate is the end of the landing, which is recorded next and frees them all.
    if (gate !== "merged") this.#free(this.graph.reach(node, gate));
  }

  #free(nodes: ReadonlyArray<number>): void {
    if (nodes.length > turnSize) append(this.#frontier.freed, nodes);
    else for (const node of nodes) this.#ready(node);
  }

  #end(node: number, outcome: Outcome, reason?: EndReason): void {
    const { log } = this;
    this.#scheduler.withdraw(node);
    const task = log.state.table.task(node).id;
    const at = log.now();
    if (reason === undefined) log.record({ _tag: "TaskEnded", at, task, outcome }, node);
    else log.record({ _tag: "TaskEnded", at, task, outcome, reason }, node);
    this.#executor.settled(node);
    if (outcome === "Held") return;
    this.#scheduler.release(node);
    if (outcome === "Succeeded") return this.#free(this.graph.succeed(node));
    this.#frontier.failed(node);
    if (outcome === "Failed" && log.state.failFast && log.state.stopping === undefined) {
      this.#stop("fail-fast", `${task} failed, and the run ends with the first failure`);
    }
  }

  /** Does to a dependent what its policy asks for when a dependency did not succeed. */
  #breakEdge({ dependent, dependency, policy }: BrokenEdge): void {
    const { state } = this.log;
    const { outcome, reason, task } = state.at(dependency);
    const isPending = state.phase(dependent) === "Pending";
    if (!isPending && !this.#isLeftBehind(dependent, task.id, policy)) return;
    this.#executor.dropRetry(dependent);
    if (state.isAllowed(dependent) && outcome !== "Held") {
      if (this.graph.waive(dependent, dependency)) this.#ready(dependent);
      return;
    }
    if (policy === "run-anyway" && outcome !== "Held") {
      if (this.graph.isReady(dependent)) this.#ready(dependent);
      return;
    }
    if (policy === "hold" && outcome !== "Held") {
      const question = `${task.id} ended as ${outcome}: run ${state.table.task(dependent).id} all the same?`;
      return this.#end(dependent, "Held", { _tag: "NeedsDecision", question });
    }
    const root = reason?._tag === "DependencyFailed" ? reason.root : task.id;
    this.#end(dependent, outcome === "Held" ? "Held" : "Skipped", {
      _tag: "DependencyFailed",
      dependency: task.id,
      outcome: outcome!,
      root,
    });
  }

  /** Whether a task is still to begin, perhaps once more, at a change that will never land. */
  #isLeftBehind(node: number, dependency: TaskId, policy: OnDependencyFailure): boolean {
    const { state } = this.log;
    const phase = state.phase(node);
    if (phase !== "Ready" && phase !== "BackingOff") return false;
    if (policy === "run-anyway" || state.isAllowed(node)) return false;
    return stackedOn(state.table.task(node))?.task === dependency;
  }

  #cancel(node: number, cause: "task" | "run", message: string): boolean {
    if (this.#executor.cancel(node, cause, message)) return true;
    const phase = this.log.state.phase(node);
    if (phase !== "Pending" && phase !== "Ready") return false;
    this.#end(node, "Cancelled", { _tag: "Stopped", message });
    return true;
  }

  #stop(cause: OfKind<"RunStopping">["cause"], message: string): void {
    const { state } = this.log;
    if (this.#isOver) return;
    if (this.#hasEnded) return this.#reports?.abandon();
    // Whoever leaves the run means to: that its program ends as well takes nothing back.
    if (this.#leaving !== undefined && cause === "interrupted") return;
    if (state.stopping !== undefined && state.stopping.cause !== "fail-fast") return;
    this.log.record({ _tag: "RunStopping", at: this.log.now(), cause, message });
    this.#carryOutStop({ cause, message });
  }

  /** Ends the tasks that a stop keeps from starting, some at a time. */
  #sweepOn(from: number): void {
    const { state } = this.log;
    const end = Math.min(from + turnSize, state.size);
    for (let node = from; node < end; node++) {
      const phase = state.phase(node);
      if (phase === "Pending" || phase === "Ready") this.#endWaiting(node);
    }
    this.#sweep = end < state.size ? end : undefined;
  }

  #endWaiting(node: number): void {
    const { state } = this.log;
    const last = state.lastAttempt(node);
    const failure = last !== undefined && last.number > state.forgiven(node) && last.failure;
    if (failure) return this.#end(node, "Failed", { _tag: "AttemptFailed", failure });
    const { message } = state.stopping!;
    this.#end(node, "Cancelled", { _tag: "Stopped", message });
  }

  /** Nothing runs and nothing is on its way: ends the run, or holds what can never go on. */
  #settle(): void {
    const { log, pool } = this.#options;
    const { state } = log;
    const queued = this.#scheduler.size > 0 ? this.#queued() : [];
    const agents = new Set(queued.map((node) => this.#agentOf(state.table.task(node))));
    if (queued.length > 0) {
      if (!this.#allowance.isKnown()) return;
      const standing = this.#pauses.standing(agents);
      if (standing === "wait") return;
      if (standing !== undefined) return this.suspend(standing.leave);
    }
    if ([...agents].some((agent) => this.#canServe(agent) && !pool.hasIdle(agent))) return;
    if (queued.length > 0) return this.#holdStuck(queued);
    if (state.ended < state.size) {
      for (let node = 0; node < state.size; node++) {
        if (state.phase(node) === "Held") this.#frontier.failed(node);
      }
      if (!this.#frontier.isClear) return;
    }
    // What stands on a task that just ended hears of it in a moment.
    if (this.#executor.active > 0) return;
    if (this.#reports?.isBusy === true) return;
    const isHasty = state.stopping !== undefined && state.stopping.cause !== "fail-fast";
    if (!isHasty && this.#reports?.tellOverdue() === true) return;
    log.record({ _tag: "RunEnded", at: log.now(), outcome: this.#outcome });
  }

  /** Holds what waits for a slot or a resource that a held task keeps; what waited only behind it may go on. */
  #holdStuck(queued: ReadonlyArray<number>): void {
    const { table } = this.log.state;
    const stuck = queued.filter((node) => {
      const agent = this.#agentOf(table.task(node));
      return !this.#canServe(agent) || !this.#scheduler.isFree(node);
    });
    for (const node of stuck.length > 0 ? stuck : queued) {
      const question = this.#executor.exhausted(this.#agentOf(table.task(node))) ?? noPlace;
      this.#end(node, "Held", { _tag: "NeedsDecision", question });
    }
  }

  #queued(): ReadonlyArray<number> {
    const found: Array<number> = [];
    for (let node = 0; node < this.graph.size; node++) {
      if (this.#scheduler.has(node)) found.push(node);
    }
    return found;
  }

  get #outcome(): OfKind<"RunEnded">["outcome"] {
    const { state } = this.log;
    if (state.stopping !== undefined && state.stopping.cause !== "fail-fast") return "cancelled";
    // What is skipped is so because of one that counts here, or because nobody wants it any more.
    if (state.count("Failed") + state.count("Cancelled") > 0) return "failed";
    return state.count("Held") > 0 ? "held" : "succeeded";
  }
}

const noPlace =
  "Nothing can come free for it: slots or resources stay occupied by tasks that are held";

const isSame = (known: TaskState | undefined, task: Task, by: TaskId): boolean =>
  known?.discoveredBy === by && JSON.stringify(known.task) === JSON.stringify(task);
