import type { Issue, Repo } from "../world/model.ts";
import { fullName } from "../world/World.ts";
import { issueAnswer } from "./issueAnswer.ts";
import { type Place, toTextOrNull, webUrlOf } from "./place.ts";
import { repoAnswer } from "./repoAnswer.ts";
import { userAnswer } from "./userAnswer.ts";

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
    merge_commit_sha: pull.mergedAt === null ? null : pull.sha,
    requested_reviewers: [],
    requested_teams: [],
    auto_merge: null,
    draft: pull.isDraft,
    head: branchAnswer(place, repo, pull.head, pull.sha),
    base: branchAnswer(place, repo, pull.base, pull.sha),
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
export const wholePullAnswer = (place: Place, issue: Issue) => {
  const pull = issue.pull!;
  const isMerged = pull.mergedAt !== null;
  return {
    ...pullAnswer(place, issue),
    merged: isMerged,
    mergeable: isMerged ? null : true,
    rebaseable: null,
    mergeable_state: isMerged ? "unknown" : pull.isDraft ? "draft" : "clean",
    merged_by: isMerged && issue.closedBy !== null ? userAnswer(place, issue.closedBy) : null,
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: 1,
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

const branchAnswer = (place: Place, repo: Repo, ref: string, sha: string) => ({
  label: `${repo.owner.login}:${ref}`,
  ref,
  sha,
  user: userAnswer(place, repo.owner),
  repo: repoAnswer(place, repo),
});
