/** What somebody is told who does not wait for a run to end in order. */
import type { RunState } from "@orchestrator/core";
import { count } from "./Words.ts";

/** Where a run keeps what stays behind, as people would type it. */
export interface Places {
  readonly logs: string;
  /** Undefined if commands work in no worktrees. */
  readonly worktrees: string | undefined;
}

/** What becomes of the commands that are at work, and what is left of them, in one line. */
export const line = (state: RunState.RunState, { logs, worktrees }: Places): string => {
  const working = state.count("Launching") + state.count("Running");
  const landing = state.count("Landing");
  const one = working === 1;
  const killed = `${count(working, "command was", "commands were")} killed; ${one ? "its" : "their"}`;
  return [
    "ending at once: ",
    ...(working === 0
      ? [`no command was at work; logs are in ${logs}`]
      : worktrees === undefined
        ? [`${killed} ${one ? "log is" : "logs are"} in ${logs}`]
        : [`${killed} ${one ? "worktree stays" : "worktrees stay"} in ${worktrees}`]),
    ...(landing === 0 ? [] : [`; ${count(landing, "landing")} may have been cut short`]),
  ].join("");
};
