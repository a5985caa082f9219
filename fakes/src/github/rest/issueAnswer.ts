import type { Comment, Issue, Label, Milestone } from "../world/model.ts";
import { associationOf, fullName } from "../world/World.ts";
import { type Place, toText, toTextOrNull, webUrlOf } from "./place.ts";
import { dependenciesSummary, subIssuesSummary } from "./summaries.ts";
import { userAnswer, userOrNull } from "./userAnswer.ts";

export const labelAnswer = ({ api }: Place, label: Label) => ({
  id: label.id,
  node_id: label.nodeId,
  url: `${api}/repos/${fullName(label.repo)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: false,
  description: label.description,
});

export const milestoneAnswer = (place: Place, milestone: Milestone) => {
  const { repo, number } = milestone;
  const inside = [...repo.issues.values()].filter((issue) => issue.milestone === milestone);
  const url = `${place.api}/repos/${fullName(repo)}/milestones/${number}`;
  return {
    url,
    html_url: `${place.web}/${fullName(repo)}/milestone/${number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: milestone.nodeId,
    number,
    title: milestone.title,
    description: milestone.description,
    creator: userAnswer(place, milestone.creator),
    open_issues: inside.filter(({ isOpen }) => isOpen).length,
    closed_issues: inside.filter(({ isOpen }) => !isOpen).length,
    state: milestone.isOpen ? "open" : "closed",
    created_at: toText(milestone.createdAt),
    updated_at: toText(milestone.updatedAt),
    due_on: toTextOrNull(milestone.dueOn),
    closed_at: toTextOrNull(milestone.closedAt),
  };
};

const apiUrlOf = ({ api }: Place, { repo, number }: Issue): string =>
  `${api}/repos/${fullName(repo)}/issues/${number}`;

/** An issue as `issue`; an old server knows neither its type nor its dependencies. */
export const issueAnswer = (place: Place, issue: Issue, isOld = false) => {
  const url = apiUrlOf(place, issue);
  const assignees = issue.assignees.map((account) => userAnswer(place, account));
  return {
    url,
    repository_url: `${place.api}/repos/${fullName(issue.repo)}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: webUrlOf(place, issue),
    id: issue.id,
    node_id: issue.nodeId,
    number: issue.number,
    title: issue.title,
    user: userOrNull(place, issue.author),
    labels: issue.labels.map((label) => labelAnswer(place, label)),
    state: issue.isOpen ? "open" : "closed",
    locked: issue.isLocked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: issue.milestone === null ? null : milestoneAnswer(place, issue.milestone),
    comments: issue.comments.length,
    created_at: toText(issue.createdAt),
    updated_at: toText(issue.updatedAt),
    closed_at: toTextOrNull(issue.closedAt),
    author_association: associationOf(issue, issue.repo),
    active_lock_reason: null,
    body: issue.body,
    closed_by: userOrNull(place, issue.closedBy),
    reactions: reactions(url),
    performed_via_github_app: null,
    state_reason: issue.stateReason,
    ...pullKey(place, issue),
    ...(issue.pull === null ? relations(place, issue, isOld) : {}),
  };
};

const relations = (place: Place, issue: Issue, isOld: boolean) => ({
  parent_issue_url: issue.parent === null ? null : apiUrlOf(place, issue.parent),
  sub_issues_summary: subIssuesSummary(issue),
  ...(isOld
    ? {}
    : {
        type: issue.type === null ? null : typeAnswer(issue.type),
        issue_dependencies_summary: dependenciesSummary(issue),
      }),
});

const typeAnswer = (type: NonNullable<Issue["type"]>) => ({
  id: type.id,
  node_id: type.nodeId,
  name: type.name,
  description: null,
  color: null,
  created_at: toText(type.createdAt),
  updated_at: toText(type.createdAt),
  is_enabled: true,
});

const pullKey = (place: Place, issue: Issue): object => {
  if (issue.pull === null) return {};
  const web = webUrlOf(place, issue);
  return {
    draft: issue.pull.isDraft,
    pull_request: {
      url: `${place.api}/repos/${fullName(issue.repo)}/pulls/${issue.number}`,
      html_url: web,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      merged_at: toTextOrNull(issue.pull.mergedAt),
    },
  };
};

const reactions = (url: string) => ({
  url: `${url}/reactions`,
  total_count: 0,
  "+1": 0,
  "-1": 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
});

export const commentAnswer = (place: Place, comment: Comment) => {
  const { issue } = comment;
  const url = `${place.api}/repos/${fullName(issue.repo)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${webUrlOf(place, issue)}#issuecomment-${comment.id}`,
    issue_url: apiUrlOf(place, issue),
    id: comment.id,
    node_id: comment.nodeId,
    user: userOrNull(place, comment.author),
    created_at: toText(comment.createdAt),
    updated_at: toText(comment.updatedAt),
    author_association: associationOf(comment, issue.repo),
    body: comment.body,
    reactions: reactions(url),
    performed_via_github_app: null,
  };
};
