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

/** A limit is on something that an agent of the run never tells, so that nobody could keep to it. */
export class LimitUnmeasured extends Schema.TaggedError<LimitUnmeasured>()("LimitUnmeasured", {
  /** What is limited. */
  what: Schema.Literals(["cost", "tokens"]),
  agent: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = 78;
  override get message(): string {
    const { agent, what } = this;
    return `There is a limit on ${what}, and the agent ${agent} does not say what ${what === "cost" ? "its work costs" : "tokens it uses"}: the limit could not be kept. Limit its launches or hours instead, or take the limit on ${what} away.`;
  }
}
