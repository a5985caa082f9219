/**
 * The live graph of a run: tasks join in atomic steps, gates are reached, dependents are freed.
 *
 * It is incremental. A task states its dependencies when it joins and never
 * gains others, so a cycle can only lie inside the tasks that join together;
 * adding costs the added tasks and edges, reaching a gate costs the edges that
 * leave the task. Nodes are the numbers of the tasks in the order they joined.
 */
import * as Result from "effect/Result";
import { growFloat64, growInt32, growUint8 } from "./internal/grow.ts";
import { TaskTable } from "./internal/TaskTable.ts";
import type { PlanProblem } from "./PlanProblem.ts";
import * as GraphReport from "./GraphReport.ts";
import type { Dependency, Gate, OnDependencyFailure, Task, TaskId } from "./Task.ts";
import { gates } from "./Task.ts";

/** What edges take over when a task does not state it. */
export interface Options {
  /** The gate of a dependency that names none (default `agent-ended`). */
  readonly defaultGate?: Gate;
  /** The policy of a dependency that names none (default `skip`). */
  readonly onDependencyFailure?: OnDependencyFailure;
  /** What a task adds to the path it lies on, in any one unit (default: 1, a hop). */
  readonly weight?: (task: Task) => number;
}

/** An edge whose dependency ended without success, and what its policy asks for. */
export interface BrokenEdge {
  readonly dependent: number;
  readonly dependency: number;
  readonly policy: OnDependencyFailure;
}

/** What joining made of the new tasks. */
export interface Added {
  /** The first of the new nodes; they are consecutive. */
  readonly first: number;
  /** New tasks that wait for nothing. */
  readonly ready: ReadonlyArray<number>;
  /** New edges to tasks that had ended without success already. */
  readonly broken: ReadonlyArray<BrokenEdge>;
}

const policies: ReadonlyArray<OnDependencyFailure> = ["skip", "run-anyway", "hold"];
const reachedAll = gates.length;
const satisfiedBit = 0x80;
const stackBit = 0x08;
const policyShift = 4;
const gateMask = 0x07;
const noEdge = -1;
const none: ReadonlyArray<number> = [];

/** How many tasks one step of `addSteps` handles. */
const stepSize = 2048;

/** How far up one new edge lengthens the paths of waiting tasks: a bound on the cost of an addition. */
const rankPropagation = 32;

/** Who waits for whom: kept up to date at the cost of the edges that change, never of the whole graph. */
export class DependencyGraph {
  readonly table: TaskTable;
  readonly #defaultGate: Gate;
  readonly #defaultPolicy: OnDependencyFailure;
  readonly #weight: (task: Task) => number;

  #size = 0;
  #edges = 0;
  /** Per node: unsatisfied dependencies, gates reached (0 to 4), ended without success, first edge in, first edge out, remaining path. */
  #pending = new Int32Array(0);
  #reached = new Uint8Array(0);
  #failed = new Uint8Array(0);
  #edgesIn = new Int32Array(1);
  #edgesOut = new Int32Array(0);
  #rank = new Float64Array(0);
  /** Per edge: its two ends, the next edge that leaves the same dependency, gate and policy and whether it is satisfied. */
  #from = new Int32Array(0);
  #to = new Int32Array(0);
  #next = new Int32Array(0);
  #kind = new Uint8Array(0);

  constructor(options: Options = {}, table = new TaskTable()) {
    this.table = table;
    this.#defaultGate = options.defaultGate ?? "agent-ended";
    this.#defaultPolicy = options.onDependencyFailure ?? "skip";
    this.#weight = options.weight ?? (() => 1);
  }

  /** How many tasks have joined. */
  get size(): number {
    return this.#size;
  }

  /** How many edges there are; a dependency stated twice is one edge. */
  get edges(): number {
    return this.#edges;
  }

  /** Whether nothing that the node depends on is missing any more. */
  isReady(node: number): boolean {
    return this.#pending[node] === 0;
  }

  /** The longest path from the node to the end of the graph, itself included. */
  rank(node: number): number {
    return this.#rank[node]!;
  }

