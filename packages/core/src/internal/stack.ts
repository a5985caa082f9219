/** Where agents begin that build on a change which has not landed, and what becomes of that change. */
import type { Change, StartFrom } from "../AgentPort.ts";
import type { Standing } from "../CodeHost.ts";
import type { RunState } from "../RunState.ts";
import { stackedOn } from "../Task.ts";

/** The change at which the next attempt at a task begins; undefined: at the base. */
export const beginning = (state: RunState, node: number): StartFrom | undefined => {
  const stacked = stackedOn(state.table.task(node));
  if (stacked === undefined) return undefined;
  const { attempts, outcome } = state.get(stacked.task)!;
  // What ended has landed or never will. What is held may still land, unless a person went on without it.
  const isOver = outcome !== undefined && (outcome !== "Held" || state.isAllowed(node));
  const last = attempts.findLast(({ change }) => change !== undefined);
  if (isOver || last === undefined) return undefined;
  return { task: stacked.task, attempt: last.number, change: last.change! };
};

/** What has become of a change on which another one stands. */
export const standing = (state: RunState, { attempt, change, task }: StartFrom): Standing => {
  const { attempts, outcome } = state.get(task)!;
  if (outcome === undefined) return { _tag: "Open" };
  if (outcome !== "Succeeded") return { _tag: "Ended", outcome };
  const last = attempts.at(-1);
  const isSame =
    last?.number === attempt || (last?.change !== undefined && isContinued(change, last.change));
  return { _tag: isSame ? "Landed" : "Replaced" };
};

/** Whether a later attempt went on with what an earlier one left. */
const isContinued = (before: Change, after: Change): boolean => {
  if (before.branch !== undefined && before.branch === after.branch) return true;
  return before.pullRequests?.some((url) => after.pullRequests?.includes(url)) ?? false;
};
