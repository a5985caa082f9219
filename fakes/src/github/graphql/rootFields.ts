import type { GraphQLResolveInfo } from "graphql";
import { toText } from "../rest/place.ts";
import type { Account, IssueType, Node, Repo } from "../world/model.ts";
import { connect, type Connection, cursorOf, type Args } from "./connection.ts";
import { failure, Unknown } from "./errors.ts";
import type { Context, Fields } from "./fields.ts";
import { issueFields, pullFields } from "./issueFields.ts";
import { mutationFields } from "./mutations.ts";
import { findNode } from "./nodes.ts";
import { labelFields, milestoneFields, repoFields } from "./repoFields.ts";
import { checkFields, rollupFields, statusFields } from "./checkFields.ts";
import {
  commitFields,
  queueFields,
  refFields,
  reviewCommentFields,
  reviewFields,
} from "./pullFields.ts";
import { commentFields, eventFields, events } from "./threadFields.ts";
import {
  draftFields,
  fieldFields,
  findProject,
  itemFields,
  projectFields,
  type Value,
  valueField,
} from "./projectFields.ts";

const findRepo = (context: Context, name: string): Repo => {
  const repo = context.access.world.repo(name);
  if (repo !== null && context.access.canSee(context.token, repo)) return repo;
  throw failure("NOT_FOUND", `Could not resolve to a Repository with the name '${name}'.`);
};

const findAccount = (
  { access }: Context,
  login: unknown,
  kind: "User" | "Organization",
): Account => {
  const account = access.world.account(String(login));
  if (account?.kind === kind) return account;
  const article = kind === "User" ? "a" : "an";
  throw failure(
    "NOT_FOUND",
    `Could not resolve to ${article} ${kind} with the login of '${String(login)}'.`,
  );
};

const tooManyIds = (count: number): string =>
  `You may not provide more than 100 node ids; you provided ${count}.`;

/** Errors as values, so that the others of a list go on. */
const attempt = (find: () => unknown): unknown => {
  try {
    return find();
  } catch (error) {
    return error;
  }
};

const queryFields: Fields<unknown> = {
  repository: (_root, { owner, name }, context) =>
    findRepo(context, `${String(owner)}/${String(name)}`),
  repositoryOwner: (_root, { login }, { access }) => access.world.account(String(login)),
  organization: (_root, { login }, context) => findAccount(context, login, "Organization"),
  user: (_root, { login }, context) => findAccount(context, login, "User"),
  node: (_root, { id }, context) => findNode(context, id),
  nodes: (_root, args, context) => {
    const ids = args["ids"] as ReadonlyArray<string>;
    if (ids.length > 100) throw failure("ARGUMENT_LIMIT", tooManyIds(ids.length));
    return ids.map((id) => attempt(() => findNode(context, id)));
  },
  viewer: (_root, _args, { token, maker }) => {
    if (token.user !== null) return token.user;
    // An integration is its bot, shown as a user with the suffix of REST.
    if (token.bot !== null) return { ...maker.account(token.bot), kind: "User" };
    throw failure("FORBIDDEN", "Resource not accessible by integration");
  },
  rateLimit: (_root, _args, context) => rateLimit(context),
};

const rateLimit = ({ limiter, token, cost }: Context) => {
  const { limit, remaining, used, reset } = limiter.standing(token, "graphql");
  return {
    cost: cost.points,
    nodeCount: cost.nodes,
    limit,
    remaining: Math.max(0, remaining - cost.points),
    used: used + cost.points,
    resetAt: toText(reset * 1000),
  };
};

const accountFields: Fields<Account> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  // A bot's name has its suffix on REST only.
  login: ({ kind, login }) => (kind === "Bot" ? login.replace(/\[bot\]$/, "") : login),
  name: ({ name }) => name,
  url: ({ login }, _args, { place }) => `${place.web}/${login}`,
  resourcePath: ({ login }) => `/${login}`,
  avatarUrl: ({ id }, _args, { place }) => `${place.web}/avatars/${id}`,
  createdAt: ({ createdAt }) => toText(createdAt),
  isViewer: (account, _args, { token }) => account === token.user,
  viewerIsAMember: ({ members }, _args, { token }) =>
    token.user !== null && members.has(token.user),
  projectV2: (owner, { number }, context) =>
    findProject(context, context.access.world.project(owner, number as number), number as number),
  projectsV2: (owner, args, context) => {
    const seen = owner.projects.filter(
      (project) => context.access.project(context.token, project) === "yes",
    );
    return connect(seen, args, "projectsV2");
  },
  repository: ({ login }, { name }, context) => findRepo(context, `${login}/${String(name)}`),
};

