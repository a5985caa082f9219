/** Where a run leaves what, as people would type it where they are. */
import type { RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import type { RunBackend } from "./RunBackend.ts";
import * as RunRecord from "./RunRecord.ts";
import * as WorkflowChoice from "../workflow/WorkflowChoice.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";

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
  /** The words of the command that runs the plan, or what GitHub has by then, from the beginning. */
  readonly anew: ReadonlyArray<string>;
  /** What names the run to other commands from here. */
  readonly name: string;
  /** The command that goes on with the run. */
  readonly resume: string;
  /** The log file of the last attempt of a task, if it has one. */
  readonly logOf: (task: Pick<RunState.TaskState, "attempts" | "task">) => string | undefined;
}

/** The places of a run, and of the file that `--results` names. */
export const make = Effect.fn("RunPlaces.make")(function* (
  { allowedHosts, base, folder, id, setup }: RunBackend,
  exported: string | undefined,
) {
  const path = yield* Path.Path;
  const screen = yield* Screen;
  const near = (file: string): string => {
    const relative = path.relative(screen.folder, file);
    return relative === "" || relative.startsWith("..") ? file : relative;
  };
  const allowed = allowedHosts.flatMap((host) => ["--allow-host", host]);
  const name = RunRecord.isFoundFrom(path, folder.root, screen.folder) ? id : near(folder.root);
  return {
    results: near(RunRecord.resultsOf(path, folder.root)),
    logs: near(path.join(folder.root, "logs")),
    worktrees: base === undefined ? undefined : near(path.join(folder.root, "worktrees")),
    exported: exported === undefined ? undefined : near(exported),
    branch: base?.branch,
    takeOver: base?.takeOver,
    command: screen.command,
    anew: again(setup, near),
    name,
    resume: `${screen.command} ${Shell.line("resume", name, ...allowed)}`,
    logOf: ({ attempts, task }) => {
      const last = attempts.findLast(({ ref }) => ref !== undefined);
      return last === undefined ? undefined : near(folder.log(task.id, last.number));
    },
  } satisfies RunPlaces;
});

/** The words that start the same anew. */
const again = (setup: RunBackend["setup"], near: (file: string) => string) =>
  setup.workflow === undefined
    ? ["run", ...tasksOf(setup, near)]
    : WorkflowChoice.words(setup.workflow);

/** What names the same tasks again. */
const tasksOf = (
  { config, github, plan }: RunBackend["setup"],
  near: (file: string) => string,
): ReadonlyArray<string> => {
  if (plan !== undefined) return [near(plan)];
  const named = github?.named === undefined ? [] : ["--repo", github.named];
  const files = config === undefined || typeof config === "string" ? [config ?? []].flat() : config;
  return [...named, ...files.flatMap((file) => ["--config", near(file)])];
};
