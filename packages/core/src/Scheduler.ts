/**
 * Decides which ready task starts next.
 *
 * One queue: explicit priority first, then the longest remaining path, then
 * age. A task that needs resources or claims that are taken steps aside; tasks
 * behind it may go first, but a task that was passed `patience` times is no
 * longer passed by tasks that compete with it.
 *
 * - `parallel`: as above.
 * - `sequential`: one task after another, in the order of the plan.
 * - `priority`: a task is never passed by a competing one of lower priority.
 * - `resource-aware`: at equal priority, the task that takes the largest part
 *   of a capacity goes first, so that small ones fill the gaps.
 */
import { growUint8 } from "./internal/grow.ts";
import * as Needs from "./internal/Needs.ts";
import { ReadyHeap } from "./internal/ReadyHeap.ts";
import type { Mode } from "./RunEvent.ts";
import type { Task } from "./Task.ts";

/** What limits how tasks run side by side. */
export interface Options {
  readonly mode?: Mode;
  /** Capacity of each named resource. */
  readonly resources?: Readonly<Record<string, number>>;
  /** How often a waiting task may be passed by tasks that compete with it (default 32). */
  readonly patience?: number;
}

/** A task in the queue that needs more than a slot. */
interface Ready {
  readonly agent: string;
  readonly needs: Needs.Needs;
  readonly priority: number;
  readonly second: number;
  readonly offered: number;
  /** Whether its lane counts it. */
  aside: boolean;
}

/** The ready tasks for one kind of agent. */
interface Queue {
  readonly agent: string;
  readonly heap: ReadyHeap;
}

/** Tasks with equal needs that were not free. The first ones may be back in the queue to try. */
interface Lane {
  readonly agent: string;
  readonly needs: Needs.Needs;
  readonly heap: ReadyHeap;
  /** How many of its tasks still wait, back in the queue or here. */
  waiting: number;
  passed: number;
}

/** The remaining path decides inside one hundredth of a capacity. */
const shareStep = 1e12;

/** The queue of ready tasks: who starts next, given what is occupied. */
export class Scheduler {
  readonly #mode: Mode;
  readonly #patience: number;
  readonly #holdings: Needs.Holdings;
  readonly #queues: Array<Queue> = [];
  /** Per node, whether it is in the queue: a task that needs only a slot has nothing else here. */
  #queued = new Uint8Array(64);
  readonly #needy = new Map<number, Ready>();
  readonly #lanes = new Map<string, Lane>();
  #offers = 0;
  #size = 0;

  constructor(options: Options = {}) {
    this.#mode = options.mode ?? "parallel";
    this.#patience = options.patience ?? 32;
    this.#holdings = new Needs.Holdings(options.resources ?? {});
  }

  /** How many tasks wait for their turn. */
  get size(): number {
    return this.#size;
  }

