/** Issues as GraphQL gives them: strict where a wrong value would mislead, tolerant elsewhere. */
import { isNullish } from "effect/Predicate";
import * as Schema from "effect/Schema";
import type { Comment, IssueFacts, LinkedIssue, Milestone } from "../IssueFacts.ts";
import { loginOf } from "./actors.ts";
import { Entries, IssueNumber, Moment, orNull, Page, seen } from "./decoding.ts";
import { stateOf } from "./states.ts";

const linkedFields = {
  number: IssueNumber,
  title: Schema.String,
  url: Schema.String,
  repository: Schema.Struct({ nameWithOwner: Schema.NonEmptyString }),
};
const issueFields = {
  ...linkedFields,
  __typename: Schema.Literal("Issue"),
  state: Schema.Literals(["OPEN", "CLOSED"]),
  stateReason: orNull(Schema.String),
};

/** An issue at the other end of a relation. */
export const GraphLinked = Schema.Struct(issueFields);
export type GraphLinked = typeof GraphLinked.Type;

/** A pull request. Its state has a name of its own, because it is of another type. */
export const GraphPullRequest = Schema.Struct({
  ...linkedFields,
  __typename: Schema.Literal("PullRequest"),
  prState: Schema.Literals(["OPEN", "CLOSED", "MERGED"]),
});
type GraphPullRequest = typeof GraphPullRequest.Type;

/** Who did something; null if the account is gone. */
export const GraphActor = orNull(
  Schema.Struct({ __typename: Schema.optionalKey(Schema.String), login: Schema.String }),
);

const GraphComment = Schema.Struct({
  url: Schema.String,
  body: orNull(Schema.String),
  author: GraphActor,
  authorAssociation: orNull(Schema.String),
});
type GraphComment = typeof GraphComment.Type;

const relationFields = {
  blockedBy: orNull(Page(GraphLinked)),
  issueDependenciesSummary: orNull(Schema.Struct({ blockedBy: Schema.Int })),
  subIssues: orNull(Page(GraphLinked)),
  subIssuesSummary: orNull(Schema.Struct({ total: Schema.Int, completed: Schema.Int })),
  parent: orNull(GraphLinked),
  comments: orNull(Page(GraphComment)),
};

/** The relations of an issue, each with one page. */
export const GraphRelations = Schema.Struct(relationFields);
export type GraphRelations = typeof GraphRelations.Type;

const GraphMilestone = Schema.Struct({
  number: Schema.Int,
  title: Schema.String,
  dueOn: orNull(Schema.String),
  state: Schema.String,
});

/** A whole issue. */
export const GraphIssue = Schema.Struct({
  ...issueFields,
  ...relationFields,
  id: Schema.NonEmptyString,
  body: orNull(Schema.String),
  updatedAt: Moment,
  author: GraphActor,
  authorAssociation: orNull(Schema.String),
  labels: orNull(Entries(Schema.Struct({ name: Schema.String }))),
  milestone: orNull(GraphMilestone),
  issueType: orNull(Schema.Struct({ name: Schema.String })),
});
export type GraphIssue = typeof GraphIssue.Type;

const idOf = ({ number, repository }: GraphLinked | GraphPullRequest): string =>
  `${repository.nameWithOwner}#${number}`;

const pullRequestStates = { OPEN: "open", CLOSED: "closed", MERGED: "merged" } as const;

/** What is known of something that a dependency points to. */
export const linkedOf = (node: GraphLinked | GraphPullRequest): LinkedIssue => {
  const { title, url } = node;
  return node.__typename === "Issue"
    ? { id: idOf(node), kind: "issue", state: stateOf(node.state, node.stateReason), title, url }
    : { id: idOf(node), kind: "pull-request", state: pullRequestStates[node.prState], title, url };
};

/** A comment; without a word on its author's relation to the repository there is none. */
export const commentOf = ({ author, authorAssociation, body, url }: GraphComment): Comment => ({
  url,
  author: loginOf(author),
  association: authorAssociation ?? "NONE",
  body: body ?? "",
});

const milestoneOf = ({ dueOn, number, state, title }: typeof GraphMilestone.Type): Milestone => ({
  number,
  title,
  dueOn: dueOn ?? undefined,
  isOpen: state === "OPEN",
});

/** An issue as it was read, without its relations. */
export const factsOf = (node: GraphIssue, source: string): IssueFacts => ({
  id: idOf(node),
  nodeId: node.id,
  repository: node.repository.nameWithOwner,
  number: node.number,
  title: node.title,
  body: node.body ?? "",
  url: node.url,
  state: stateOf(node.state, node.stateReason),
  author: loginOf(node.author),
  association: node.authorAssociation ?? "NONE",
  labels: seen(node.labels).map(({ name }) => name),
  milestone: isNullish(node.milestone) ? undefined : milestoneOf(node.milestone),
  type: node.issueType?.name,
  updatedAt: Date.parse(node.updatedAt),
  comments: [],
  blockedBy: [],
  subIssues: [],
  parent: undefined,
  hidden: { blockers: 0, subIssues: 0 },
  fields: {},
  approval: undefined,
  source,
});
