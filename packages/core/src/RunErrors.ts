/** Why a run cannot be started or found. */
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";

/** The journal holds a run with this id already. */
export class RunExists extends Schema.TaggedError<RunExists>()("RunExists", {
  run: Schema.String,
}) {
  override get message(): string {
    return `The run ${this.run} exists already. Give the new one another id, or none.`;
  }
}

/** The journal holds no run with this id. */
export class RunNotFound extends Schema.TaggedError<RunNotFound>()("RunNotFound", {
  run: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = 66;
  override get message(): string {
    return `The journal has no run ${this.run}.`;
  }
}
