import type { Account, AutoMerge, Issue, Repo } from "../world/model.ts";
import { changesOf, mergeableOf, mergeStateOf, partingOf } from "../world/requirements.ts";
import { fullName } from "../world/World.ts";
import { issueAnswer } from "./issueAnswer.ts";
import { type Place, toTextOrNull, webUrlOf } from "./place.ts";
import { repoAnswer } from "./repoAnswer.ts";
import { userAnswer, userOrNull } from "./userAnswer.ts";

/** A pull request as `pull-request-simple`. */
export const pullAnswer = (place: Place, issue: Issue) => {
  const pull = issue.pull!;
  const { repo, number } = issue;
  const base = `${place.api}/repos/${fullName(repo)}`;
  const url = `${base}/pulls/${number}`;
  const web = webUrlOf(place, issue);
  const { url: issueUrl, comments_url, ...common } = issueAnswer(place, issue);
  const links = {
    review_comments_url: `${url}/comments`,
    review_comment_url: `${base}/pulls/comments{/number}`,
    commits_url: `${url}/commits`,
    statuses_url: `${base}/statuses/${pull.sha}`,
  };
  return {
    url,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issueUrl,
    comments_url,
    ...links,
    id: pull.id,
    ...pick(common, shared),
    merged_at: toTextOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeSha,
    requested_reviewers: [],
    requested_teams: [],
    auto_merge: pull.autoMerge === null ? null : autoMergeAnswer(place, pull.autoMerge),
    draft: pull.isDraft,
    head: branchAnswer(place, repo, { owner: pull.headOwner, ref: pull.head, sha: pull.sha }),
    base: branchAnswer(place, repo, { owner: repo.owner, ref: pull.base, sha: pull.baseSha }),
    _links: {
      self: { href: url },
      html: { href: web },
      issue: { href: issueUrl },
      comments: { href: comments_url },
      review_comments: { href: links.review_comments_url },
      review_comment: { href: links.review_comment_url },
      commits: { href: links.commits_url },
      statuses: { href: links.statuses_url },
    },
  };
};

/** The same pull request as `pull-request`, with what lists leave out. */
export const wholePullAnswer = (place: Place, issue: Issue, now: number) => {
  const pull = issue.pull!;
  const isMerged = pull.mergedAt !== null;
  const mergeable = mergeableOf(issue, now);
  const files = changesOf(issue).size;
  return {
    ...pullAnswer(place, issue),
    merged: isMerged,
    mergeable: mergeable === "UNKNOWN" ? null : mergeable === "MERGEABLE",
    rebaseable: null,
    mergeable_state: mergeStateOf(issue, now).toLowerCase(),
    merged_by: userOrNull(place, pull.mergedBy),
    comments: issue.comments.length,
    review_comments: pull.comments.length,
    maintainer_can_modify: false,
    commits: partingOf(issue).ahead.length,
    additions: files,
    deletions: 0,
    changed_files: files,
  };
};

const shared = [
  "node_id",
  "number",
  "state",
  "locked",
  "title",
  "user",
  "body",
  "created_at",
  "updated_at",
  "closed_at",
  "assignee",
  "assignees",
  "labels",
  "milestone",
  "author_association",
  "active_lock_reason",
] as const;

const pick = (from: object, keys: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));

interface End {
  readonly owner: Account;
  readonly ref: string;
  readonly sha: string;
}

/** A fork is shown as the repository that it comes from. */
const branchAnswer = (place: Place, repo: Repo, { owner, ref, sha }: End) => ({
  label: `${owner.login}:${ref}`,
  ref,
  sha,
  user: userAnswer(place, owner),
  repo: repoAnswer(place, repo),
});

const autoMergeAnswer = (place: Place, { by, method }: AutoMerge) => ({
  enabled_by: userAnswer(place, by),
  merge_method: method,
  commit_title: "",
  commit_message: "",
});
