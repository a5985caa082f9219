import type { Maker } from "./Maker.ts";
import { mergePull } from "./merge.ts";
import type { Issue, Repo } from "./model.ts";
import { receive } from "./receive.ts";
import { enterQueue, leaveQueue } from "./queue.ts";
import { checksOverAt, conflictsOf, knownAt, knownStateOf, protectionOf } from "./requirements.ts";

interface Due {
  readonly at: number;
  readonly act: () => void;
}

/** Does what the service does by itself, at the moments at which it was due: merges what waits for its requirements, and what has come through the queue. */
export const settle = (maker: Maker): void => {
  const { world } = maker;
  world.prepare();
  for (const repo of world.repos) receive(maker, repo);
  const now = world.horizon ?? world.clock.now();
  for (let due = earliest(maker, now); due !== null; due = earliest(maker, now)) due.act();
  world.settledAt = now;
};

const earliest = (maker: Maker, now: number): Due | null => {
  const all = [...maker.world.pending].flatMap((issue) => [
    ...autoMerge(maker, issue),
    ...queueHead(maker, issue),
  ]);
  return all
    .filter(({ at }) => at <= now)
    .reduce<Due | null>((first, due) => (first === null || due.at < first.at ? due : first), null);
};

const autoMerge = (maker: Maker, issue: Issue): ReadonlyArray<Due> => {
  const pull = issue.pull!;
  const { autoMerge: auto } = pull;
  const over = checksOverAt(issue);
  if (auto === null || over === null || pull.queued !== null) return [];
  const at = Math.max(auto.at, over, knownAt(issue), maker.world.settledAt);
  const state = knownStateOf(issue, at);
  if (state !== "CLEAN" && state !== "UNSTABLE") return [];
  const by = auto.by.login;
  const merge = { by, at, method: auto.method, way: "auto-merge" as const, expected: null };
  const isQueued = protectionOf(issue).queueSeconds !== null;
  return [
    {
      at,
      act: () =>
        void (isQueued ? enterQueue(maker, issue, { by, at }) : mergePull(maker, issue, merge)),
    },
  ];
};

const bot = "github-merge-queue[bot]";

const queueHead = (maker: Maker, issue: Issue): ReadonlyArray<Due> => {
  const pull = issue.pull!;
  const { queued } = pull;
  if (queued === null || queueOf(issue.repo, pull.base)[0] !== issue) return [];
  const since = Math.max(queued.createdAt, issue.repo.queueSince.get(pull.base) ?? 0);
  const at = since + (protectionOf(issue).queueSeconds ?? 0) * 1000;
  return [{ at, act: () => leaveAtEnd(maker, issue, at) }];
};

const leaveAtEnd = (maker: Maker, issue: Issue, at: number): void => {
  const pull = issue.pull!;
  const doing = { by: bot, at };
  issue.repo.queueSince.set(pull.base, at);
  if (pull.failsInQueue) return leaveQueue(maker, issue, doing, "failed_checks");
  if (conflictsOf(issue).length > 0) return leaveQueue(maker, issue, doing, "merge_conflict");
  const method = issue.repo.merging.squash ? "squash" : "merge";
  mergePull(maker, issue, { ...doing, method, way: "queue", expected: pull.queued!.sha });
};

/** What waits in the queue of a base, the next one first. */
export const queueOf = (repo: Repo, base: string): ReadonlyArray<Issue> =>
  [...repo.issues.values()]
    .filter(({ pull }) => pull !== null && pull.base === base && pull.queued !== null)
    .sort((a, b) => a.pull!.queued!.id - b.pull!.queued!.id);
