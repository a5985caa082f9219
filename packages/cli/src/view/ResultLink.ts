/** Where people can look at what a task came to. */
import type { RunState } from "@orchestrator/core";

/** The pull requests of the last attempt, else the page of its agent run; undefined if there is neither. */
export const of = ({ attempts }: Pick<RunState.TaskState, "attempts">): string | undefined => {
  const { change, ref } = attempts.at(-1) ?? {};
  const pulls = change?.pullRequests ?? [];
  return pulls.length > 0 ? pulls.join(" ") : ref?.url;
};