  /** The dependencies of a node that are not satisfied. */
  unsatisfied(node: number): ReadonlyArray<{ readonly dependency: number; readonly gate: Gate }> {
    const found: Array<{ dependency: number; gate: Gate }> = [];
    for (let edge = this.#edgesIn[node]!; edge < this.#edgesIn[node + 1]!; edge++) {
      const kind = this.#kind[edge]!;
      if ((kind & satisfiedBit) !== 0) continue;
      found.push({ dependency: this.#from[edge]!, gate: gates[(kind & gateMask) - 1]! });
    }
    return found;
  }

  /** The nodes that a node depends on, satisfied or not. */
  dependenciesOf(node: number): ReadonlyArray<number> {
    return Array.from(this.#from.subarray(this.#edgesIn[node], this.#edgesIn[node + 1]));
  }

  /** Adds tasks, all or none: with a missing, self or cyclic dependency or a known id nothing changes. */
  add(tasks: ReadonlyArray<Task>): Result.Result<Added, ReadonlyArray<PlanProblem>> {
    const steps = this.addSteps(tasks);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** `add` in steps of some thousand tasks, for callers that let others work in between. One addition at a time. */
  *addSteps(
    tasks: ReadonlyArray<Task>,
  ): Generator<void, Result.Result<Added, ReadonlyArray<PlanProblem>>> {
    const first = this.#size;
    const only = tasks.length === 1 ? this.#addOne(tasks[0]!) : undefined;
    if (only !== undefined) return Result.succeed(only);
    const problems: Array<PlanProblem> = [];
    const repeated = new Set<TaskId>();
    for (let index = 0; index < tasks.length; index++) {
      if (index % stepSize === stepSize - 1) yield;
      if (!this.table.add(tasks[index]!)) repeated.add(tasks[index]!.id);
    }
    for (const [task, count] of this.#uses(repeated, tasks, first)) {
      problems.push({ _tag: "DuplicateTask", task, count });
    }
    if (problems.length === 0) {
      this.#reserve(first + tasks.length);
      const edges = yield* this.#link(tasks, problems);
      if (problems.length === 0) {
        const order = yield* this.#order(first, tasks.length);
        if (order.length === tasks.length) return Result.succeed(yield* this.#commit(order, edges));
        problems.push(...this.#cycles(tasks, order));
      }
    }
    this.table.truncate(first);
    return Result.fail(problems);
  }

  /**
   * Records that a task passed a gate, and those before it.
   * Answers with the nodes that wait for nothing any more.
   */
  reach(node: number, gate: Gate): ReadonlyArray<number> {
    return this.#raise(node, gates.indexOf(gate) + 1);
  }

  /** Records that a task succeeded: every gate counts as reached. */
  succeed(node: number): ReadonlyArray<number> {
    return this.#raise(node, reachedAll);
  }

  /**
   * Records that a task ended without success. Answers with its unsatisfied
   * edges, of which those of policy `run-anyway` count as satisfied from here
   * on, and with those whose dependents were to begin at its change.
   */
  fail(node: number): ReadonlyArray<BrokenEdge> {
    this.#failed[node] = 1;
    const broken: Array<BrokenEdge> = [];
    for (let edge = this.#edgesOut[node]!; edge !== noEdge; edge = this.#next[edge]!) {
      const kind = this.#kind[edge]!;
      if ((kind & satisfiedBit) === 0 || (kind & stackBit) !== 0) broken.push(this.#break(edge));
    }
    return broken.reverse();
  }

  /** Records that one edge no longer matters. Answers whether the node waits for nothing any more. */
  waive(dependent: number, dependency: number): boolean {
    for (let edge = this.#edgesIn[dependent]!; edge < this.#edgesIn[dependent + 1]!; edge++) {
      const isSatisfied = (this.#kind[edge]! & satisfiedBit) !== 0;
      if (this.#from[edge] === dependency && !isSatisfied) this.#satisfy(edge);
    }
    return this.#pending[dependent] === 0;
  }

  /** How many tasks use each of some ids, those that joined before included. */
  #uses(ids: ReadonlySet<TaskId>, tasks: ReadonlyArray<Task>, joined: number) {
    const uses = new Map<TaskId, number>();
    if (ids.size === 0) return uses;
    for (const id of ids) uses.set(id, this.table.numberOf(id)! < joined ? 1 : 0);
    for (const { id } of tasks) if (ids.has(id)) uses.set(id, uses.get(id)! + 1);
    return uses;
  }

  #break(edge: number): BrokenEdge {
    const kind = this.#kind[edge]!;
    const policy = policies[(kind >> policyShift) & 0x03]!;
    if (policy === "run-anyway" && (kind & satisfiedBit) === 0) this.#satisfy(edge);
    return { dependent: this.#to[edge]!, dependency: this.#from[edge]!, policy };
  }

  #satisfy(edge: number): number {
    this.#kind[edge]! |= satisfiedBit;
    return --this.#pending[this.#to[edge]!]!;
  }

  #raise(node: number, reached: number): ReadonlyArray<number> {
    if (this.#reached[node]! >= reached) return none;
    this.#reached[node] = reached;
    let freed: Array<number> | undefined;
    for (let edge = this.#edgesOut[node]!; edge !== noEdge; edge = this.#next[edge]!) {
      const kind = this.#kind[edge]!;
      if ((kind & satisfiedBit) !== 0 || (kind & gateMask) > reached) continue;
      if (this.#satisfy(edge) > 0) continue;
      if (freed === undefined) freed = [this.#to[edge]!];
      else freed.push(this.#to[edge]!);
    }
    return freed?.reverse() ?? none;
  }

  #reserve(nodes: number): void {
    this.#pending = growInt32(this.#pending, nodes);
    this.#reached = growUint8(this.#reached, nodes);
    this.#failed = growUint8(this.#failed, nodes);
    this.#edgesIn = growInt32(this.#edgesIn, nodes + 1);
    this.#edgesOut = growInt32(this.#edgesOut, nodes);
    this.#rank = growFloat64(this.#rank, nodes);
  }

  #reserveEdges(edges: number): void {
    this.#from = growInt32(this.#from, edges);
    this.#to = growInt32(this.#to, edges);
    this.#next = growInt32(this.#next, edges);
    this.#kind = growUint8(this.#kind, edges);
  }

  /** Adds a single task, as most discoveries do: nothing to order. Undefined if anything is wrong with it. */
  #addOne(task: Task): Added | undefined {
    const node = this.#size;
    if (!this.table.add(task)) return undefined;
    this.#reserve(node + 1);
    const edges = this.#linkOne(task, node);
    if (edges === undefined) {
      this.table.truncate(node);
      return undefined;
    }
    const broken: Array<BrokenEdge> = [];
    this.#size = node + 1;
    this.#edges = edges;
    this.#edgesOut[node] = noEdge;
    this.#rank[node] = this.#weight(task);
    this.#join(node, node, broken);
    return { first: node, ready: this.#pending[node] === 0 ? [node] : [], broken };
  }

  #linkOne(task: Task, node: number): number | undefined {
    const problems: Array<PlanProblem> = [];
    this.#reserveEdges(this.#edges + (task.dependsOn?.length ?? 0));
    this.#edgesIn[node] = this.#edges;
    const edges =
      task.dependsOn === undefined
        ? this.#edges
        : this.#linkTask(task, node, this.#edges, problems);
    this.#edgesIn[node + 1] = edges;
    return problems.length === 0 ? edges : undefined;
  }

  /** Writes the edges of the new tasks behind the committed ones, where nobody looks yet. */
  *#link(tasks: ReadonlyArray<Task>, problems: Array<PlanProblem>): Generator<void, number> {
    let edge = this.#edges;
    let stated = 0;
    for (const task of tasks) stated += task.dependsOn?.length ?? 0;
    this.#reserveEdges(edge + stated);
    for (let index = 0; index < tasks.length; index++) {
      if (index % stepSize === stepSize - 1) yield;
      const node = this.#size + index;
      this.#edgesIn[node] = edge;
      const dependsOn = tasks[index]!.dependsOn;
      if (dependsOn !== undefined) edge = this.#linkTask(tasks[index]!, node, edge, problems);
    }
    this.#edgesIn[this.#size + tasks.length] = edge;
    return edge;
  }

  #linkTask(task: Task, node: number, start: number, problems: Array<PlanProblem>): number {
    const many = task.dependsOn!.length > 8 ? new Set<number>() : undefined;
    let edge = start;
    for (const stated of task.dependsOn!) {
      const id = typeof stated === "string" ? stated : stated.task;
      const from = this.table.numberOf(id);
      if (from === undefined) {
        problems.push({ _tag: "MissingDependency", task: task.id, dependency: id });
      } else if (from === node) {
        problems.push({ _tag: "SelfDependency", task: task.id });
      } else if (!this.#isRepeated(from, start, edge, many)) {
        this.#from[edge] = from;
        this.#to[edge] = node;
        this.#kind[edge] = this.#kindOf(task, stated);
        edge++;
      }
    }
    return edge;
  }

  #isRepeated(from: number, start: number, end: number, seen: Set<number> | undefined): boolean {
    if (seen !== undefined) return seen.has(from) || !seen.add(from);
    for (let edge = start; edge < end; edge++) if (this.#from[edge] === from) return true;
    return false;
  }

  #kindOf(task: Task, stated: TaskId | Dependency): number {
    const written = typeof stated === "string" ? undefined : stated;
    const policy = written?.onFailure ?? task.onDependencyFailure ?? this.#defaultPolicy;
    const gate = gates.indexOf(written?.until ?? this.#defaultGate) + 1;
    const stack = written?.stack === true ? stackBit : 0;
    return gate | stack | (policies.indexOf(policy) << policyShift);
  }

  /** The new nodes in an order in which every dependency comes first; shorter than `count` if there is a cycle. */
  *#order(first: number, count: number): Generator<void, Int32Array> {
    const waiting = this.#pending;
    const end = first + count;
    this.#edgesOut.fill(noEdge, first, end);
    for (let node = first; node < end; node++) {
      if ((node - first) % stepSize === stepSize - 1) yield;
      waiting[node] = 0;
      for (let edge = this.#edgesIn[node]!; edge < this.#edgesIn[node + 1]!; edge++) {
        const from = this.#from[edge]!;
        if (from < first) continue;
        waiting[node]!++;
        this.#next[edge] = this.#edgesOut[from]!;
        this.#edgesOut[from] = edge;
      }
    }
    const order = new Int32Array(count);
    let filled = 0;
    for (let node = first; node < end; node++) if (waiting[node] === 0) order[filled++] = node;
    for (let taken = 0; taken < filled; taken++) {
      if (taken % stepSize === stepSize - 1) yield;
      for (let edge = this.#edgesOut[order[taken]!]!; edge !== noEdge; edge = this.#next[edge]!) {
        if (--waiting[this.#to[edge]!]! === 0) order[filled++] = this.#to[edge]!;
      }
    }
    return order.subarray(0, filled);
  }

  /** Joins in one step, so that nobody sees half of it; only into an empty graph, where nobody looks, in several. */
  *#commit(order: Int32Array, edges: number): Generator<void, Added> {
    const first = this.#size;
    const ready: Array<number> = [];
    const broken: Array<BrokenEdge> = [];
    this.#size += order.length;
    this.#edges = edges;
    for (let index = order.length - 1; index >= 0; index--) {
      if (first === 0 && index % stepSize === 0) yield;
      const node = order[index]!;
      this.#rank[node] = this.#weight(this.table.task(node)) + this.#longestOut(node);
    }
    for (let node = first; node < this.#size; node++) {
      if (first === 0 && node % stepSize === stepSize - 1) yield;
      this.#join(node, first, broken);
      if (this.#pending[node] === 0) ready.push(node);
    }
    return { first, ready, broken };
  }

  #join(node: number, first: number, broken: Array<BrokenEdge>): void {
    const start = this.#edgesIn[node]!;
    const end = this.#edgesIn[node + 1]!;
    this.#pending[node] = end - start;
    for (let edge = start; edge < end; edge++) {
      const from = this.#from[edge]!;
      if (from >= first) continue;
      this.#next[edge] = this.#edgesOut[from]!;
      this.#edgesOut[from] = edge;
      const kind = this.#kind[edge]!;
      const isLost = this.#failed[from] === 1 && (kind & stackBit) !== 0;
      if (!isLost && this.#reached[from]! >= (kind & gateMask)) this.#satisfy(edge);
      else if (this.#failed[from] === 1) broken.push(this.#break(edge));
      else this.#lengthen(from, this.#rank[node]!);
    }
  }

  #longestOut(node: number): number {
    let longest = 0;
    for (let edge = this.#edgesOut[node]!; edge !== noEdge; edge = this.#next[edge]!) {
      longest = Math.max(longest, this.#rank[this.#to[edge]!]!);
    }
    return longest;
  }

  /** Tells waiting tasks above a new edge that more lies behind them, along one path and a bounded way up. */
  #lengthen(from: number, behind: number): void {
    let node = from;
    let below = behind;
    for (let step = 0; step < rankPropagation; step++) {
      const rank = this.#weight(this.table.task(node)) + below;
      if (rank <= this.#rank[node]!) return;
      this.#rank[node] = rank;
      const up = this.#edgesIn[node]!;
      if (up === this.#edgesIn[node + 1] || (this.#kind[up]! & satisfiedBit) !== 0) return;
      below = rank;
      node = this.#from[up]!;
    }
  }

  /** The cycles among the tasks that no order could place. */
  #cycles(tasks: ReadonlyArray<Task>, placed: Int32Array): ReadonlyArray<PlanProblem> {
    const settled = new Set(Array.from(placed, (node) => this.table.task(node).id));
    const report = GraphReport.make(tasks.filter((task) => !settled.has(task.id)));
    return report.problems.filter((problem) => problem._tag === "Cycle");
  }
}
