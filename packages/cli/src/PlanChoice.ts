/** Which plan file is meant, named or not. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "./ExitCode.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

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
      "Name a plan (orchestrator run path/to/plan.yaml), or write one, for example plan.yaml with:",
      "tasks:",
      "  - id: hello",
      "    run: echo hello",
      Text.line(this.github),
    ].join("\n");
  }
}

/** The plan file that was named, or the first candidate in the current folder. */
export const choose = Effect.fn("PlanChoice.choose")(function* (named: Option.Option<string>) {
  if (Option.isSome(named)) {
    if (yield* isThere(named.value, true)) return named.value;
    return yield* new MissingPlan({ file: named.value });
  }
  const { command, folder } = yield* Screen;
  const github = `Issues on GitHub can be looked at (${command} plan), but not run yet.`;
  return (yield* find) ?? (yield* new NoPlan({ folder, github }));
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
