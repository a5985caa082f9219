/** Where a run leaves what, as people would type it where they are. */
import type { RunState } from "@orchestrator/core";
import type { PlanFile } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import type { LocalRun } from "./LocalRun.ts";
import * as RunRecord from "./RunRecord.ts";
import { Screen } from "./Screen.ts";

export interface RunPlaces {
  readonly results: string;
  readonly logs: string;
  /** Undefined if commands work in no worktrees. */
  readonly worktrees: string | undefined;
  /** The file of `--results`. */
  readonly exported: string | undefined;
  /** The branch that has the work, if there is one. */
  readonly branch: string | undefined;
  /** The command that takes the work over, if it is not where it was asked to be. */
  readonly takeOver: string | undefined;
  /** How the orchestrator is called from here. */
  readonly command: string;
  /** The plan file. */
  readonly plan: string;
  /** What names the run to `orchestrator export` from here. */
  readonly name: string;
  /** The log file of the last attempt of a task, if it has one. */
  readonly logOf: (task: Pick<RunState.TaskState, "attempts" | "task">) => string | undefined;
}

/** The places of a run, and of the file that `--results` names. */
export const make = Effect.fn("RunPlaces.make")(function* (
  { base, folder, id }: LocalRun,
  plan: PlanFile.Plan,
  exported: string | undefined,
) {
  const path = yield* Path.Path;
  const screen = yield* Screen;
  const near = (file: string): string => {
    const relative = path.relative(screen.folder, file);
    return relative === "" || relative.startsWith("..") ? file : relative;
  };
  return {
    results: near(RunRecord.resultsOf(path, folder.root)),
    logs: near(path.join(folder.root, "logs")),
    worktrees: base === undefined ? undefined : near(path.join(folder.root, "worktrees")),
    exported,
    branch: base?.branch,
    takeOver: base?.takeOver,
    command: screen.command,
    plan: plan.file,
    name: RunRecord.isFoundFrom(path, folder.root, screen.folder) ? id : near(folder.root),
    logOf: ({ attempts, task }) => {
      const last = attempts.findLast(({ ref }) => ref !== undefined);
      return last === undefined ? undefined : near(folder.log(task.id, last.number));
    },
  } satisfies RunPlaces;
});
