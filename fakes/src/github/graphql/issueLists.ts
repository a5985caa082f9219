import { notAccessible } from "../refusals.ts";
import { filterIssues } from "../rest/issueFilter.ts";
import type { Issue, Repo } from "../world/model.ts";
import { type Args, connect, isGiven } from "./connection.ts";
import { failure, Unknown } from "./errors.ts";
import type { Context } from "./fields.ts";

export interface Order {
  readonly field: string;
  readonly direction: "ASC" | "DESC";
}

export const sortBy = <A>(
  items: ReadonlyArray<A>,
  key: ((item: A) => number) | undefined,
  { field, direction }: Order,
  name: string,
): Array<A> => {
  if (key === undefined) throw new Unknown(`order ${field} of ${name}`);
  const sign = direction === "DESC" ? -1 : 1;
  return [...items].sort((a, b) => sign * (key(a) - key(b)));
};

const sorts: Readonly<Record<string, string>> = {
  CREATED_AT: "created",
  UPDATED_AT: "updated",
  COMMENTS: "comments",
};

/** Issues without pull requests, as the arguments of `issues` choose them. */
export const issuesOf = (
  repo: Repo,
  args: Args,
  context: Context,
  name: string,
  test: (issue: Issue) => boolean,
) => {
  checkIssues(context, repo, "issues");
  const filter = (args["filterBy"] ?? {}) as Args;
  const strange = Object.keys(filter).filter((key) => !known.has(key));
  if (strange.length > 0) throw new Unknown(`filterBy.${strange[0]} of ${name}`);
  const states = (args["states"] ?? filter["states"]) as ReadonlyArray<string> | undefined;
  const labels = (args["labels"] ?? null) as ReadonlyArray<string> | null;
  const found = filterIssues(repo, {
    state: stateOf(states),
    labels: (filter["labels"] as ReadonlyArray<string> | undefined)?.join(","),
    assignee: filter["assignee"] === null ? "none" : filter["assignee"],
    creator: filter["createdBy"],
    mentioned: filter["mentioned"],
    milestone: filter["milestoneNumber"] ?? filter["milestone"],
    since: filter["since"],
    ...orderOf(args),
  }).filter((issue) => issue.pull === null && test(issue));
  // Of these labels one is enough.
  const chosen = found.filter((issue) => labels === null || hasAny(issue, labels));
  return connect(chosen, args, name);
};

const known = new Set([
  "states",
  "labels",
  "assignee",
  "createdBy",
  "mentioned",
  "milestone",
  "milestoneNumber",
  "since",
  "viewerSubscribed",
]);

const hasAny = (issue: Issue, labels: ReadonlyArray<string>): boolean =>
  issue.labels.some(({ name }) => labels.some((each) => each.toLowerCase() === name.toLowerCase()));

const stateOf = (states: ReadonlyArray<string> | null | undefined): string =>
  !states || states.length !== 1 ? "all" : states[0]!.toLowerCase();

/** Oldest first, unless it is asked for otherwise. */
const orderOf = (args: Args) => {
  const { field, direction } = (args["orderBy"] ?? {
    field: "CREATED_AT",
    direction: "ASC",
  }) as Order;
  return { sort: sorts[field], direction: direction.toLowerCase() };
};

export const pullsOf = (repo: Repo, args: Args, context: Context) => {
  checkIssues(context, repo, "pull_requests");
  const { headRefName, baseRefName, states } = args;
  const labels = (args["labels"] ?? null) as ReadonlyArray<string> | null;
  const found = filterIssues(repo, { state: "all", ...orderOf(args) }).filter(
    (issue) =>
      issue.pull !== null &&
      (!isGiven(headRefName) || issue.pull.head === headRefName) &&
      (!isGiven(baseRefName) || issue.pull.base === baseRefName) &&
      (labels === null || hasAny(issue, labels)) &&
      (!isGiven(states) || (states as ReadonlyArray<string>).includes(pullState(issue))),
  );
  return connect(found, args, "pullRequests");
};

export const pullState = ({ isOpen, pull }: Issue): string =>
  isOpen ? "OPEN" : pull?.mergedAt === null ? "CLOSED" : "MERGED";

export const findIssue = (
  context: Context,
  repo: Repo,
  number: unknown,
  what: string,
  test: (issue: Issue) => boolean,
): Issue => {
  const issue = repo.issues.get(number as number);
  if (issue === undefined || !test(issue))
    throw failure(
      "NOT_FOUND",
      `Could not resolve to ${what} with the number of ${String(number)}.`,
    );
  checkIssues(context, repo, issue.pull === null ? "issues" : "pull_requests");
  return issue;
};

/** Fails for a token that sees the repository and may not read its issues. */
export const checkIssues = ({ access, token }: Context, repo: Repo, area: string): void => {
  if (access.may(token, repo, { area, level: "read" })) return;
  throw failure("FORBIDDEN", notAccessible(token.kind));
};
