/** Tasks as an assistant states them. */
import type { Task } from "@orchestrator/core";
import { PlanFile } from "@orchestrator/local";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Fields from "./McpFields.ts";

/** The keys of a task that an assistant may state: those of a task in a plan file that need no explanation. */
const One = Schema.Struct({
  id: Fields.task,
  title: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(1_000))),
  prompt: Schema.optionalKey(
    Schema.String.check(Schema.isMaxLength(100_000)).annotate({
      description: "What the agent is asked to do",
    }),
  ),
  run: Schema.optionalKey(
    Schema.String.check(Schema.isMaxLength(100_000)).annotate({
      description: "The command of a task that is one, for a shell",
    }),
  ),
  agent: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "Which agent takes it, as claude or codegen" }),
  ),
  dependsOn: Schema.optionalKey(
    Schema.Array(Fields.task).annotate({ description: "Ids of tasks that come first" }),
  ),
  priority: Schema.optionalKey(Schema.Finite),
});

const mostTasks = 100;

export const Tasks = Schema.Array(One).check(Schema.isMinLength(1), Schema.isMaxLength(mostTasks));

/** A task that was stated is none. */
export class WrongTask extends Schema.TaggedError<WrongTask>()("WrongTask", {
  task: Schema.String,
  problem: Schema.String,
}) {
  override get message(): string {
    return `the task ${this.task} cannot be added, and nothing was: ${this.problem}.`;
  }
}

/** Tasks as they were stated, as the engine takes them. */
export const decodeAll = (
  tasks: typeof Tasks.Type,
  defaults: PlanFile.TaskDefaults | undefined,
): Result.Result<ReadonlyArray<Task.Task>, WrongTask> =>
  Result.all(
    tasks.map((task) =>
      Result.mapError(
        PlanFile.decodeTask(task, defaults),
        (problem) => new WrongTask({ task: task.id, problem }),
      ),
    ),
  );
