/** Whether a plan file is still the one that a run began with. */
import { createHash } from "node:crypto";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { RunSetup } from "../run/RunSetup.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as WorkflowChoice from "../workflow/WorkflowChoice.ts";

/** The SHA-256 of a file in hexadecimal; undefined if it cannot be read. */
export const of = Effect.fn("PlanHash.of")(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const content = yield* Effect.orElseSucceed(fs.readFile(file), () => undefined);
  return content === undefined ? undefined : createHash("sha256").update(content).digest("hex");
});

/** Says on standard error that a run goes on with the plan it began with, if the file is another one now. */
export const tell = Effect.fn("PlanHash.tell")(function* ({ plan, planHash, workflow }: RunSetup) {
  if (plan === undefined || planHash === undefined) return;
  const found = yield* of(plan);
  if (found === undefined || found === planHash) return;
  const { command, error } = yield* Screen;
  const anew = `${command} ${Shell.line(...(workflow === undefined ? ["run", plan] : WorkflowChoice.words(workflow)))}`;
  yield* error.print(
    `warning: ${Text.line(plan)} has changed since the run began; the run goes on with the plan as it was. To run the new one: ${anew}`,
  );
});
