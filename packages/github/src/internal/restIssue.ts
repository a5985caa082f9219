/** Issues as REST gives them: strict where a wrong value would mislead, tolerant elsewhere. */
import { isNotNullish, isNullish } from "effect/Predicate";
import * as Schema from "effect/Schema";
import type { IssueFacts, Milestone } from "../IssueFacts.ts";
import { IssueNumber, Moment, orNull } from "./decoding.ts";
import type { Wanted } from "./queries/parts.ts";
import { stateOf } from "./states.ts";

const RestMilestone = Schema.Struct({
  number: Schema.Int,
  title: Schema.String,
  due_on: orNull(Schema.String),
  state: Schema.String,
});

const RestLabel = Schema.Union([Schema.String, Schema.Struct({ name: orNull(Schema.String) })]);

/** An issue or a pull request, which REST lists among the issues. */
export const RestIssue = Schema.Struct({
  node_id: Schema.NonEmptyString,
  number: IssueNumber,
  title: Schema.String,
  body: orNull(Schema.String),
  html_url: Schema.String,
  repository_url: Schema.String.check(Schema.isPattern(/\/repos\/[^/]+\/[^/]+$/)),
  state: Schema.Literals(["open", "closed"]),
  state_reason: orNull(Schema.String),
  user: orNull(Schema.Struct({ login: Schema.String })),
  author_association: orNull(Schema.String),
  labels: Schema.optionalKey(Schema.Array(RestLabel)),
  milestone: orNull(RestMilestone),
  type: orNull(Schema.Struct({ name: Schema.String })),
  updated_at: Moment,
  comments: orNull(Schema.Int),
  sub_issues_summary: orNull(Schema.Struct({ total: Schema.Int, completed: Schema.Int })),
  issue_dependencies_summary: orNull(
    Schema.Struct({ blocked_by: Schema.Int, total_blocked_by: Schema.optionalKey(Schema.Int) }),
  ),
  parent_issue_url: orNull(Schema.String),
  pull_request: Schema.optionalKey(Schema.Unknown),
});
export type RestIssue = typeof RestIssue.Type;

/** Whether REST listed a pull request as an issue. */
export const isPullRequest = ({ pull_request }: RestIssue): boolean =>
  pull_request !== undefined && pull_request !== null;

/** `https://api.github.com/repos/acme/shop` → `acme/shop`. */
const repositoryOf = ({ repository_url }: RestIssue): string =>
  repository_url.split("/").slice(-2).join("/");

/** The names of the labels; they come as texts or as objects. */
export const labelsOf = ({ labels = [] }: RestIssue): ReadonlyArray<string> =>
  labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? [])));

const milestoneOf = ({ due_on, number, state, title }: typeof RestMilestone.Type): Milestone => ({
  number,
  title,
  dueOn: due_on ?? undefined,
  isOpen: state === "open",
});

/** What is open of the relations by their summaries. Until they are read, all of it is hidden. */
const hiddenOf = (issue: RestIssue): IssueFacts["hidden"] => {
  const { issue_dependencies_summary: blockers, sub_issues_summary: children } = issue;
  return {
    blockers: blockers?.blocked_by ?? 0,
    subIssues: (children?.total ?? 0) - (children?.completed ?? 0),
  };
};

/** An issue as it was read, without its relations. */
export const toFacts = (issue: RestIssue, source: string): IssueFacts => {
  const repository = repositoryOf(issue);
  return {
    id: `${repository}#${issue.number}`,
    nodeId: issue.node_id,
    repository,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    url: issue.html_url,
    state: stateOf(issue.state, issue.state_reason),
    author: issue.user?.login,
    association: issue.author_association ?? "NONE",
    labels: labelsOf(issue),
    milestone: isNullish(issue.milestone) ? undefined : milestoneOf(issue.milestone),
    type: issue.type?.name,
    updatedAt: Date.parse(issue.updated_at),
    comments: [],
    blockedBy: [],
    subIssues: [],
    parent: undefined,
    hidden: hiddenOf(issue),
    fields: {},
    approval: undefined,
    source,
  };
};

/** Which relations an issue has by its summaries; a server that gives none may have any. */
export const wantedOf = (issue: RestIssue, comments: boolean): Wanted => {
  const { issue_dependencies_summary: blockers, sub_issues_summary: children } = issue;
  return {
    blockedBy: (blockers?.total_blocked_by ?? blockers?.blocked_by ?? 1) > 0,
    subIssues: (children?.total ?? 1) > 0,
    parent: isNotNullish(issue.parent_issue_url) || isNullish(children),
    comments: comments && (issue.comments ?? 1) > 0,
  };
};
