import { deleteRef } from "./branches.ts";
import type { FileChange, TreeEntry } from "./Git.ts";
import type { Maker } from "./Maker.ts";
import type { Issue, MergeMethod } from "./model.ts";
import type { Doing } from "./moments.ts";
import { closeIssue } from "./closing.ts";
import { moveBranch, tipOf } from "./pushes.ts";
import { filesOf, partingOf } from "./requirements.ts";
import { fullName, referenceOf } from "./World.ts";

/** By which way a pull request was merged. */
export type Way = "api" | "people" | "auto-merge" | "queue";

export interface Merge extends Doing {
  readonly method: MergeMethod;
  readonly way: Way;
  /** The head that the client pinned; `null` for none. */
  readonly expected: string | null;
}

/** Merges a pull request that nothing stands against, and closes what it names; gives the new tip. */
export const mergePull = (maker: Maker, issue: Issue, merge: Merge): string => {
  const { repo } = issue;
  const pull = issue.pull!;
  const { actor, at } = maker.doing(merge);
  const baseSha = tipOf(repo, pull.base);
  const sha = mergeCommit(maker, issue, merge);
  Object.assign(pull, { baseSha, mergedAt: at, mergedBy: actor, mergeSha: sha });
  if (pull.queued !== null) maker.world.drop(pull.queued);
  Object.assign(pull, { autoMerge: null, queued: null });
  maker.world.pending.delete(issue);
  maker.happened(issue, "MergedEvent", { actor, at });
  const { method, way, expected } = merge;
  const more = { method, way, expected, head: pull.sha, sha, base: pull.base, baseSha };
  maker.did("pull.merged", merge, referenceOf(issue), more);
  moveBranch(repo, pull.base, sha, at);
  // What follows from it is the service's doing.
  const doing = { by: actor.login, at };
  closeIssue(maker, issue, doing);
  if (pull.base === repo.defaultBranch)
    for (const closed of closedBy(maker, issue))
      if (closed.isOpen) closeIssue(maker, closed, doing);
  const isOwn = pull.headOwner === repo.owner && repo.git.tip(pull.head) !== null;
  if (repo.merging.deleteBranch && isOwn) deleteRef(maker, repo, `refs/heads/${pull.head}`, doing);
  return sha;
};

const mergeCommit = (maker: Maker, issue: Issue, merge: Merge): string => {
  const { repo, title, number } = issue;
  const pull = issue.pull!;
  const { git } = repo;
  const { actor: author, at } = maker.doing(merge);
  const tip = git.commits.get(tipOf(repo, pull.base))!;
  const { ahead } = partingOf(issue);
  const entries = [...filesOf(ahead).values()].flatMap(entriesOf);
  const commit = (message: string, parents: ReadonlyArray<string>, tree: string) =>
    git.commit({ tree, parents, message, author, at }).sha;
  const whole = git.tree(tip.tree, entries);
  if (merge.method === "merge")
    return commit(`Merge pull request #${number}`, [tip.sha, pull.sha], whole);
  if (merge.method === "squash") return commit(`${title} (#${number})`, [tip.sha], whole);
  return [...ahead]
    .reverse()
    .filter(({ parents }) => parents.length < 2)
    .reduce((parent, { changes, message }) => {
      const { tree } = git.commits.get(parent)!;
      return commit(message, [parent], git.tree(tree, changes.flatMap(entriesOf)));
    }, tip.sha);
};

/** The change of a tree that a change of a file is. */
export const entriesOf = (change: FileChange): ReadonlyArray<TreeEntry> => {
  const { path, status, previous, blob } = change;
  const common = { mode: "100644", type: "blob" };
  if (status === "removed") return [{ ...common, path, sha: null }];
  if (previous === undefined) return [{ ...common, path, sha: blob }];
  return [
    { ...common, path: previous, sha: null },
    { ...common, path, sha: blob, previous },
  ];
};

const keyword =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+\/[\w.-]+)?#(\d+)|https?:\/\/[^/\s]+\/([\w.-]+\/[\w.-]+)\/issues\/(\d+))/gi;

/** The issues that a pull request closes: those that its body names with a keyword, and those it was given. */
export const closedBy = (maker: Maker, issue: Issue): ReadonlyArray<Issue> => {
  const named = [...(issue.body ?? "").matchAll(keyword)].flatMap(
    ([, repo, number, far, there]) => {
      const name = `${far ?? repo ?? fullName(issue.repo)}#${there ?? number}`;
      const found = maker.world.issue(name);
      return found === null || found.pull !== null ? [] : [found];
    },
  );
  return [...new Set([...issue.pull!.closes, ...named])];
};

/** Ties a pull request to the issues that it closes; only what is meant for the default branch closes any. */
export const tieClosed = (maker: Maker, issue: Issue): void => {
  if (issue.pull!.base !== issue.repo.defaultBranch) return;
  for (const closed of closedBy(maker, issue)) {
    if (!issue.pull!.closes.includes(closed)) issue.pull!.closes.push(closed);
    if (!closed.closers.includes(issue)) closed.closers.push(issue);
  }
};
