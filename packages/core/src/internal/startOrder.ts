import * as Result from "effect/Result";
import { DependencyGraph } from "../DependencyGraph.ts";
import * as GraphReport from "../GraphReport.ts";
import type { Mode } from "../RunEvent.ts";
import { Scheduler } from "../Scheduler.ts";
import type { Task, TaskId } from "../Task.ts";
import { weights } from "./weights.ts";

/** What tasks queue for. */
export interface House {
  readonly mode: Mode;
  readonly slots: number;
  readonly resources: Readonly<Record<string, number>>;
}

/** Ready tasks in the order of the scheduler, which is asked itself. */
export interface StartOrder {
  readonly queue: ReadonlyArray<TaskId>;
  /** Those that would start at once if nothing else was at work. */
  readonly first: ReadonlyArray<TaskId>;
}

/** Orders ready tasks, given in the order in which they became ready, among all tasks of their plan. */
export const startOrder = (
  all: ReadonlyArray<Task>,
  ready: ReadonlyArray<Task>,
  house: House,
): StartOrder => {
  const rank = ranks(all);
  const numbers = new Map(all.map(({ id }, number) => [id, number]));
  const offered = () => {
    const scheduler = new Scheduler(house);
    for (const task of ready) {
      scheduler.offer(numbers.get(task.id)!, task, task.agent ?? "", rank(task.id));
    }
    return scheduler;
  };
  const idOf = (node: number): TaskId => all[node]!.id;
  return {
    queue: queued(offered(), ready, numbers).map(idOf),
    first: takeFirst(offered(), house.slots).map(idOf),
  };
};

/** Everything in turn, each as if nothing else was taken; what never fits comes last. */
const queued = (
  scheduler: Scheduler,
  ready: ReadonlyArray<Task>,
  numbers: ReadonlyMap<TaskId, number>,
): ReadonlyArray<number> => {
  const order: Array<number> = [];
  for (let node = scheduler.take(anySlot); node !== undefined; node = scheduler.take(anySlot)) {
    scheduler.release(node);
    order.push(node);
  }
  for (const { id } of ready) {
    const node = numbers.get(id)!;
    if (scheduler.has(node)) order.push(node);
  }
  return order;
};

const takeFirst = (scheduler: Scheduler, slots: number): ReadonlyArray<number> => {
  const first: Array<number> = [];
  while (first.length < slots) {
    const node = scheduler.take(anySlot);
    if (node === undefined) break;
    first.push(node);
  }
  return first;
};

const anySlot = (): boolean => true;

/** The remaining path of each task; tasks that can never run have none. */
const ranks = (all: ReadonlyArray<Task>): ((id: TaskId) => number) => {
  const graph = new DependencyGraph({ weight: weights(all) });
  if (Result.isFailure(graph.add(all))) {
    const runnable = new Set(GraphReport.make(all).order);
    graph.add(all.filter(({ id }) => runnable.has(id)));
  }
  return (id) => {
    const node = graph.table.numberOf(id);
    return node === undefined ? 0 : graph.rank(node);
  };
};
