/** Why an attempt did not succeed, in the terms that decide whether it is tried again. */
import * as Schema from "effect/Schema";

/**
 * - `infrastructure`: the agent never got to work properly (not started, connection lost).
 *   Tried again without being charged to the task.
 * - `agent`: the agent worked and failed. Tried again up to the task's attempts.
 * - `timeout`: it did not end in time and was cancelled. As `agent`.
 * - `conflict`: the change does not fit the base any more. Tried again from the new base, as often
 *   as changes may be put right.
 * - `refused`: the change was not taken as it is. As `conflict`, unless the same stood in the way before.
 * - `permanent`: trying again cannot help.
 */
export const FailureClass = Schema.Literals([
  "infrastructure",
  "agent",
  "timeout",
  "conflict",
  "refused",
  "permanent",
]);
export type FailureClass = typeof FailureClass.Type;

/** One failure: its class, a sentence for people, and data to act on. */
export const Failure = Schema.Struct({
  class: FailureClass,
  message: Schema.String,
  /** Paths in conflict, an exit code, a status: whatever the reporter knows, as JSON. */
  detail: Schema.optionalKey(Schema.Json),
  /** What stood in the way of a landing, to tell whether an attempt changed anything about it. */
  obstacle: Schema.optionalKey(Schema.String),
  /** When what the agent had none left of is there again, as after a quota; in milliseconds since the epoch. Until then nothing is launched on its kind of agent. */
  until: Schema.optionalKey(Schema.Finite),
});
export type Failure = typeof Failure.Type;

/** A failure of an effect inside an agent that already knows its class. */
export class TaskFailed extends Schema.TaggedError<TaskFailed>()("TaskFailed", {
  failure: Failure,
}) {
  override get message(): string {
    return this.failure.message;
  }
}

/** Fails with a class, for functions that act as agents. */
export const make = (failureClass: FailureClass, message: string): TaskFailed =>
  new TaskFailed({ failure: { class: failureClass, message } });

/** What a thrown or rejected value amounts to: a `TaskFailed` itself, anything else class `agent`. */
export const of = (error: unknown): TaskFailed =>
  error instanceof TaskFailed
    ? error
    : make("agent", error instanceof Error ? error.message : String(error));
