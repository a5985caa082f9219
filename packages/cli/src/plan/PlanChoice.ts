/** Which plan file is meant, named or not. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** The files that are looked for, in this order. */
export const candidates: ReadonlyArray<string> = ["orchestrator.plan", "plan"].flatMap((name) =>
  ["yaml", "yml", "json"].map((ending) => `${name}.${ending}`),
);

/** The plan that was named is not there. */
export class MissingPlan extends Schema.TaggedError<MissingPlan>()("MissingPlan", {
  file: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    return `there is no plan ${Text.line(this.file)}. Check the name and the folder.`;
  }
}

/** No plan was named and none lies where one is looked for. */
export class NoPlan extends Schema.TaggedError<NoPlan>()("NoPlan", {
  folder: Schema.String,
  /** What can be done with the issues of GitHub, in a line. */
  github: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    return [
      `there is no plan in ${this.folder}.`,
      `Looked for ${candidates.join(", ")}.`,
      Text.line(this.github),
      "Name a plan (orchestrator run path/to/plan.yaml), or write one, for example plan.yaml with:",
      "tasks:",
      "  - id: hello",
      "    run: echo hello",
    ].join("\n");
  }
}

/** The plan file that was named. */
export const named = Effect.fn("PlanChoice.named")(function* (file: string) {
  return (yield* isThere(file, true)) ? file : yield* new MissingPlan({ file });
});

/** The first candidate in the current folder, or undefined. */
export const find = Effect.gen(function* () {
  for (const candidate of candidates) {
    if (yield* isThere(candidate, false)) return candidate;
  }
  return undefined;
});

/** Whatever else is wrong with a file is found when it is read. */
const isThere = Effect.fnUntraced(function* (file: string, otherwise: boolean) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  return yield* Effect.orElseSucceed(fs.exists(path.resolve(folder, file)), () => otherwise);
});
