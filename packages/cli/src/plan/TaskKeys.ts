/** Whether the agent of a task reads what the task says, and understands it. */
import type { Task } from "@orchestrator/core";
import { PlanFile } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Routing from "./Routing.ts";

/** What a task says to an agent that reads nothing of it; undefined if all is read. */
export const unused = (task: Task.Task, defaults: PlanFile.TaskDefaults): string | undefined => {
  if (Routing.isForCodegen(task)) {
    const { length } = stated(task, ["env"], defaults);
    return length === 0
      ? undefined
      : `Task "${task.id}" has env, and Codegen runs no command: ${leaveOut}`;
  }
  const preset = Routing.presetOf(task);
  if (preset !== undefined) {
    return stated(task, ["branch"], defaults).length === 0
      ? undefined
      : `Task "${task.id}" has branch, and ${preset.title} works from the base of the plan: leave it out`;
  }
  const isCommand = (task.agent ?? Routing.local) === Routing.local && Routing.hasCommand(task);
  if (!isCommand) return undefined;
  const keys = stated(task, PlanFile.promptKeys, defaults);
  return keys.length === 0
    ? undefined
    : `Task "${task.id}" has ${keys.join(", ")}, and a command gets nothing of that: say it in its prompt, or give the task to Codegen (agent: ${Routing.codegen})`;
};

const leaveOut = "leave it out, or say in the prompt what the agent needs";

/** What all tasks of a plan take over is not meant for each of them. */
const stated = (
  { payload }: Task.Task,
  keys: ReadonlyArray<string>,
  defaults: PlanFile.TaskDefaults,
): ReadonlyArray<string> =>
  typeof payload === "object" && payload !== null
    ? keys.filter((key) => key in payload && !(key in defaults))
    : [];

/** Says of each task what Codegen would not understand. The adapter is loaded only where there are such tasks. */
export const unsuited = Effect.fn("TaskKeys.unsuited")(function* (tasks: ReadonlyArray<Task.Task>) {
  if (tasks.length === 0) return [];
  const { of } = yield* Effect.promise(() => import("@orchestrator/codegen/CodegenTask"));
  return tasks.flatMap((task) => {
    const read = of(task);
    return Result.isFailure(read) ? [{ task, message: read.failure }] : [];
  });
});
