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
  forget(maker, issue);
  const when = maker.doing(doing);
  maker.happened(issue, "RemovedFromMergeQueueEvent", when, { reason });
  touch(issue, when.at);
  maker.did("queue.left", doing, referenceOf(issue), { reason });
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
  forget(maker, issue);
  const when = maker.doing(doing);
  maker.happened(issue, "AutoMergeDisabledEvent", when, { reason });
  touch(issue, when.at);
  maker.did("autoMerge.disabled", doing, referenceOf(issue), { reason });
};

const forget = ({ world }: Maker, issue: Issue): void => {
  if (issue.pull!.autoMerge === null && issue.pull!.queued === null) world.pending.delete(issue);
};