const typeFields: Fields<IssueType> = {
  id: ({ nodeId }) => nodeId,
  name: ({ name }) => name,
  description: () => null,
  color: () => "GRAY",
  isEnabled: () => true,
};

/** Every type that the fake knows, and its fields. */
const tables = new Map<string, Fields<never>>([
  ["Query", queryFields],
  ["Mutation", mutationFields],
  ["User", accountFields],
  ["Organization", accountFields],
  ["Bot", accountFields],
  ["Repository", repoFields],
  ["Issue", issueFields],
  ["PullRequest", pullFields],
  ["IssueComment", commentFields],
  ["IssueType", typeFields],
  ["Label", labelFields],
  ["Milestone", milestoneFields],
  ["ProjectV2", projectFields],
  ["ProjectV2Field", fieldFields],
  ["ProjectV2SingleSelectField", fieldFields],
  ["ProjectV2IterationField", fieldFields],
  ["ProjectV2Item", itemFields],
  ["DraftIssue", draftFields],
  ...events.map((type) => [type, eventFields] as const),
  ["Ref", refFields],
  ["Commit", commitFields],
  ["StatusCheckRollup", rollupFields],
  ["CheckRun", checkFields],
  ["StatusContext", statusFields],
  ["PullRequestReview", reviewFields],
  ["PullRequestReviewComment", reviewCommentFields],
  ["MergeQueueEntry", queueFields],
]);

/** The value of any field of any type; what nobody knows is said, not left empty. */
export const resolveField = (
  source: unknown,
  args: Args,
  context: Context,
  { parentType, fieldName }: GraphQLResolveInfo,
): unknown => {
  const type = parentType.name;
  const known = tables.get(type)?.[fieldName];
  if (known !== undefined) return known(source as never, args, context);
  const value = plainField(source, fieldName, args);
  if (value !== undefined) return value;
  throw new Unknown(`field ${fieldName} of ${type}`);
};

const plainField = (source: unknown, name: string, args: Args): unknown => {
  const { kind } = source as { readonly kind?: string };
  if (kind === "Connection") return connectionField(source as Connection, name);
  if (kind === "Value") return valueField(source as Value, name, args);
  return kind === undefined || kind === "Edge"
    ? (source as Readonly<Record<string, unknown>>)[name]
    : undefined;
};

const connectionField = (page: Connection, name: string): unknown => {
  const { nodes, start, totalCount } = page;
  const cursor = (index: number) => cursorOf(nodes[index], start + index);
  switch (name) {
    case "nodes":
      return nodes;
    case "edges":
      return nodes.map((node, index) => ({ kind: "Edge", node, cursor: cursor(index) }));
    case "totalCount":
      return totalCount;
    case "pageInfo": {
      const size = "filteredCount" in page ? (page.filteredCount as number) : totalCount;
      return {
        hasNextPage: start + nodes.length < size,
        hasPreviousPage: start > 0,
        startCursor: nodes.length === 0 ? null : cursor(0),
        endCursor: nodes.length === 0 ? null : cursor(nodes.length - 1),
      };
    }
    case "pageCount":
      return nodes.length;
    default:
      return (page as unknown as Readonly<Record<string, unknown>>)[name];
  }
};

/** Which type of an interface or union a value has. */
export const resolveType = (value: unknown): string => {
  const node = value as Node | Value;
  switch (node.kind) {
    case "Issue":
      return node.pull === null ? "Issue" : "PullRequest";
    case "Event":
    case "Value":
      return node.type;
    case "QueueEntry":
      return "MergeQueueEntry";
    case "Field":
      return node.dataType === "SINGLE_SELECT"
        ? "ProjectV2SingleSelectField"
        : node.dataType === "ITERATION"
          ? "ProjectV2IterationField"
          : "ProjectV2Field";
    default:
      return node.kind;
  }
};
