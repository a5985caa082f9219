import type { Maker } from "./Maker.ts";
import type { Issue, QueueEntry } from "./model.ts";
import type { Doing } from "./moments.ts";
import { touch } from "./threads.ts";
import { referenceOf } from "./World.ts";

/** Puts a pull request at the end of the merge queue. */
export const enterQueue = (maker: Maker, issue: Issue, doing: Doing): QueueEntry => {
  const pull = issue.pull!;
  const { actor, at } = maker.doing(doing);
  const minted = maker.world.mint("QueueEntry");
  const kind = "QueueEntry" as const;
  const entry = { kind, ...minted, pull: issue, by: actor, sha: pull.sha, createdAt: at };
  Object.assign(pull, { queued: maker.world.keep(entry), autoMerge: null });
  maker.world.pending.add(issue);
  maker.happened(issue, "AddedToMergeQueueEvent", { actor, at });
  touch(issue, at);
  maker.did("queue.entered", doing, referenceOf(issue), { sha: pull.sha });
  return entry;
};

/** Takes a pull request out of the merge queue; `reason` in the service's words. */
export const leaveQueue = (maker: Maker, issue: Issue, doing: Doing, reason: string): void => {
  const pull = issue.pull!;
  if (pull.queued === null) return;
  maker.world.drop(pull.queued);
  pull.queued = null;
  ended(maker, issue, doing, reason, ["RemovedFromMergeQueueEvent", "queue.left"]);
};

export const disableAutoMerge = (
  maker: Maker,
  issue: Issue,
  doing: Doing,
  reason: string,
): void => {
  const pull = issue.pull!;
  if (pull.autoMerge === null) return;
  pull.autoMerge = null;
  ended(maker, issue, doing, reason, ["AutoMergeDisabledEvent", "autoMerge.disabled"]);
};

/** A merge that was asked for is asked for no more. */
const ended = (
  maker: Maker,
  issue: Issue,
  doing: Doing,
  reason: string,
  [event, deed]: readonly [Parameters<Maker["happened"]>[1], Parameters<Maker["did"]>[0]],
): void => {
  const { autoMerge, queued } = issue.pull!;
  if (autoMerge === null && queued === null) maker.world.pending.delete(issue);
  const when = maker.doing(doing);
  maker.happened(issue, event, when, { reason });
  touch(issue, when.at);
  maker.did(deed, doing, referenceOf(issue), { reason });
};
