import type { Dependency, Gate, Task, TaskId } from "../Task.ts";

/**
 * The edges of a set of tasks in typed arrays, and the references that are no edges.
 *
 * Tasks are numbered in the order given; of tasks with one id only the first is
 * here. Edges are numbered by their dependent, then in the order stated.
 */
export interface Links {
  readonly tasks: ReadonlyArray<Task>;
  readonly numbers: ReadonlyMap<TaskId, number>;
  /** How many tasks have an id that is not unique. */
  readonly copies: ReadonlyMap<TaskId, number>;
  /** The edges into task `n` are those from `firstIn[n]` up to `firstIn[n + 1]`. */
  readonly firstIn: Int32Array;
  /** Per edge: the dependency, and how it was stated. */
  readonly from: Int32Array;
  readonly stated: ReadonlyArray<TaskId | Dependency>;
  /** The dependents of task `n` are `to[firstOut[n]]` up to `to[firstOut[n + 1]]`. */
  readonly firstOut: Int32Array;
  readonly to: Int32Array;
  /** References to nothing, to the task itself, and repetitions; each once for its task. */
  readonly loose: ReadonlyArray<Loose>;
}

export interface Loose {
  readonly kind: "missing" | "self" | "repeated";
  readonly task: number;
  readonly stated: TaskId | Dependency;
}

/** The id of the task that a dependency names. */
export const target = (stated: TaskId | Dependency): TaskId =>
  typeof stated === "string" ? stated : stated.task;

/** Where a dependency was stated, if it says so. */
export const sourceOf = (stated: TaskId | Dependency): { readonly source?: string } =>
  typeof stated === "string" || stated.source === undefined ? {} : { source: stated.source };

/** The gate of an edge. */
export const gateOf = (stated: TaskId | Dependency, otherwise: Gate): Gate =>
  typeof stated === "string" ? otherwise : (stated.until ?? otherwise);

/** Links tasks by their dependencies; linear in both. */
export const link = (all: ReadonlyArray<Task>): Links => {
  const { tasks, numbers, copies } = enumerate(all);
  const firstIn = new Int32Array(tasks.length + 1);
  const from: Array<number> = [];
  const stated: Array<TaskId | Dependency> = [];
  const loose: Array<Loose> = [];
  tasks.forEach((task, number) => {
    const seen = new Map<TaskId, number>();
    for (const reference of task.dependsOn ?? []) {
      const id = target(reference);
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      const dependency = numbers.get(id);
      const isSelf = dependency === number;
      if (times === 2) loose.push({ kind: "repeated", task: number, stated: reference });
      if (times > 1) continue;
      if (dependency === undefined || isSelf) {
        loose.push({ kind: isSelf ? "self" : "missing", task: number, stated: reference });
      } else {
        from.push(dependency);
        stated.push(reference);
      }
    }
    firstIn[number + 1] = from.length;
  });
  const edges = Int32Array.from(from);
  return { tasks, numbers, copies, firstIn, from: edges, stated, loose, ...turn(firstIn, edges) };
};

const enumerate = (all: ReadonlyArray<Task>): Pick<Links, "tasks" | "numbers" | "copies"> => {
  const tasks: Array<Task> = [];
  const numbers = new Map<TaskId, number>();
  const copies = new Map<TaskId, number>();
  for (const task of all) {
    if (numbers.has(task.id)) {
      copies.set(task.id, (copies.get(task.id) ?? 1) + 1);
    } else {
      numbers.set(task.id, tasks.length);
      tasks.push(task);
    }
  }
  return { tasks, numbers, copies };
};

/** The same edges by their dependency, dependents in the order of tasks. */
const turn = (firstIn: Int32Array, from: Int32Array): Pick<Links, "firstOut" | "to"> => {
  const size = firstIn.length - 1;
  const firstOut = new Int32Array(size + 1);
  for (const dependency of from) firstOut[dependency + 1]!++;
  for (let task = 0; task < size; task++) firstOut[task + 1]! += firstOut[task]!;
  const next = firstOut.slice();
  const to = new Int32Array(from.length);
  for (let task = 0; task < size; task++) {
    for (let edge = firstIn[task]!; edge < firstIn[task + 1]!; edge++) {
      to[next[from[edge]!]!++] = task;
    }
  }
  return { firstOut, to };
};

/** The level of a task that lies on a cycle, refers to itself or to nothing, or is behind such a task. */
export const never = -1;

/** Per task the number of edges on the longest path to it, or `never`. */
export const levels = (links: Links): Int32Array => {
  const size = links.tasks.length;
  const level = new Int32Array(size).fill(never);
  const pending = Int32Array.from({ length: size }, (_, task) => {
    return links.firstIn[task + 1]! - links.firstIn[task]!;
  });
  for (const { kind, task } of links.loose) if (kind !== "repeated") pending[task]!++;
  const queue = new Int32Array(size);
  let filled = 0;
  const free = (task: number, depth: number) => {
    level[task] = depth;
    queue[filled++] = task;
  };
  for (let task = 0; task < size; task++) if (pending[task] === 0) free(task, 0);
  // First in, first out: a task is freed by the last of its dependencies, which is the deepest.
  for (let taken = 0; taken < filled; taken++) {
    const task = queue[taken]!;
    for (let out = links.firstOut[task]!; out < links.firstOut[task + 1]!; out++) {
      const dependent = links.to[out]!;
      if (--pending[dependent]! === 0) free(dependent, level[task]! + 1);
    }
  }
  return level;
};
