import type { Issue, Repo } from "../world/model.ts";

/** What a list of issues is asked for, by the names of the parameters. */
export type Filter = Readonly<Record<string, unknown>>;

/** The issues and pull requests of a repository that a query means, in its order. */
export const filterIssues = (repo: Repo, filter: Filter): ReadonlyArray<Issue> => {
  const tests = [byState, byLabels, byMilestone, byAssignee, byCreator, byMention, byType, bySince];
  const chosen = tests.flatMap((make) => make(filter) ?? []);
  const found = [...repo.issues.values()].filter((issue) => chosen.every((test) => test(issue)));
  return sorted(found, filter);
};

type Make = (filter: Filter) => ((issue: Issue) => boolean) | null;

const byState: Make = ({ state }) =>
  state === "all" ? null : (issue) => issue.isOpen === (state !== "closed");

/** Names are compared without case, and all must be there. */
const byLabels: Make = ({ labels }) => {
  if (typeof labels !== "string" || labels === "") return null;
  const names = labels.split(",").map((name) => name.trim().toLowerCase());
  return (issue) =>
    names.every((name) => issue.labels.some((label) => label.name.toLowerCase() === name));
};

const byMilestone: Make = ({ milestone }) => {
  if (typeof milestone !== "string") return null;
  if (milestone === "*") return (issue) => issue.milestone !== null;
  if (milestone === "none") return (issue) => issue.milestone === null;
  return (issue) => issue.milestone?.number === Number(milestone);
};

const byAssignee: Make = ({ assignee }) => {
  if (typeof assignee !== "string") return null;
  if (assignee === "*") return (issue) => issue.assignees.length > 0;
  if (assignee === "none") return (issue) => issue.assignees.length === 0;
  return (issue) => issue.assignees.some(({ login }) => isSame(login, assignee));
};

const byCreator: Make = ({ creator }) =>
  typeof creator === "string" ? (issue) => isSame(issue.author?.login ?? "", creator) : null;

const byMention: Make = ({ mentioned }) => {
  if (typeof mentioned !== "string") return null;
  return (issue) => (issue.body ?? "").toLowerCase().includes(`@${mentioned.toLowerCase()}`);
};

const byType: Make = ({ type }) => {
  if (typeof type !== "string" || type === "*")
    return type === "*" ? (issue) => issue.type !== null : null;
  if (type === "none") return (issue) => issue.type === null;
  return (issue) => issue.type !== null && isSame(issue.type.name, type);
};

/** Seconds count: the service stores no finer times. */
const bySince: Make = ({ since }) => {
  if (typeof since !== "string") return null;
  const from = Math.floor(Date.parse(since) / 1000);
  return (issue) => Math.floor(issue.updatedAt / 1000) >= from;
};

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const sorted = (issues: Array<Issue>, { sort, direction }: Filter): ReadonlyArray<Issue> => {
  const key = (issue: Issue) =>
    sort === "updated"
      ? issue.updatedAt
      : sort === "comments"
        ? issue.comments.length
        : issue.createdAt;
  const sign = direction === "asc" ? 1 : -1;
  return issues.sort((a, b) => sign * (key(a) - key(b) || a.number - b.number));
};
