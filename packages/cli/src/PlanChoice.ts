/** Which plan file is meant when none is named. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "./ExitCode.ts";
import { Screen } from "./Screen.ts";

/** The files that are looked for, in this order. */
export const candidates: ReadonlyArray<string> = ["orchestrator.plan", "plan"].flatMap((name) =>
  ["yaml", "yml", "json"].map((ending) => `${name}.${ending}`),
);

/** No plan was named and none lies where one is looked for. */
export class NoPlan extends Schema.TaggedError<NoPlan>()("NoPlan", { folder: Schema.String }) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return [
      `there is no plan in ${this.folder}.`,
      `Looked for ${candidates.join(", ")}.`,
      "Name a plan (orchestrator run path/to/plan.yaml), or write one, for example plan.yaml with:",
      "tasks:",
      "  - id: hello",
      "    run: echo hello",
    ].join("\n");
  }
}

/** The plan that was named, or the first candidate in the current folder. */
export const choose = Effect.fn("PlanChoice.choose")(function* (named: Option.Option<string>) {
  if (Option.isSome(named)) return named.value;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  for (const candidate of candidates) {
    const isThere = yield* fs
      .exists(path.join(folder, candidate))
      .pipe(Effect.orElseSucceed(() => false));
    if (isThere) return candidate;
  }
  return yield* new NoPlan({ folder });
});
