import * as Effect from "effect/Effect";
import type { AgentOutput, DiscoveryRejected } from "../Agent.ts";
import { type Added, type BrokenEdge, DependencyGraph } from "../DependencyGraph.ts";
import type { JournalError } from "../Journal.ts";
import type { PlanProblem } from "../PlanProblem.ts";
import type { EndReason, OfKind, RunEvent } from "../RunEvent.ts";
import { Scheduler } from "../Scheduler.ts";
import type { Gate, OnDependencyFailure, Outcome, Task, TaskId } from "../Task.ts";
import { Additions } from "./Additions.ts";
import { OutputFeed } from "./OutputFeed.ts";
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
}

/** How many tasks one turn moves before others get to work. */
const turnSize = 1000;

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
  readonly graph: DependencyGraph;
  readonly outputs = new OutputFeed();
  readonly #scheduler: Scheduler;
  readonly #executor: TaskExecutor;
  #inputs: Array<() => void> = [];
  #freed: Array<number> = [];
  #broken: Array<BrokenEdge> = [];
  readonly #additions: Additions;
  /** The next node that a stop looks at, while it goes through all of them. */
  #sweep: number | undefined = undefined;
  /** Whether something happened since the last turn began, perhaps before the loop slept. */
  #isWoken = false;
  /** Whether the loop has gone: nothing is recorded any more. */
  #isOver = false;
  #resume: ((effect: Effect.Effect<void>) => void) | undefined = undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.log = options.log;
    const { defaultGate, onDependencyFailure, weight, resources, patience } = options;
    this.graph = new DependencyGraph(
      { defaultGate, onDependencyFailure, weight },
      options.log.state.table,
    );
    this.#scheduler = new Scheduler({
      mode: options.log.state.mode,
      resources,
      ...(patience === undefined ? {} : { patience }),
    });
    this.#additions = new Additions(this.graph, {
      check: options.check,
      joined: (tasks, added, by) => this.join(tasks, added, by),
      afterwards: (effect) => this.log.afterwards(effect),
    });
    this.#executor = new TaskExecutor({
      ...options,
      post: (handle) => this.post(handle),
      request: (node, attempt) => new RunRequest(options.log.state, node, attempt),
      report: (node, attempt) =>
        new RunReport(this, node, this.log.state.table.task(node), attempt),
      freed: (node, what) =>
        what === "everything"
          ? this.#scheduler.release(node)
          : this.#scheduler.releaseResources(node),
      reached: (node, gate) => this.#reached(node, gate),
      again: (node) => this.#ready(node),
      ended: (node, outcome, reason) => this.#end(node, outcome, reason),
    });
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
    append(this.#freed, added.ready);
    append(this.#broken, added.broken);
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
      } else if (this.#hasEnded) {
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

  get #hasBacklog(): boolean {
    return (
      this.#freed.length > 0 ||
      this.#broken.length > 0 ||
      this.#additions.isBusy ||
      this.#sweep !== undefined
    );
  }

  #turn(): void {
    this.#isWoken = false;
    this.log.tick();
    const inputs = this.#inputs;
    this.#inputs = [];
    for (const handle of inputs) handle();
    if (this.#hasBacklog) this.#workOff();
    if (this.#hasBacklog || this.#hasEnded) return;
    this.#dispatch();
    if (this.#inputs.length === 0 && this.log.isFlushed && this.#executor.active === 0) {
      this.#settle();
    }
  }

  #workOff(): void {
    for (const node of this.#freed.splice(0, turnSize)) this.#ready(node);
    for (const edge of this.#broken.splice(0, turnSize)) this.#breakEdge(edge);
    if (this.#sweep !== undefined) this.#sweepOn(this.#sweep);
    this.#additions.step();
  }

  #dispatch(): void {
    const { log, pool } = this.#options;
    const { state } = log;
    while (state.stopping === undefined && this.#scheduler.size > 0) {
      if (state.mode === "sequential" && this.#executor.active > 0) return;
      const node = this.#scheduler.take(pool.hasIdle);
      if (node === undefined) return;
      const task = state.table.task(node);
      this.#executor.start(node, pool.acquire(this.#agentOf(task), task.id)!);
    }
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
    if (nodes.length > turnSize) append(this.#freed, nodes);
    else for (const node of nodes) this.#ready(node);
  }

  #end(node: number, outcome: Outcome, reason?: EndReason): void {
    const { log } = this;
    this.#scheduler.withdraw(node);
    const task = log.state.table.task(node).id;
    const at = log.now();
    if (reason === undefined) log.record({ _tag: "TaskEnded", at, task, outcome }, node);
    else log.record({ _tag: "TaskEnded", at, task, outcome, reason }, node);
    if (outcome === "Held") return;
    this.#scheduler.release(node);
    if (outcome === "Succeeded") return this.#free(this.graph.succeed(node));
    append(this.#broken, this.graph.fail(node));
    if (outcome === "Failed" && log.state.failFast && log.state.stopping === undefined) {
      this.#stop("fail-fast", `${task} failed, and the run ends with the first failure`);
    }
  }

  /** Does to a dependent what its policy asks for when a dependency did not succeed. */
  #breakEdge({ dependent, dependency, policy }: BrokenEdge): void {
    const { state } = this.log;
    if (state.phase(dependent) !== "Pending") return;
    const { outcome, reason, task } = state.at(dependency);
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

  #cancel(node: number, cause: "task" | "run", message: string): boolean {
    if (this.#executor.cancel(node, cause, message)) return true;
    const phase = this.log.state.phase(node);
    if (phase !== "Pending" && phase !== "Ready") return false;
    this.#end(node, "Cancelled", { _tag: "Stopped", message });
    return true;
  }

  #stop(cause: OfKind<"RunStopping">["cause"], message: string): void {
    const { state } = this.log;
    if (this.#isOver || this.#hasEnded) return;
    if (state.stopping !== undefined && state.stopping.cause !== "fail-fast") return;
    this.log.record({ _tag: "RunStopping", at: this.log.now(), cause, message });
    this.#executor.giveUpRetries();
    this.#sweep = 0;
    if (cause === "fail-fast") return;
    for (const node of this.#executor.nodes) this.#executor.cancel(node, "run", message);
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
    const failure = this.log.state.lastAttempt(node)?.failure;
    if (failure !== undefined) return this.#end(node, "Failed", { _tag: "AttemptFailed", failure });
    const { message } = this.log.state.stopping!;
    this.#end(node, "Cancelled", { _tag: "Stopped", message });
  }

  /** Nothing runs and nothing is on its way: ends the run, or holds what can never go on. */
  #settle(): void {
    const { log, pool } = this.#options;
    const { state } = log;
    const queued = this.#scheduler.size > 0 ? this.#queued() : [];
    const agents = new Set(queued.map((node) => this.#agentOf(state.table.task(node))));
    if ([...agents].some((agent) => pool.canServe(agent) && !pool.hasIdle(agent))) return;
    if (queued.length > 0) return this.#holdStuck(queued);
    if (state.ended < state.size) {
      for (let node = 0; node < state.size; node++) {
        if (state.phase(node) === "Held") append(this.#broken, this.graph.fail(node));
      }
      if (this.#broken.length > 0) return;
    }
    log.record({ _tag: "RunEnded", at: log.now(), outcome: this.#outcome });
  }

  /** Holds what waits for a slot or a resource that a held task keeps; what waited only behind it may go on. */
  #holdStuck(queued: ReadonlyArray<number>): void {
    const { log, pool } = this.#options;
    const stuck = queued.filter((node) => {
      const agent = this.#agentOf(log.state.table.task(node));
      return !pool.canServe(agent) || !this.#scheduler.isFree(node);
    });
    for (const node of stuck.length > 0 ? stuck : queued) {
      this.#end(node, "Held", { _tag: "NeedsDecision", question: noPlace });
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
    if (state.count("Failed") + state.count("Skipped") + state.count("Cancelled") > 0) {
      return "failed";
    }
    return state.count("Held") > 0 ? "held" : "succeeded";
  }
}

const noPlace =
  "Nothing can come free for it: slots or resources stay occupied by tasks that are held";

/** As `push(...items)`, for more items than a call takes arguments. */
const append = <A>(to: Array<A>, items: ReadonlyArray<A>): void => {
  for (const item of items) to.push(item);
};
