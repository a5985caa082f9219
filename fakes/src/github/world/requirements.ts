import { endOf, latestChecks, nameOf, verdictOf } from "./checks.ts";
import type { Commit, FileChange } from "./Git.ts";
import type { Issue, MergeMethod, Protection, Review } from "./model.ts";
import { tipOf } from "./pushes.ts";
import { isAtLeast } from "./Access.ts";
import { permissionOf } from "./World.ts";

export type Mergeable = "MERGEABLE" | "CONFLICTING" | "UNKNOWN";
export type MergeState =
  | "BEHIND"
  | "BLOCKED"
  | "CLEAN"
  | "DIRTY"
  | "DRAFT"
  | "UNKNOWN"
  | "UNSTABLE";
export type Decision = "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | null;

const nothing: Protection = {
  checks: [],
  reviews: 0,
  upToDate: false,
  linear: false,
  dismissStale: false,
  queueSeconds: null,
};

export const protectionOf = ({ repo, pull }: Issue): Protection =>
  repo.protections.get(pull!.base) ?? nothing;

/** What a row of commits changed together; a merge changes nothing of its own. */
export const filesOf = (commits: ReadonlyArray<Commit>): ReadonlyMap<string, FileChange> => {
  const files = new Map<string, FileChange>();
  for (const { changes, parents } of [...commits].reverse())
    for (const change of parents.length > 1 ? [] : changes) {
      const wasAdded = files.get(change.path)?.status === "added";
      files.set(change.path, wasAdded ? { ...change, status: "added" } : change);
    }
  return files;
};

/** What a pull request changes, against where its head left the base. */
export const changesOf = (issue: Issue): ReadonlyMap<string, FileChange> => {
  const pull = issue.pull!;
  const base = pull.mergedAt === null ? tipOf(issue.repo, pull.base) : pull.baseSha;
  return filesOf(issue.repo.git.compare(base, pull.sha).ahead);
};

/** Paths that both the pull request and its base have changed since they parted, and not to the same. */
export const conflictsOf = (issue: Issue): ReadonlyArray<string> => {
  const { ahead, behind } = partingOf(issue);
  const [ours, theirs] = [filesOf(ahead), filesOf(behind)];
  const touched = new Set([...theirs.values()].flatMap(pathsOf));
  const isSame = (path: string) =>
    ours.has(path) && ours.get(path)?.blob === theirs.get(path)?.blob;
  const paths = [...ours.values()].flatMap(pathsOf);
  return paths.filter((path) => touched.has(path) && !isSame(path));
};

const pathsOf = ({ path, previous }: FileChange): ReadonlyArray<string> =>
  previous === undefined ? [path] : [path, previous];

export const partingOf = ({ repo, pull }: Issue) =>
  repo.git.compare(tipOf(repo, pull!.base), pull!.sha);

/** When the service has found out whether it can be merged. */
export const knownAt = ({ repo, pull }: Issue): number =>
  Math.max(pull!.pushedAt, repo.movedAt.get(pull!.base) ?? 0) +
  repo.merging.mergeableSeconds * 1000;

export const mergeableOf = (issue: Issue, now: number): Mergeable => {
  if (!issue.isOpen || now < knownAt(issue)) return "UNKNOWN";
  return conflictsOf(issue).length === 0 ? "MERGEABLE" : "CONFLICTING";
};

/** Of each reviewer the last review with an opinion. */
export const opinionsOf = ({ pull, repo }: Issue, writersOnly: boolean): ReadonlyArray<Review> => {
  const latest = new Map<string, Review>();
  for (const review of pull!.reviews)
    if (review.state !== "COMMENTED") latest.set(review.author.login, review);
  const isHeard = ({ author }: Review) =>
    !writersOnly || isAtLeast(permissionOf(author, repo), "write");
  return [...latest.values()].filter(isHeard);
};

export const decisionOf = (issue: Issue): Decision => {
  const states = opinionsOf(issue, true).map(({ state }) => state);
  const { reviews } = protectionOf(issue);
  const approvals = states.filter((state) => state === "APPROVED").length;
  if (states.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  if (approvals > 0 && approvals >= reviews) return "APPROVED";
  return reviews > 0 ? "REVIEW_REQUIRED" : null;
};

/** What the rules of the base still ask for, in the service's words. */
export const obstaclesOf = (issue: Issue, now: number): ReadonlyArray<string> => [
  ...reviewObstacles(issue),
  ...checkObstacles(issue, now),
];

const reviewObstacles = (issue: Issue): ReadonlyArray<string> => {
  const { reviews } = protectionOf(issue);
  if (reviews === 0 || decisionOf(issue) === "APPROVED") return [];
  const [noun, verb] = reviews === 1 ? ["review", "is"] : ["reviews", "are"];
  return [`At least ${reviews} approving ${noun} ${verb} required by reviewers with write access.`];
};

const checkObstacles = (issue: Issue, now: number): ReadonlyArray<string> => {
  const { repo, pull } = issue;
  const checks = latestChecks(repo, pull!.sha, now);
  return protectionOf(issue).checks.flatMap((name) => {
    const found = checks.filter((check) => nameOf(check) === name);
    const verdicts = found.map((check) => verdictOf(check, now));
    if (verdicts.includes("failed")) return [`Required status check "${name}" is failing.`];
    if (verdicts.includes("passed") && !verdicts.includes("pending")) return [];
    return [`Required status check "${name}" is expected.`];
  });
};

export const isBehind = (issue: Issue): boolean => partingOf(issue).behind.length > 0;

export const mergeStateOf = (issue: Issue, now: number): MergeState =>
  mergeableOf(issue, now) === "UNKNOWN" ? "UNKNOWN" : knownStateOf(issue, now);

/** The state as it will be known once it was computed. */
export const knownStateOf = (issue: Issue, now: number): MergeState => {
  const { pull, repo } = issue;
  if (conflictsOf(issue).length > 0) return "DIRTY";
  if (pull!.isDraft) return "DRAFT";
  if (protectionOf(issue).upToDate && isBehind(issue)) return "BEHIND";
  if (obstaclesOf(issue, now).length > 0) return "BLOCKED";
  const checks = latestChecks(repo, pull!.sha, now);
  return checks.every((check) => verdictOf(check, now) === "passed") ? "CLEAN" : "UNSTABLE";
};

const methodWords: Readonly<Record<MergeMethod, string>> = {
  merge: "Merge commits are not allowed on this repository.",
  squash: "Squash merges are not allowed on this repository.",
  rebase: "Rebase merges are not allowed on this repository.",
};

/** Why a method is not allowed, if it is not. */
export const refusedMethod = (issue: Issue, method: MergeMethod): string | null => {
  const isLinear = method !== "merge" || !protectionOf(issue).linear;
  return issue.repo.merging[method] && isLinear ? null : methodWords[method];
};

/** From when on the required checks of the head are over; `null` for never. */
export const checksOverAt = (issue: Issue): number | null => {
  const { repo, pull } = issue;
  const required = new Set(protectionOf(issue).checks);
  const ends = (repo.checks.get(pull!.sha) ?? [])
    .filter((check) => required.has(nameOf(check)))
    .map(endOf);
  return ends.includes(null) ? null : Math.max(0, ...(ends as ReadonlyArray<number>));
};
