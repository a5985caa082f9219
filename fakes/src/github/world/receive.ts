import { deleteRef, moveRef } from "./branches.ts";
import { emptyTree } from "./Git.ts";
import type { Maker } from "./Maker.ts";
import type { Repo } from "./model.ts";

/** Sees what was pushed to the git side of a repository since somebody looked last. */
export const receive = (maker: Maker, repo: Repo): void => {
  const { git } = repo;
  if (git.disk === null) return;
  const now = git.disk.branches();
  for (const [ref, tip] of now) {
    if (git.refs.get(ref) === tip) continue;
    for (const { entries, sha, ...pushed } of git.disk.pushed(tip, (one) => git.commits.has(one))) {
      const before = git.commits.get(pushed.parents[0] ?? "")?.tree ?? emptyTree;
      git.keep({ ...pushed, tree: git.tree(before, entries), author: null }, sha);
    }
    moveRef(maker, repo, ref, tip, {});
  }
  for (const ref of git.refs.keys()) {
    if (ref.startsWith("refs/heads/") && !now.has(ref)) deleteRef(maker, repo, ref, {});
  }
};
