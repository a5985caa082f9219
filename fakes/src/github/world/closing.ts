import type { Maker } from "./Maker.ts";
import type { Issue, StateReason } from "./model.ts";
import type { Doing } from "./moments.ts";
import { disableAutoMerge, leaveQueue } from "./queue.ts";
import { touch } from "./threads.ts";
import { referenceOf } from "./World.ts";

/** Closes an issue, or a pull request, which has no reason for it. */
export const closeIssue = (
  maker: Maker,
  issue: Issue,
  change: Doing,
  reason: StateReason = "completed",
): void => {
  const { actor, at } = maker.doing(change);
  const stateReason = issue.pull === null ? reason : null;
  Object.assign(issue, { isOpen: false, stateReason, closedAt: at, closedBy: actor });
  maker.happened(issue, "ClosedEvent", { actor, at }, { stateReason });
  if (issue.pull !== null) release(maker, issue, change);
  touch(issue, at);
  maker.did("issue.closed", change, referenceOf(issue), { stateReason });
};

export const reopenIssue = (maker: Maker, issue: Issue, change: Doing): void => {
  const doing = maker.doing(change);
  const stateReason = issue.pull === null ? ("reopened" as const) : null;
  Object.assign(issue, { isOpen: true, stateReason, closedAt: null, closedBy: null });
  maker.happened(issue, "ReopenedEvent", doing);
  touch(issue, doing.at);
  maker.did("issue.reopened", change, referenceOf(issue));
};

/** A closed pull request waits for nothing any more. */
const release = (maker: Maker, issue: Issue, change: Doing): void => {
  disableAutoMerge(maker, issue, change, "Pull request was closed");
  leaveQueue(maker, issue, change, "Pull request was closed");
};
