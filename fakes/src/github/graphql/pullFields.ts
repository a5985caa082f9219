import { toText, toTextOrNull } from "../rest/place.ts";
import { reviewCommentUrl, reviewUrl } from "../rest/reviewAnswer.ts";
import { rollupOf } from "../world/checks.ts";
import type { Commit } from "../world/Git.ts";
import type { AutoMerge, Issue, QueueEntry, Repo, Review, ReviewComment } from "../world/model.ts";
import {
  changesOf,
  decisionOf,
  mergeableOf,
  mergeStateOf,
  opinionsOf,
  partingOf,
  protectionOf,
} from "../world/requirements.ts";
import { queueOf } from "../world/settle.ts";
import { associationOf, fullName } from "../world/World.ts";
import { rollup } from "./checkFields.ts";
import { type Args, connect } from "./connection.ts";
import { type Context, type Fields, isVisible } from "./fields.ts";
import { pullState } from "./issueLists.ts";

/** A commit as GraphQL sees it: with its repository. */
export interface CommitNode {
  readonly kind: "Commit";
  readonly nodeId: string;
  readonly repo: Repo;
  readonly commit: Commit;
}

export const commitNode = (repo: Repo, sha: string | null): CommitNode | null => {
  const commit = sha === null ? undefined : repo.git.commits.get(sha);
  return commit === undefined ? null : { kind: "Commit", nodeId: `C_${sha}`, repo, commit };
};

/** A ref as GraphQL sees it; `null` for one that is not there. */
export const refNode = (repo: Repo, qualified: string) =>
  repo.git.refs.has(qualified)
    ? { kind: "Ref" as const, nodeId: `REF_${repo.id}_${qualified}`, repo, qualified }
    : null;

type RefNode = NonNullable<ReturnType<typeof refNode>>;

export const nowOf = ({ access }: Context): number => access.world.clock.now();

