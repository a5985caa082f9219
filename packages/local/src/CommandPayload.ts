/**
 * What a command agent finds in `task.payload`: the command and its environment.
 *
 * It is plain JSON, so that a task read from a plan file can be kept in a
 * journal and sent to another machine as it is.
 */
import * as Schema from "effect/Schema";

/**
 * The command of one task.
 *
 * Texts may hold references to outputs of other tasks (see `Variables.ts`);
 * they are replaced when the task starts.
 */
export const CommandPayload = Schema.Struct({
  /** A command line for the shell, or an argument list that is run without one. */
  run: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  /** Environment variables that the command gets besides those it always has. */
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
});
export type CommandPayload = typeof CommandPayload.Type;
