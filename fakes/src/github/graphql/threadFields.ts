import { toText, toTextOrNull, webUrlOf } from "../rest/place.ts";
import type { Comment, Issue, TimelineEvent } from "../world/model.ts";
import { associationOf } from "../world/World.ts";
import { type Args, connect } from "./connection.ts";
import { Unknown } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { commitNode } from "./pullFields.ts";

export const commentFields: Fields<Comment> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  author: ({ author }) => author,
  authorAssociation: (comment) => associationOf(comment, comment.issue.repo),
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  createdAt: ({ createdAt }) => toText(createdAt),
  publishedAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ updatedAt }) => toText(updatedAt),
  lastEditedAt: ({ lastEditedAt }) => toTextOrNull(lastEditedAt),
  editor: ({ editor }) => editor,
  includesCreatedEdit: ({ lastEditedAt }) => lastEditedAt !== null,
  isMinimized: () => false,
  minimizedReason: () => null,
  issue: ({ issue }) => issue,
  pullRequest: ({ issue }) => (issue.pull === null ? null : issue),
  repository: ({ issue }) => issue.repo,
  url: ({ id, issue }, _args, { place }) => `${webUrlOf(place, issue)}#issuecomment-${id}`,
  viewerDidAuthor: ({ author }, _args, { token }) => author === token.user,
};

/** Of every kind of event; a type's own fields are in the schema. */
export const eventFields: Fields<TimelineEvent> = {
  id: ({ nodeId }) => nodeId,
  actor: ({ actor }) => actor,
  enabler: ({ actor }) => actor,
  disabler: ({ actor }) => actor,
  enqueuer: ({ actor }) => actor,
  reason: ({ reason }) => reason ?? null,
  reasonCode: () => null,
  pullRequest: ({ issue }) => issue,
  commit: ({ issue }) => commitNode(issue.repo, issue.pull?.mergeSha ?? null),
  headRefName: ({ issue }) => issue.pull?.head,
  createdAt: ({ createdAt }) => toText(createdAt),
  label: ({ label }) => label,
  labelable: ({ issue }) => issue,
  previousTitle: ({ from }) => from,
  currentTitle: ({ to }) => to,
  subject: ({ issue }) => issue,
  closable: ({ issue }) => issue,
  closer: () => null,
  stateReason: ({ stateReason }) => stateReason?.toUpperCase() ?? null,
  url: ({ issue, id }, _args, { place }) => `${webUrlOf(place, issue)}#event-${id}`,
};

/** The kinds of events that the world has. */
const kept: Readonly<Record<string, string>> = {
  LABELED_EVENT: "LabeledEvent",
  UNLABELED_EVENT: "UnlabeledEvent",
  RENAMED_TITLE_EVENT: "RenamedTitleEvent",
  CLOSED_EVENT: "ClosedEvent",
  REOPENED_EVENT: "ReopenedEvent",
  MERGED_EVENT: "MergedEvent",
  AUTO_MERGE_ENABLED_EVENT: "AutoMergeEnabledEvent",
  AUTO_MERGE_DISABLED_EVENT: "AutoMergeDisabledEvent",
  ADDED_TO_MERGE_QUEUE_EVENT: "AddedToMergeQueueEvent",
  REMOVED_FROM_MERGE_QUEUE_EVENT: "RemovedFromMergeQueueEvent",
  CONVERT_TO_DRAFT_EVENT: "ConvertToDraftEvent",
  READY_FOR_REVIEW_EVENT: "ReadyForReviewEvent",
  HEAD_REF_DELETED_EVENT: "HeadRefDeletedEvent",
  ISSUE_COMMENT: "IssueComment",
};

/** The types of events that the world has. */
export const events: ReadonlyArray<string> = Object.values(kept).filter((type) =>
  type.endsWith("Event"),
);

export const timeline = (issue: Issue, args: Args) => {
  const types = (args["itemTypes"] ?? Object.keys(kept)) as ReadonlyArray<string>;
  const strange = types.find((type) => kept[type] === undefined);
  if (strange !== undefined) throw new Unknown(`timeline items ${strange}`);
  const wanted = new Set(types.map((type) => kept[type]));
  const all = [...issue.events, ...issue.comments].sort(
    (a, b) => a.createdAt - b.createdAt || a.id - b.id,
  );
  const since = typeof args["since"] === "string" ? Date.parse(args["since"]) : -Infinity;
  const found = all.filter(
    (each) => wanted.has(each.kind === "Event" ? each.type : each.kind) && each.createdAt >= since,
  );
  const { skip } = args;
  const page = connect(typeof skip === "number" ? found.slice(skip) : found, args, "timelineItems");
  return {
    ...page,
    totalCount: all.length,
    filteredCount: found.length,
    updatedAt: toText(issue.updatedAt),
  };
};
