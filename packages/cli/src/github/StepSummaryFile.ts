/** The summary of a run for the page of a job in GitHub Actions. */
import type { RunState } from "@orchestrator/core";
import type { Statement } from "@orchestrator/github/Ledger";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { Screen } from "../terminal/Screen.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";

/** GitHub Actions names the file in it. */
const variable = "GITHUB_STEP_SUMMARY";

/** Appends what came out of a run, where a file for it is named; whatever happens to that is told and nothing else. */
export const append = Effect.fn("StepSummaryFile.append")(function* (
  state: RunState.RunState,
  ledger: Statement | undefined,
) {
  const { environment } = yield* Screen;
  const file = environment([variable])[variable] ?? "";
  if (file === "") return;
  const fs = yield* FileSystem.FileSystem;
  const { make } = yield* Effect.promise(() => import("@orchestrator/github/StepSummary"));
  const text = Scrubber.scrub(make(state, ledger === undefined ? {} : { ledger }));
  yield* Effect.catch(fs.writeFileString(file, `${text.trimEnd()}\n\n`, { flag: "a" }), (error) =>
    Effect.logWarning(`${variable} could not be written: ${error.message}`),
  );
});