export const refFields: Fields<RefNode> = {
  id: ({ nodeId }) => nodeId,
  name: ({ qualified }) => qualified.replace(/^refs\/[^/]+\//, ""),
  prefix: ({ qualified }) => /^refs\/[^/]+\//.exec(qualified)?.[0] ?? "",
  repository: ({ repo }) => repo,
  target: ({ repo, qualified }) => commitNode(repo, repo.git.refs.get(qualified) ?? null),
  associatedPullRequests: ({ repo, qualified }, args, context) => {
    const states = args["states"] as ReadonlyArray<string> | null | undefined;
    const found = [...repo.issues.values()].filter(
      (issue) =>
        issue.pull !== null &&
        `refs/heads/${issue.pull.head}` === qualified &&
        (!states || states.includes(pullState(issue))),
    );
    return connect(found.filter(isVisible(context)), args, "associatedPullRequests");
  },
};

export const commitFields: Fields<CommitNode> = {
  id: ({ nodeId }) => nodeId,
  oid: ({ commit }) => commit.sha,
  abbreviatedOid: ({ commit }) => commit.sha.slice(0, 7),
  message: ({ commit }) => commit.message,
  messageHeadline: ({ commit }) => commit.message.split("\n")[0],
  committedDate: ({ commit }) => toText(commit.at),
  authoredDate: ({ commit }) => toText(commit.at),
  url: ({ repo, commit }, _args, { place }) =>
    `${place.web}/${fullName(repo)}/commit/${commit.sha}`,
  repository: ({ repo }) => repo,
  parents: ({ repo, commit }, args) =>
    connect(
      commit.parents.map((sha) => commitNode(repo, sha)),
      args,
      "parents",
    ),
  statusCheckRollup: ({ repo, commit }, _args, context) => {
    const state = rollupOf(repo, commit.sha, nowOf(context));
    return state === null ? null : rollup(context, { repo, sha: commit.sha, state });
  },
};

/** What a pull request has that an issue has not. */
export const ofPull: Fields<Issue> = {
  state: (issue) => pullState(issue),
  merged: ({ pull }) => pull!.mergedAt !== null,
  mergedAt: ({ pull }) => toTextOrNull(pull!.mergedAt),
  mergedBy: ({ pull }) => pull!.mergedBy,
  mergeCommit: ({ pull, repo }) => commitNode(repo, pull!.mergeSha),
  mergeable: (issue, _args, context) => mergeableOf(issue, nowOf(context)),
  mergeStateStatus: (issue, _args, context) => mergeStateOf(issue, nowOf(context)),
  reviewDecision: (issue) => decisionOf(issue),
  isDraft: ({ pull }) => pull!.isDraft,
  headRefName: ({ pull }) => pull!.head,
  headRefOid: ({ pull }) => pull!.sha,
  headRef: ({ pull, repo }) =>
    pull!.headOwner === repo.owner ? refNode(repo, `refs/heads/${pull!.head}`) : null,
  headRepository: ({ repo }) => repo,
  headRepositoryOwner: ({ pull }) => pull!.headOwner,
  baseRefName: ({ pull }) => pull!.base,
  baseRefOid: ({ pull }) => pull!.baseSha,
  baseRef: ({ pull, repo }) => refNode(repo, `refs/heads/${pull!.base}`),
  baseRepository: ({ repo }) => repo,
  isCrossRepository: ({ pull, repo }) => pull!.headOwner !== repo.owner,
  maintainerCanModify: () => false,
  additions: (issue) => changesOf(issue).size,
  deletions: () => 0,
  changedFiles: (issue) => changesOf(issue).size,
  files: (issue, args) =>
    connect(
      [...changesOf(issue).values()].map(({ path, status }) => ({
        path,
        changeType: status === "removed" ? "DELETED" : status.toUpperCase(),
        additions: 1,
        deletions: 0,
        viewerViewedState: "UNVIEWED",
      })),
      args,
      "files",
    ),
  commits: (issue, args) =>
    connect(
      [...partingOf(issue).ahead].reverse().map(({ sha }) => ({
        id: `PRC_${sha}`,
        url: "",
        commit: commitNode(issue.repo, sha),
        pullRequest: issue,
      })),
      args,
      "commits",
    ),
  statusCheckRollup: ({ repo, pull, ...issue }, _args, context) => {
    const required = protectionOf({ ...issue, repo, pull }).checks;
    const state = rollupOf(repo, pull!.sha, nowOf(context), required);
    return state === null ? null : rollup(context, { repo, sha: pull!.sha, state });
  },
  reviews: ({ pull }, args) => {
    const states = args["states"] as ReadonlyArray<string> | null | undefined;
    const found = pull!.reviews.filter(({ state }) => !states || states.includes(state));
    return connect(found, args, "reviews");
  },
  latestReviews: (issue, args) => connect(opinionsOf(issue, false), args, "latestReviews"),
  latestOpinionatedReviews: (issue, args) =>
    connect(opinionsOf(issue, args["writersOnly"] === true), args, "latestOpinionatedReviews"),
  reviewRequests: (_issue, args) => connect([], args, "reviewRequests"),
  autoMergeRequest: (issue) => autoMergeOf(issue, issue.pull!.autoMerge),
  isMergeQueueEnabled: (issue) => protectionOf(issue).queueSeconds !== null,
  isInMergeQueue: ({ pull }) => pull!.queued !== null,
  mergeQueueEntry: ({ pull }) => pull!.queued,
  closingIssuesReferences: ({ pull }, args: Args, context) =>
    connect(pull!.closes.filter(isVisible(context)), args, "closingIssuesReferences"),
};

const autoMergeOf = (issue: Issue, auto: AutoMerge | null) =>
  auto === null
    ? null
    : {
        enabledAt: toText(auto.at),
        enabledBy: auto.by,
        mergeMethod: auto.method.toUpperCase(),
        authorEmail: null,
        commitBody: null,
        commitHeadline: null,
        pullRequest: issue,
      };

export const queueFields: Fields<QueueEntry> = {
  id: ({ nodeId }) => nodeId,
  position: (entry) => placeOf(entry) + 1,
  state: (entry) => (placeOf(entry) === 0 ? "AWAITING_CHECKS" : "QUEUED"),
  enqueuedAt: ({ createdAt }) => toText(createdAt),
  enqueuer: ({ by }) => by,
  pullRequest: ({ pull }) => pull,
  solo: () => false,
  jump: () => false,
  estimatedTimeToMerge: () => null,
};

const placeOf = ({ pull }: QueueEntry): number => queueOf(pull.repo, pull.pull!.base).indexOf(pull);

export const reviewFields: Fields<Review> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  state: ({ state }) => state,
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  author: ({ author }) => author,
  authorAssociation: ({ author, issue }) =>
    associationOf({ author, association: null }, issue.repo),
  commit: ({ issue, sha }) => commitNode(issue.repo, sha),
  createdAt: ({ createdAt }) => toText(createdAt),
  submittedAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ createdAt }) => toText(createdAt),
  url: (review, _args, { place }) => reviewUrl(place, review),
  pullRequest: ({ issue }) => issue,
  comments: (review, args) =>
    connect(
      review.issue.pull!.comments.filter((comment) => comment.review === review),
      args,
      "comments",
    ),
};

export const reviewCommentFields: Fields<ReviewComment> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  path: ({ path }) => path,
  line: ({ line }) => line,
  originalLine: ({ line }) => line,
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  author: ({ review }) => review.author,
  createdAt: ({ createdAt }) => toText(createdAt),
  url: (comment, _args, { place }) => reviewCommentUrl(place, comment),
  pullRequestReview: ({ review }) => review,
  pullRequest: ({ review }) => review.issue,
};
