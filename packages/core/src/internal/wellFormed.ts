import { format } from "effect/Formatter";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { PlanProblem } from "../PlanProblem.ts";
import { Task } from "../Task.ts";

const decode = Schema.decodeUnknownResult(Task);

const plainKeys: ReadonlySet<string> = new Set(["id", "title", "prompt", "dependsOn"]);

/**
 * What is wrong with the shape of things that should be tasks.
 *
 * Types end where programs without types, JSON and agents begin. Tasks with
 * nothing but texts are looked at directly, all others by their schema. `first`
 * is the place of the first one in a longer list.
 */
export const problems = (tasks: unknown, first = 0): ReadonlyArray<PlanProblem> =>
  Array.isArray(tasks)
    ? tasks.flatMap((task: unknown, index) => (isPlain(task) ? [] : decoded(task, first + index)))
    : [
        {
          _tag: "InvalidTask",
          task: "tasks",
          message: `a list of tasks is wanted, not ${format(tasks)}`,
        },
      ];

const isText = (value: unknown): boolean => value === undefined || typeof value === "string";

const isPlain = (task: unknown): boolean => {
  if (typeof task !== "object" || task === null) return false;
  for (const key in task) if (!plainKeys.has(key)) return false;
  const { dependsOn, id, prompt, title } = task as Partial<Task>;
  if (typeof id !== "string" || id === "" || !isText(title) || !isText(prompt)) return false;
  if (dependsOn === undefined) return !("dependsOn" in task);
  return Array.isArray(dependsOn) && dependsOn.every((stated) => typeof stated === "string");
};

const decoded = (task: unknown, index: number): ReadonlyArray<PlanProblem> => {
  const result = decode(task);
  if (Result.isSuccess(result)) return [];
  return [{ _tag: "InvalidTask", task: nameOf(task, index), message: result.failure.message }];
};

/** Its id, or its place in the list. */
const nameOf = (task: unknown, index: number): string => {
  const id: unknown = typeof task === "object" && task !== null && "id" in task ? task.id : "";
  return typeof id === "string" && id !== "" ? id : `tasks[${index}]`;
};
