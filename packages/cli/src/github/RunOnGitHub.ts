/** What there is to say about a run on GitHub beside what every run has. */
import type { RunState } from "@orchestrator/core";
import type { Statement } from "@orchestrator/github/Ledger";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as RunLedger from "../run/RunLedger.ts";
import { home } from "../run/RunRecord.ts";
import * as RunSetup from "../run/RunSetup.ts";
import type { RunWanted } from "../run/RunWanted.ts";

export interface RunOnGitHub {
  /** What people call the sources of its tasks. */
  readonly sources: ReadonlyArray<string>;
  /** The repositories that changes land in. */
  readonly repositories: ReadonlyArray<string>;
  /** The branch that changes land on; null for the default branch of each repository. */
  readonly base: string | null;
  /** Who merged as the run began: people, or the run. */
  readonly landing: RunSetup.OnGitHub["landing"];
  /** What was asked of GitHub so far; null if the run kept nothing of it. */
  readonly ledger: Statement | null;
}

/** Null for a run of a plan file, and for one that another program started. */
export const of = Effect.fn("RunOnGitHub.of")(function* (
  { project: { root }, run }: Pick<RunWanted, "project" | "run">,
  { context }: RunState.RunState,
) {
  const path = yield* Path.Path;
  const setup = yield* Effect.result(RunSetup.decode(run, context));
  if (Result.isFailure(setup) || setup.success.github === undefined) return null;
  const { base, landing, repositories, sources } = setup.success.github;
  const ledger = (yield* RunLedger.read(path.join(root, ...home, run))) ?? null;
  return { sources, repositories, base: base ?? null, landing, ledger } satisfies RunOnGitHub;
});
