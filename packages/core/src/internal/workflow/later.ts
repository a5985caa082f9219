/**
 * Tasks for items of a list that only a task finds out.
 *
 * A task states its dependencies when it joins a run, so whatever waits for
 * such a list, directly or not, joins together with it: the task that finds out
 * the list carries those tasks and adds them to the run.
 */
import * as Schema from "effect/Schema";
import { dependencies, Task, type TaskId } from "../../Task.ts";
import { isObject, payloadOf } from "./texts.ts";

/** A task of a plan, or one that finds out the list for `group`, which is not there before. */
export interface Unit {
  readonly task: Task;
  /** The id of the task that will stand for all items. */
  readonly group?: TaskId;
}

/** What the task that finds out a list carries. */
export const Carried = Schema.Struct({
  /** The task for any item, with the id of the group. */
  task: Task,
  /** What joins the run with them. */
  later: Schema.Array(Task),
});
export type Carried = typeof Carried.Type;

const idOf = ({ group, task }: Unit): TaskId => group ?? task.id;

/** Each after what it depends on; undefined if they go round in a circle. */
const ordered = (units: ReadonlyArray<Unit>): ReadonlyArray<Unit> | undefined => {
  const byId = new Map(units.map((unit) => [idOf(unit), unit]));
  const dependents = new Map<TaskId, Array<Unit>>();
  const open = new Map<Unit, number>();
  for (const unit of units) {
    const known = dependencies(unit.task).filter(({ task }) => byId.has(task));
    open.set(unit, known.length);
    for (const { task } of known) {
      const all = dependents.get(task);
      if (all === undefined) dependents.set(task, [unit]);
      else all.push(unit);
    }
  }
  const order = units.filter((unit) => open.get(unit) === 0);
  for (let at = 0; at < order.length; at++) {
    for (const unit of dependents.get(idOf(order[at]!)) ?? []) {
      const left = open.get(unit)! - 1;
      open.set(unit, left);
      if (left === 0) order.push(unit);
    }
  }
  return order.length === units.length ? order : undefined;
};

type Groups = ReadonlySet<TaskId>;

/** For each unit the groups that it waits for, directly or not. */
const reach = (order: ReadonlyArray<Unit>, also: ReadonlyMap<TaskId, TaskId>) => {
  const groups = new Set(order.flatMap(({ group }) => group ?? []));
  const waits = new Map<TaskId, Groups>();
  for (const unit of order) {
    const found = new Set<TaskId>();
    const before = also.get(idOf(unit));
    const ids = dependencies(unit.task).map(({ task }) => task);
    for (const id of before === undefined ? ids : [...ids, before]) {
      for (const group of waits.get(id) ?? []) found.add(group);
      if (groups.has(id)) found.add(id);
    }
    waits.set(idOf(unit), found);
  }
  return waits;
};

/** The groups that no other of them comes after. */
const last = (of: Groups, waits: ReadonlyMap<TaskId, Groups>): ReadonlyArray<TaskId> =>
  [...of].filter((one) => [...of].every((other) => !waits.get(other)!.has(one)));

/**
 * For each unit the group whose task adds it, undefined if it is there from the start.
 *
 * A task that waits for two lists can join when both are known. Then one of
 * these, the later in the order of the plan, is made to join after the other.
 */
const carriers = (order: ReadonlyArray<Unit>): ReadonlyMap<TaskId, TaskId | undefined> => {
  const rank = new Map(order.map((unit, index) => [idOf(unit), index]));
  const also = new Map<TaskId, TaskId>();
  for (;;) {
    const waits = reach(order, also);
    const lasts = new Map(order.map((unit) => [idOf(unit), last(waits.get(idOf(unit))!, waits)]));
    const several = [...lasts.values()].find(({ length }) => length > 1);
    if (several === undefined) return new Map([...lasts].map(([id, [only]]) => [id, only]));
    const [first, second] = several.toSorted((a, b) => rank.get(a)! - rank.get(b)!);
    also.set(second!, nearest(also, waits, rank, second!, first!));
  }
};

/** Of what a group was made to join after and the new one, the later: the earlier then comes before that. */
const nearest = (
  also: Map<TaskId, TaskId>,
  waits: ReadonlyMap<TaskId, Groups>,
  rank: ReadonlyMap<TaskId, number>,
  of: TaskId,
  added: TaskId,
): TaskId => {
  const before = also.get(of);
  if (before === undefined || before === added || waits.get(added)!.has(before)) return added;
  if (waits.get(before)!.has(added)) return before;
  const [first, second] = [before, added].toSorted((a, b) => rank.get(a)! - rank.get(b)!);
  also.set(second!, nearest(also, waits, rank, second!, first!));
  return second!;
};

/** The tasks that are there from the start; those that wait for a list are carried by the task that finds it out. */
export const postpone = (units: ReadonlyArray<Unit>): ReadonlyArray<Task> => {
  if (units.every(({ group }) => group === undefined)) return units.map(({ task }) => task);
  const order = ordered(units);
  // Whoever checks the graph says where the circle is.
  if (order === undefined)
    return units.map(({ group, task }) => ({ ...task, id: group ?? task.id }));
  const carrier = carriers(order);
  const carried = new Map<TaskId | undefined, Array<Unit>>();
  for (const unit of order) {
    const by = carrier.get(idOf(unit));
    const known = carried.get(by);
    if (known === undefined) carried.set(by, [unit]);
    else known.push(unit);
  }
  const build = ({ group, task }: Unit): Task => {
    if (group === undefined) return task;
    const payload = payloadOf(task);
    const later = (carried.get(group) ?? []).map(build);
    const forEach = { ...(payload["forEach"] as Schema.JsonObject), later: later as never };
    return { ...task, payload: { ...payload, forEach } };
  };
  const now = new Set(carried.get(undefined));
  return units.filter((unit) => now.has(unit)).map(build);
};

/** The tasks that a task carries, for whoever has to know which agents a run needs. */
export const within = (task: Task): ReadonlyArray<Task> => {
  const { forEach } = payloadOf(task);
  if (!isObject(forEach) || !Schema.is(Carried)(forEach)) return [];
  const carried: Carried = forEach;
  return [carried.task, ...carried.later].flatMap((one) => [one, ...within(one)]);
};
