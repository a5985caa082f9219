/** The parts of which queries about issues are made, and what some servers know nothing of. */

/**
 * What is left out of a query if the server does not know it.
 * GitHub Enterprise Server has dependencies since 3.19, and issue types later than sub-issues.
 */
export const optional = [
  "blockedBy",
  "issueDependenciesSummary",
  "subIssues",
  "subIssuesSummary",
  "parent",
  "issueType",
  "enableDuplicate",
] as const;
export type Optional = (typeof optional)[number];
export type Without = ReadonlySet<Optional>;

/** Which relations of an issue are asked for. */
export interface Wanted {
  readonly blockedBy: boolean;
  readonly subIssues: boolean;
  readonly parent: boolean;
  readonly comments: boolean;
}

const stateReason = (without: Without): string =>
  without.has("enableDuplicate") ? "stateReason" : "stateReason(enableDuplicate: true)";

/** An issue at the other end of a relation. */
export const linkedIssue = (without: Without): string =>
  `__typename number title url state ${stateReason(without)} repository { nameWithOwner }`;

/** A pull request that somebody depends on. */
export const linkedPullRequest =
  "__typename number title url prState: state repository { nameWithOwner }";

const page = "pageInfo { hasNextPage endCursor }";
const comment = "url body author { __typename login } authorAssociation";

/** What can be paged on with a connection of its own. */
export const connections = ["blockedBy", "subIssues", "comments"] as const;
export type Connection = (typeof connections)[number];

/** GitHub allows 50 blockers, 100 sub-issues, and comments without end. */
const first: Record<Connection, number> = { blockedBy: 50, subIssues: 100, comments: 100 };

/** One page of a relation; `after` is the name of the variable with the cursor. */
export const connection = (name: Connection, without: Without, after?: string): string => {
  const nodes = name === "comments" ? comment : linkedIssue(without);
  const from = after === undefined ? "" : `, after: $${after}`;
  return `${name}(first: ${first[name]}${from}) { ${page} nodes { ${nodes} } }`;
};

/** The relations of an issue, without what was not asked for and what the server does not know. */
export const relations = (wanted: Wanted, without: Without): string => {
  const known = (name: Optional, text: string) => (without.has(name) ? [] : [text]);
  return [
    ...(wanted.blockedBy ? known("blockedBy", connection("blockedBy", without)) : []),
    ...(wanted.blockedBy
      ? known("issueDependenciesSummary", "issueDependenciesSummary { blockedBy }")
      : []),
    ...(wanted.subIssues ? known("subIssues", connection("subIssues", without)) : []),
    ...(wanted.subIssues ? known("subIssuesSummary", "subIssuesSummary { total completed }") : []),
    ...(wanted.parent ? known("parent", `parent { ${linkedIssue(without)} }`) : []),
    ...(wanted.comments ? [connection("comments", without)] : []),
  ].join("\n      ");
};

/** An issue with everything but its relations. It can have 100 labels at most. */
export const issue = (without: Without): string =>
  [
    linkedIssue(without),
    "id body updatedAt author { __typename login } authorAssociation",
    "labels(first: 100) { nodes { name } }",
    "milestone { number title dueOn state }",
    ...(without.has("issueType") ? [] : ["issueType { name }"]),
  ].join("\n      ");
