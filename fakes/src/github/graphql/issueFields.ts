import { toText, toTextOrNull, webUrlOf } from "../rest/place.ts";
import { dependenciesSummary, subIssuesSummary } from "../rest/summaries.ts";
import type { Comment, Issue } from "../world/model.ts";
import { associationOf } from "../world/World.ts";
import { type Args, connect } from "./connection.ts";
import { type Fields, isVisible } from "./fields.ts";
import { type Order, sortBy } from "./issueLists.ts";
import { checkBoards } from "./projectFields.ts";
import { ofPull } from "./pullFields.ts";
import { timeline } from "./threadFields.ts";

/** What issues and pull requests have in common. */
const common: Fields<Issue> = {
  id: ({ nodeId }) => nodeId,
  fullDatabaseId: ({ id, pull }) => String(pull?.id ?? id),
  databaseId: ({ id, pull }) => pull?.id ?? id,
  number: ({ number }) => number,
  title: ({ title }) => title,
  titleHTML: ({ title }) => title,
  body: ({ body }) => body ?? "",
  bodyText: ({ body }) => body ?? "",
  url: (issue, _args, { place }) => webUrlOf(place, issue),
  resourcePath: (issue, _args, { place }) => webUrlOf({ ...place, web: "" }, issue),
  repository: ({ repo }) => repo,
  author: ({ author }) => author,
  authorAssociation: (issue) => associationOf(issue, issue.repo),
  editor: ({ editor }) => editor,
  lastEditedAt: ({ lastEditedAt }) => toTextOrNull(lastEditedAt),
  createdAt: ({ createdAt }) => toText(createdAt),
  publishedAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ updatedAt }) => toText(updatedAt),
  closedAt: ({ closedAt }) => toTextOrNull(closedAt),
  closed: ({ isOpen }) => !isOpen,
  locked: ({ isLocked }) => isLocked,
  activeLockReason: () => null,
  createdViaEmail: () => false,
  includesCreatedEdit: ({ lastEditedAt }) => lastEditedAt !== null,
  milestone: ({ milestone }) => milestone,
  labels: ({ labels }, args) => connect(labels, args, "labels"),
  assignees: ({ assignees }, args) => connect(assignees, args, "assignees"),
  comments: ({ comments }, args) => connect(ordered(comments, args), args, "comments"),
  timelineItems: (issue, args) => timeline(issue, args),
  viewerDidAuthor: ({ author }, _args, { token }) => author === token.user,
  projectItems: (issue, args, context) => {
    checkBoards(context, "projectItems");
    const { includeArchived = true } = args;
    const items = issue.items.filter(
      ({ isArchived, project }) =>
        (includeArchived === true || !isArchived) &&
        context.access.project(context.token, project) === "yes",
    );
    return connect(items, args, "projectItems");
  },
};

export const issueFields: Fields<Issue> = {
  ...common,
  state: ({ isOpen }) => (isOpen ? "OPEN" : "CLOSED"),
  stateReason: ({ stateReason }, { enableDuplicate }) =>
    stateReason === "duplicate" && enableDuplicate !== true
      ? "NOT_PLANNED"
      : (stateReason?.toUpperCase() ?? null),
  issueType: ({ type }) => type,
  isPinned: () => false,
  parent: ({ parent }, _args, context) =>
    parent !== null && isVisible(context)(parent) ? parent : null,
  subIssues: ({ subIssues }, args, context) =>
    connect(subIssues.filter(isVisible(context)), args, "subIssues"),
  subIssuesSummary: (issue) => {
    const { percent_completed, ...counts } = subIssuesSummary(issue);
    return { ...counts, percentCompleted: percent_completed };
  },
  blockedBy: ({ blockedBy }, args, context) =>
    connect(byAdding(blockedBy.filter(isVisible(context)), args), args, "blockedBy"),
  blocking: ({ blocking }, args, context) =>
    connect(byAdding(blocking.filter(isVisible(context)), args), args, "blocking"),
  issueDependenciesSummary: (issue) => {
    const summary = dependenciesSummary(issue);
    return {
      blockedBy: summary.blocked_by,
      blocking: summary.blocking,
      totalBlockedBy: summary.total_blocked_by,
      totalBlocking: summary.total_blocking,
    };
  },
  closedByPullRequestsReferences: ({ closers }, args, context) => {
    // By default a pull request that was closed unmerged is hidden, one that was merged is not.
    const shown = closers.filter(
      (issue) => args["includeClosedPrs"] === true || issue.isOpen || issue.pull?.mergedAt !== null,
    );
    return connect(shown.filter(isVisible(context)), args, "closedByPullRequestsReferences");
  },
};

export const pullFields: Fields<Issue> = { ...common, ...ofPull };

const ordered = (comments: ReadonlyArray<Comment>, args: Args): ReadonlyArray<Comment> => {
  const order = args["orderBy"] as Order | undefined;
  return !order ? comments : sortBy(comments, ({ updatedAt }) => updatedAt, order, "comments");
};

/** The opposite order of REST, unless it is asked for. */
const byAdding = (issues: ReadonlyArray<Issue>, args: Args): ReadonlyArray<Issue> => {
  const order = (args["orderBy"] ?? {
    field: "DEPENDENCY_ADDED_AT",
    direction: "DESC",
  }) as Order;
  if (order.field === "CREATED_AT")
    return sortBy(issues, ({ createdAt }) => createdAt, order, "dependencies");
  return order.direction === "DESC" ? [...issues].reverse() : issues;
};
