import type { Issue, Review, ReviewComment } from "../world/model.ts";
import { associationOf, fullName } from "../world/World.ts";
import { type Place, toText, webUrlOf } from "./place.ts";
import { userAnswer } from "./userAnswer.ts";

const pullUrl = ({ api }: Place, { repo, number }: Issue): string =>
  `${api}/repos/${fullName(repo)}/pulls/${number}`;

export const reviewUrl = (place: Place, { issue, id }: Review): string =>
  `${webUrlOf(place, issue)}#pullrequestreview-${id}`;

export const reviewCommentUrl = (place: Place, { review, id }: ReviewComment): string =>
  `${webUrlOf(place, review.issue)}#discussion_r${id}`;

/** A review as `pull-request-review`. */
export const reviewAnswer = (place: Place, review: Review) => {
  const { issue, author } = review;
  const html = reviewUrl(place, review);
  return {
    id: review.id,
    node_id: review.nodeId,
    user: userAnswer(place, author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl(place, issue),
    author_association: associationOf({ author, association: null }, issue.repo),
    _links: { html: { href: html }, pull_request: { href: pullUrl(place, issue) } },
    submitted_at: toText(review.createdAt),
    commit_id: review.sha,
  };
};

/** A comment at a line as `pull-request-review-comment`. */
export const reviewCommentAnswer = (place: Place, comment: ReviewComment) => {
  const { review, id, path, line, body } = comment;
  const { issue, author, sha } = review;
  const html = reviewCommentUrl(place, comment);
  const url = `${place.api}/repos/${fullName(issue.repo)}/pulls/comments/${id}`;
  const at = toText(comment.createdAt);
  return {
    url,
    id,
    node_id: comment.nodeId,
    pull_request_review_id: review.id,
    diff_hunk: "@@ -1 +1 @@",
    path,
    ...(line === null ? {} : { line, original_line: line }),
    commit_id: sha,
    original_commit_id: sha,
    user: userAnswer(place, author),
    body,
    created_at: at,
    updated_at: at,
    html_url: html,
    pull_request_url: pullUrl(place, issue),
    author_association: associationOf({ author, association: null }, issue.repo),
    _links: {
      self: { href: url },
      html: { href: html },
      pull_request: { href: pullUrl(place, issue) },
    },
  };
};
