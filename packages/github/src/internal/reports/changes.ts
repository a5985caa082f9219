import { Reporter } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { GitHubError } from "../../GitHubError.ts";
import { mayPass } from "./reportError.ts";

/** What is to be changed, and how. */
export type Change = readonly [what: string, change: Effect.Effect<void, GitHubError>];

/** All changes; one that fails stops none. */
export const together = Effect.fnUntraced(function* (changes: ReadonlyArray<Change>) {
  const failures: Array<readonly [string, GitHubError]> = [];
  for (const [what, change] of changes) {
    const result = yield* Effect.result(change);
    if (result._tag === "Failure") failures.push([what, result.failure]);
  }
  if (failures.length === 0) return;
  return yield* new Reporter.ReportError({
    reason: failures.some(([, error]) => mayPass(error)) ? "Ambiguous" : "Rejected",
    message: failures.map(([what, { message }]) => `${what}: ${message}`).join("; "),
  });
});
