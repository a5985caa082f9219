/** The port to where tasks come from: a plan file, issues, a board. */
import * as Context from "effect/Context";
import * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";
import type { Task } from "./Task.ts";

/** Tasks could not be read. */
export class TaskSourceError extends Schema.TaggedError<TaskSourceError>()("TaskSourceError", {
  /** Which source: a file name, a repository. */
  source: Schema.String,
  message: Schema.String,
}) {}

/** Gives tasks with everything they depend on, in pieces of any size. */
export class TaskSource extends Context.Service<
  TaskSource,
  {
    /** What people call it: `plan.yaml`, `acme/shop issues`. */
    readonly name: string;
    /** All tasks; each read starts anew. */
    readonly tasks: Stream.Stream<Task, TaskSourceError>;
  }
>()("@orchestrator/core/TaskSource") {}
