/** Something about a project or a template that keeps it from being written; each line says where and what. */
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Text from "../terminal/Text.ts";

/** A template, a name or a document cannot be used. Nothing was written. */
export class ProjectProblem extends Schema.TaggedError<ProjectProblem>()("ProjectProblem", {
  problems: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return this.problems.map((one) => Text.line(one)).join("\n");
  }
}