  /** Queues a ready task for the kind of agent that takes it. */
  offer(node: number, task: Task, agent: string, remainingPath: number): void {
    const needs = Needs.of(task);
    const priority = this.#mode === "sequential" ? 0 : (task.priority ?? 0);
    const second = this.#second(node, needs, remainingPath);
    const offered = this.#offers++;
    this.#enter(node);
    if (needs === undefined) {
      this.#queue(agent).push(node, priority, second, offered);
      return;
    }
    const ready: Ready = { agent, needs, priority, second, offered, aside: false };
    this.#needy.set(node, ready);
    const lane = this.#laneBefore(ready);
    if (lane === undefined) push(this.#queue(agent), node, ready);
    else this.#wait(lane, node, ready);
  }

  /** Takes the task that starts next with its resources, or undefined if none can start now. */
  take(hasSlot: (agent: string) => boolean): number | undefined {
    for (;;) {
      const queue = this.#bestQueue(hasSlot);
      if (queue === undefined) return undefined;
      const node = queue.pop();
      const ready = this.#needy.get(node);
      if (ready !== undefined && !this.#fits(ready)) {
        this.#stepAside(node, ready);
        continue;
      }
      this.#leave(node);
      if (ready !== undefined) this.#start(node, ready);
      return node;
    }
  }

  /** Counts what a task holds that was started elsewhere: everything, or only its claims while its change lands. */
  hold(node: number, task: Task, what: "claims" | "everything"): void {
    const needs = Needs.of(task);
    if (needs === undefined) return;
    this.#holdings.take(node, needs);
    if (what === "claims") this.#holdings.releaseResources(node);
  }

  /** Takes a task out of the queue and answers whether it was there. */
  withdraw(node: number): boolean {
    if (this.#queued[node] !== 1) return false;
    const ready = this.#needy.get(node);
    this.#leave(node);
    const lane = ready && this.#lanes.get(laneKey(ready.agent, ready.needs));
    if (lane === undefined) return true;
    // Others may have waited for nothing but its turn.
    if (this.#mode === "priority" || lane.passed >= this.#patience) this.#retryLanes();
    else this.#retry(lane);
    return true;
  }

  /** Whether a task waits for nothing but its turn on a kind of agent. */
  isAwaited(agent: string): boolean {
    const heap = this.#known(agent);
    if (heap === undefined) return false;
    this.#dropWithdrawn(heap);
    return heap.size > 0;
  }

  /** Whether a task is in the queue. */
  has(node: number): boolean {
    return this.#queued[node] === 1;
  }

  /** Whether everything that a queued task needs beside a slot is free. */
  isFree(node: number): boolean {
    const ready = this.#needy.get(node);
    return ready === undefined || this.#holdings.fits(ready.needs);
  }

  /** Gives back what the agent of a task occupied; its claims stay until the change has landed. */
  releaseResources(node: number): void {
    if (this.#holdings.releaseResources(node)) this.#retryLanes();
  }

  /** Gives back everything that a task occupied. */
  release(node: number): void {
    const resources = this.#holdings.releaseResources(node);
    if (this.#holdings.releaseClaims(node) || resources) this.#retryLanes();
  }

  #enter(node: number): void {
    this.#queued = growUint8(this.#queued, node + 1);
    this.#queued[node] = 1;
    this.#size++;
  }

  #leave(node: number): void {
    const ready = this.#needy.get(node);
    if (ready?.aside === true) this.#lanes.get(laneKey(ready.agent, ready.needs))!.waiting--;
    this.#queued[node] = 0;
    this.#needy.delete(node);
    this.#size--;
  }

  #second(node: number, needs: Needs.Needs | undefined, remainingPath: number): number {
    if (this.#mode === "sequential") return -node;
    if (this.#mode !== "resource-aware" || needs === undefined) return remainingPath;
    return Math.ceil(this.#holdings.share(needs) * 100) * shareStep + remainingPath;
  }

  #queue(agent: string): ReadyHeap {
    const known = this.#known(agent);
    if (known !== undefined) return known;
    const heap = new ReadyHeap();
    this.#queues.push({ agent, heap });
    return heap;
  }

  /** The queue of a kind of agent, if any of its tasks was ever ready. */
  #known(agent: string): ReadyHeap | undefined {
    for (let index = 0; index < this.#queues.length; index++) {
      const { agent: served, heap } = this.#queues[index]!;
      if (served === agent) return heap;
    }
    return undefined;
  }

  #bestQueue(hasSlot: (agent: string) => boolean): ReadyHeap | undefined {
    let best: ReadyHeap | undefined;
    for (let index = 0; index < this.#queues.length; index++) {
      const { agent, heap } = this.#queues[index]!;
      this.#dropWithdrawn(heap);
      if (heap.size === 0 || !hasSlot(agent)) continue;
      if (best === undefined || heap.precedes(best)) best = heap;
    }
    return best;
  }

  #dropWithdrawn(heap: ReadyHeap): void {
    while (heap.size > 0 && this.#queued[heap.top] !== 1) heap.pop();
  }

  #fits(ready: Ready): boolean {
    if (!this.#holdings.fits(ready.needs)) return false;
    for (const lane of this.#lanes.values()) {
      this.#dropWithdrawn(lane.heap);
      if (lane.needs.key === ready.needs.key || lane.heap.size === 0) continue;
      const first = this.#needy.get(lane.heap.top)!;
      if (!precedes(first, ready)) continue;
      const insists = this.#mode === "priority" && first.priority > ready.priority;
      const impatient = insists || lane.passed >= this.#patience;
      if (impatient && Needs.contend(lane.needs, ready.needs)) return false;
    }
    return true;
  }

  /** The lane in which a new task has others before it; one that goes before them tries at once. */
  #laneBefore(ready: Ready): Lane | undefined {
    const lane = this.#lanes.get(laneKey(ready.agent, ready.needs));
    if (lane === undefined) return undefined;
    this.#dropWithdrawn(lane.heap);
    if (lane.heap.size === 0) return undefined;
    return precedes(this.#needy.get(lane.heap.top)!, ready) ? lane : undefined;
  }

  #stepAside(node: number, ready: Ready): void {
    const { agent, needs } = ready;
    const key = laneKey(agent, needs);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { agent, needs, heap: new ReadyHeap(), waiting: 0, passed: 0 };
      this.#lanes.set(key, lane);
    }
    this.#wait(lane, node, ready);
  }

  #wait(lane: Lane, node: number, ready: Ready): void {
    if (!ready.aside) lane.waiting++;
    ready.aside = true;
    push(lane.heap, node, ready);
  }

  #start(node: number, ready: Ready): void {
    this.#holdings.take(node, ready.needs);
    const own = this.#lanes.get(laneKey(ready.agent, ready.needs));
    for (const lane of this.#lanes.values()) {
      if (lane !== own && Needs.contend(lane.needs, ready.needs)) lane.passed++;
    }
    if (own === undefined) return;
    own.passed = 0;
    this.#retry(own);
  }

  #retryLanes(): void {
    for (const lane of this.#lanes.values()) this.#retry(lane);
  }

  /** Puts the first task of a lane back into the queue; the others follow when it starts. */
  #retry(lane: Lane): void {
    if (lane.waiting === 0) this.#lanes.delete(laneKey(lane.agent, lane.needs));
    this.#dropWithdrawn(lane.heap);
    if (lane.heap.size === 0) return;
    const node = lane.heap.pop();
    push(this.#queue(lane.agent), node, this.#needy.get(node)!);
  }
}

const laneKey = (agent: string, needs: Needs.Needs): string => `${agent}\n${needs.key}`;

const push = (heap: ReadyHeap, node: number, ready: Ready): void =>
  heap.push(node, ready.priority, ready.second, ready.offered);

const precedes = (a: Ready, b: Ready): boolean => {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.second !== b.second) return a.second > b.second;
  return a.offered < b.offered;
};
