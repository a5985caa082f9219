/** One task for each item of a list, and the task that joins them. */
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import { agentName } from "../../Action.ts";
import { type Dependency, dependencies, type Task, type TaskId } from "../../Task.ts";
import type { Parameters } from "../../Template.ts";
import type { Conditions } from "./conditions.ts";
import { filled, parametersLeft, payloadOf } from "./texts.ts";

const same = (task: TaskId): TaskId => task;

/** The names of the actions that expansion uses. */
export const actionNames = {
  outputs: "workflow.outputs",
  list: "workflow.list",
  forEach: "workflow.for-each",
} as const;

/** A task that waits for others and puts together what they left. */
export const joining = (
  task: Pick<Task, "id" | "title" | "dependsOn">,
  payload: Schema.JsonObject,
): Task => ({ ...task, agent: agentName, payload });

/** A task whose condition is looked at only as it is launched, or was seen not to hold. */
export const isConditional = (task: Task): boolean => payloadOf(task)["when"] !== undefined;

/**
 * Dependencies of a joining task on the tasks that it joins.
 *
 * What a condition leaves out must not take the others along: then it waits
 * for the end of all, however they end, and judges for itself.
 */
export const onMembers = (
  ids: ReadonlyArray<TaskId>,
  mayBeLeftOut: boolean,
): ReadonlyArray<Dependency> =>
  ids.map((task) => (mayBeLeftOut ? { task, onFailure: "run-anyway" } : { task }));

/** Both lists, each task once: the first statement counts. */
export const joined = (
  one: ReadonlyArray<Dependency>,
  other: ReadonlyArray<Dependency>,
): ReadonlyArray<Dependency> => {
  const known = new Set(one.map(({ task }) => task));
  return [...one, ...other.filter(({ task }) => !known.has(task) && known.add(task))];
};

/** A task with its parameters: put into its texts, and kept with it as far as it needs them later. */
export const withParameters = (
  task: Task,
  params: Parameters,
  conditions: Conditions | undefined,
  rename: (task: TaskId) => TaskId = same,
): Result.Result<Task, string> => {
  const result = filled(task, { params, rename });
  const { when, ...payload } = payloadOf(result);
  if (typeof when !== "string") return Result.succeed(keeping(result, params, []));
  if (conditions === undefined) return Result.succeed(keeping(result, params, Object.keys(params)));
  const named = Result.map(conditions.names(when), (names) => names.params);
  if (Result.isFailure(named)) return Result.fail(named.failure);
  const isKnown = named.success.every((name) => Object.hasOwn(params, name));
  const holds = isKnown ? conditions.decide(when, params) : Result.succeed(undefined);
  if (Result.isFailure(holds)) return Result.fail(holds.failure);
  if (holds.success === true) return Result.succeed(keeping({ ...result, payload }, params, []));
  // One that does not hold stays too, so that the task is told as skipped, and why.
  const stays = { ...result, payload: { ...payload, when: conditions.renamed(when, rename) } };
  return Result.succeed(keeping(stays, params, named.success));
};

/** The parameters that texts still name, and those of its condition. */
const keeping = (task: Task, params: Parameters, named: ReadonlyArray<string>): Task => {
  const names = new Set([...named, ...parametersLeft(task)]);
  const kept = Object.fromEntries(Object.entries(params).filter(([name]) => names.has(name)));
  if (Object.keys(kept).length === 0) return task;
  const payload = payloadOf(task);
  const before = (payload["params"] ?? {}) as Schema.JsonObject;
  return { ...task, payload: { ...payload, params: { ...before, ...kept } } };
};

/** The id of the task for an item. */
export const itemId = (id: TaskId, index: number): TaskId => `${id}/${index}`;

/** The tasks for the items of a list; `before` is the task for any of them. */
export const instances = (
  before: Task,
  list: ReadonlyArray<Schema.Json>,
  conditions?: Conditions,
): Result.Result<ReadonlyArray<Task>, string> => {
  const tasks: Array<Task> = [];
  for (const [index, item] of list.entries()) {
    const one = { ...before, id: itemId(before.id, index) };
    const task = withParameters(one, { item, index }, conditions);
    if (Result.isFailure(task)) return Result.fail(task.failure);
    tasks.push(task.success);
  }
  return Result.succeed(tasks);
};

/** The task that stands for all items: its output is the list of their outputs. */
export const listOf = (
  before: Pick<Task, "id" | "title" | "dependsOn">,
  tasks: ReadonlyArray<Task>,
): Task => {
  const { id, title } = before;
  const mayBeLeftOut = tasks.some(isConditional);
  const members = onMembers(
    tasks.map((task) => task.id),
    mayBeLeftOut,
  );
  // Who waits for no items at all, or for some that were left out, still waits for what they waited for.
  const dependsOn =
    members.length === 0 || mayBeLeftOut ? joined(members, dependencies(before)) : members;
  return joining(
    {
      id,
      ...(title === undefined ? {} : { title }),
      ...(dependsOn.length === 0 ? {} : { dependsOn }),
    },
    { uses: actionNames.list },
  );
};
