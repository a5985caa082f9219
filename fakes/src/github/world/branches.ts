import { startChecks } from "./checks.ts";
import type { Maker } from "./Maker.ts";
import type { Issue, Repo } from "./model.ts";
import type { Doing } from "./moments.ts";
import { closeIssue } from "./closing.ts";
import { moveBranch } from "./pushes.ts";
import { leaveQueue } from "./queue.ts";
import { touch } from "./threads.ts";
import { fullName, referenceOf } from "./World.ts";

const heads = "refs/heads/";

/** The branch that a ref is, if it is one. */
export const branchOf = (ref: string): string | null =>
  ref.startsWith(heads) ? ref.slice(heads.length) : null;

/** Open pull requests whose head is a branch of this repository. */
export const pullsFrom = (repo: Repo, branch: string | null): ReadonlyArray<Issue> =>
  [...repo.issues.values()].filter(
    ({ isOpen, pull }) =>
      isOpen && pull !== null && pull.head === branch && pull.headOwner === repo.owner,
  );

/** Sets a ref to a commit, and with it the heads of pull requests. */
export const moveRef = (maker: Maker, repo: Repo, ref: string, sha: string, doing: Doing): void => {
  const former = repo.git.refs.get(ref) ?? null;
  const isForced = former !== null && !repo.git.isAncestor(former, sha);
  const what = former === null ? "ref.created" : isForced ? "ref.forced" : "ref.moved";
  maker.did(what, doing, fullName(repo), { ref, sha, former });
  const branch = branchOf(ref);
  if (branch === null) return void repo.git.refs.set(ref, sha);
  moveBranch(repo, branch, sha, maker.doing(doing).at);
  for (const issue of pullsFrom(repo, branch)) receivePush(maker, issue, sha, doing);
};

/** What a push does to a pull request: checks begin anew, and nobody knows whether it can be merged. */
export const receivePush = (maker: Maker, issue: Issue, sha: string, doing: Doing): void => {
  const pull = issue.pull!;
  const { at } = maker.doing(doing);
  const reason = "The pull request was updated.";
  if (pull.queued !== null) leaveQueue(maker, issue, doing, reason);
  Object.assign(pull, { sha, pushedAt: at });
  startChecks(issue.repo, sha, pull.checks ?? issue.repo.headChecks, at);
  if (issue.repo.protections.get(pull.base)?.dismissStale === true)
    for (const review of pull.reviews) if (review.state === "APPROVED") review.state = "DISMISSED";
  touch(issue, at);
  maker.did("pull.pushed", doing, referenceOf(issue), { sha });
};

/** Whether a branch has what no other branch that people merge into has. */
export const hasUnmerged = (repo: Repo, branch: string): boolean => {
  const tip = repo.git.tip(branch);
  if (tip === null) return false;
  const isLanded = [...repo.issues.values()].some(
    ({ pull }) => pull !== null && pull.sha === tip.sha && pull.mergedAt !== null,
  );
  const base = repo.git.tip(repo.defaultBranch);
  return !isLanded && (base === null || !repo.git.isAncestor(tip.sha, base.sha));
};

const pullsInto = (repo: Repo, branch: string | null): ReadonlyArray<Issue> =>
  [...repo.issues.values()].filter(
    ({ isOpen, pull }) => isOpen && pull !== null && pull.base === branch,
  );

const mergedInto = (repo: Repo, branch: string | null): string | undefined =>
  [...repo.issues.values()].findLast(({ pull }) => pull?.head === branch && pull.mergedAt !== null)
    ?.pull?.base;

/**
 * Takes a ref away; pull requests of a branch that goes are closed with it. Those that were to be
 * merged into it get the base into which it was merged itself, and are closed if it never was.
 */
export const deleteRef = (maker: Maker, repo: Repo, ref: string, doing: Doing): void => {
  const branch = branchOf(ref);
  const isLoss = branch !== null && hasUnmerged(repo, branch);
  maker.did("ref.deleted", doing, fullName(repo), { ref, hadUnmerged: isLoss });
  const orphans = pullsFrom(repo, branch);
  repo.git.refs.delete(ref);
  for (const issue of pullsInto(repo, branch)) {
    const base = mergedInto(repo, branch);
    if (base === undefined) closeIssue(maker, issue, doing);
    else {
      issue.pull!.base = base;
      touch(issue, maker.doing(doing).at);
    }
  }
  for (const issue of orphans) {
    maker.happened(issue, "HeadRefDeletedEvent", maker.doing(doing));
    closeIssue(maker, issue, doing);
  }
};
