/** One attempt that this process started, and the place where it works. */
import type { Agent, Task } from "@orchestrator/core";
import type * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { CommandAgentOptions } from "../CommandAgent.ts";
import type { DiscoveryFile } from "../DiscoveryFile.ts";
import type { AttemptFiles } from "../RunFolder.ts";
import * as RunFolder from "../RunFolder.ts";
import * as Worktree from "../Worktree.ts";
import type { CommandProcess } from "./CommandProcess.ts";

/** What closing the attempt's scope does: remove all, leave the branch to be landed, or leave all. */
export type Fate = "discard" | "deliver" | "keep";

/** The folder of an attempt. */
export interface Place {
  readonly folder: string;
  readonly worktree: Worktree.Worktree | undefined;
  readonly decideFate: (fate: Fate) => void;
}

export interface Attempt {
  readonly task: Task.Task;
  readonly files: AttemptFiles;
  readonly place: Place;
  readonly log: string;
  readonly process: CommandProcess;
  readonly scope: Scope.Closeable;
  readonly discovery: DiscoveryFile;
  readonly end: Deferred.Deferred<Agent.AgentRunEnd>;
  readonly state: { isEnding: boolean; isCancelled: boolean };
}

/** Makes the place of an attempt; closing the scope does with it what its fate says. */
export const place = Effect.fnUntraced(function* (
  options: CommandAgentOptions,
  request: Agent.LaunchRequest,
) {
  const { isolation } = options;
  if (isolation._tag === "None") {
    return { folder: isolation.folder, worktree: undefined, decideFate: () => {} } satisfies Place;
  }
  const { task, attempt, run } = request;
  const path = options.folder.worktree(task.id, attempt);
  const branch = RunFolder.branch(run, task.id, attempt);
  let fate: Fate = "discard";
  yield* Effect.addFinalizer(() =>
    fate === "keep"
      ? Effect.void
      : Worktree.remove(isolation.base, { path, branch }, { keepBranch: fate === "deliver" }).pipe(
          Effect.catch((error) =>
            Effect.logWarning(`The worktree ${path} was not removed: ${error.message}`),
          ),
        ),
  );
  const worktree = yield* Worktree.add(isolation.base, path, branch).pipe(
    Effect.tapError((error) =>
      Effect.sync(() => {
        // What was there before is not ours to remove.
        if (error.reason === "BranchExists") fate = "keep";
      }),
    ),
  );
  return {
    folder: worktree.path,
    worktree,
    decideFate: (decided) => {
      fate = decided;
    },
  } satisfies Place;
});
