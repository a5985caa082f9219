/** Puts the relations of an issue, as they were read, into what is known of it. */
import { isNullish } from "effect/Predicate";
import type { Hidden, IssueFacts, LinkedIssue } from "../IssueFacts.ts";
import { seen } from "./decoding.ts";
import { commentOf, type GraphRelations, linkedOf } from "./graphIssue.ts";

/** The issue with its relations; those that were not asked for stay as they are. */
export const related = (facts: IssueFacts, relations: GraphRelations): IssueFacts => {
  const blockedBy = seen(relations.blockedBy).map(linkedOf);
  const subIssues = seen(relations.subIssues).map(linkedOf);
  return {
    ...facts,
    blockedBy,
    subIssues,
    parent: isNullish(relations.parent) ? undefined : linkedOf(relations.parent),
    comments: seen(relations.comments).map(commentOf),
    hidden: {
      blockers: blockersOf(relations) ?? facts.hidden.blockers,
      subIssues: subIssuesOf(relations) ?? facts.hidden.subIssues,
    } satisfies Hidden,
  };
};

const openOf = (issues: ReadonlyArray<LinkedIssue>): number =>
  issues.filter(({ state }) => state === "open").length;

const unseen = (list: { readonly nodes?: ReadonlyArray<unknown> | null } | null | undefined) =>
  (list?.nodes ?? []).filter((entry) => entry === null).length;

/** GitHub counts the open blockers, whoever may see them, and even where it does not list them. */
const blockersOf = ({
  blockedBy,
  issueDependenciesSummary: summary,
}: GraphRelations): number | undefined => {
  const visible = seen(blockedBy).map(linkedOf);
  if (!isNullish(summary)) return Math.max(0, summary.blockedBy - openOf(visible));
  return isNullish(blockedBy) ? undefined : unseen(blockedBy);
};

/** Whether a sub-issue that is not planned counts as completed is not documented, so both counts must agree. */
const subIssuesOf = ({
  subIssues,
  subIssuesSummary: summary,
}: GraphRelations): number | undefined => {
  if (isNullish(summary)) return isNullish(subIssues) ? undefined : unseen(subIssues);
  const visible = seen(subIssues).map(linkedOf);
  const open = summary.total - summary.completed - openOf(visible);
  return Math.max(0, Math.min(open, summary.total - visible.length));
};
