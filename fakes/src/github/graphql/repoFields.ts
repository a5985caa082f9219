import { toText, toTextOrNull } from "../rest/place.ts";
import type { Issue, Label, Milestone, Repo } from "../world/model.ts";
import { fullName, permissionOf } from "../world/World.ts";
import { type Args, connect } from "./connection.ts";
import type { Fields } from "./fields.ts";
import { findIssue, issuesOf, type Order, pullsOf, sortBy } from "./issueLists.ts";
import { findProject } from "./projectFields.ts";
import { refNode } from "./pullFields.ts";

export const labelFields: Fields<Label> = {
  id: ({ nodeId }) => nodeId,
  name: ({ name }) => name,
  color: ({ color }) => color,
  description: ({ description }) => description,
  isDefault: () => false,
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ createdAt }) => toText(createdAt),
  repository: ({ repo }) => repo,
  url: ({ repo, name }, _args, { place }) =>
    `${place.web}/${fullName(repo)}/labels/${encodeURIComponent(name)}`,
  issues: (label, args, context) =>
    issuesOf(label.repo, args, context, "issues", (issue) => issue.labels.includes(label)),
};

export const milestoneFields: Fields<Milestone> = {
  id: ({ nodeId }) => nodeId,
  number: ({ number }) => number,
  title: ({ title }) => title,
  description: ({ description }) => description,
  dueOn: ({ dueOn }) => toTextOrNull(dueOn),
  state: ({ isOpen }) => (isOpen ? "OPEN" : "CLOSED"),
  closed: ({ isOpen }) => !isOpen,
  closedAt: ({ closedAt }) => toTextOrNull(closedAt),
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ updatedAt }) => toText(updatedAt),
  creator: ({ creator }) => creator,
  repository: ({ repo }) => repo,
  url: ({ repo, number }, _args, { place }) => `${place.web}/${fullName(repo)}/milestone/${number}`,
  openIssueCount: (milestone) => inside(milestone).filter(({ isOpen }) => isOpen).length,
  closedIssueCount: (milestone) => inside(milestone).filter(({ isOpen }) => !isOpen).length,
  progressPercentage: (milestone) => {
    const all = inside(milestone);
    return all.length === 0 ? 0 : (all.filter(({ isOpen }) => !isOpen).length * 100) / all.length;
  },
  issues: (milestone, args, context) =>
    issuesOf(milestone.repo, args, context, "issues", (issue) => issue.milestone === milestone),
};

const inside = (milestone: Milestone): ReadonlyArray<Issue> =>
  [...milestone.repo.issues.values()].filter((issue) => issue.milestone === milestone);

export const repoFields: Fields<Repo> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  name: ({ name }) => name,
  nameWithOwner: (repo) => fullName(repo),
  owner: ({ owner }) => owner,
  description: () => null,
  url: (repo, _args, { place }) => `${place.web}/${fullName(repo)}`,
  resourcePath: (repo) => `/${fullName(repo)}`,
  isPrivate: ({ isPrivate }) => isPrivate,
  isArchived: ({ isArchived }) => isArchived,
  isDisabled: () => false,
  isFork: () => false,
  isLocked: () => false,
  visibility: ({ isPrivate }) => (isPrivate ? "PRIVATE" : "PUBLIC"),
  hasIssuesEnabled: ({ hasIssues }) => hasIssues,
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ createdAt }) => toText(createdAt),
  defaultBranchRef: (repo) => refNode(repo, `refs/heads/${repo.defaultBranch}`),
  ref: (repo, { qualifiedName }) => {
    const name = String(qualifiedName);
    return refNode(repo, name) ?? refNode(repo, `refs/heads/${name}`);
  },
  autoMergeAllowed: ({ merging }) => merging.auto,
  mergeCommitAllowed: ({ merging }) => merging.merge,
  squashMergeAllowed: ({ merging }) => merging.squash,
  rebaseMergeAllowed: ({ merging }) => merging.rebase,
  deleteBranchOnMerge: ({ merging }) => merging.deleteBranch,
  viewerPermission: (repo, _args, { token }) =>
    token.user === null ? null : permissionOf(token.user, repo).toUpperCase(),
  issue: (repo, { number }, context) =>
    findIssue(context, repo, number, "an Issue", (issue) => issue.pull === null),
  pullRequest: (repo, { number }, context) =>
    findIssue(context, repo, number, "a PullRequest", (issue) => issue.pull !== null),
  issueOrPullRequest: (repo, { number }, context) =>
    findIssue(context, repo, number, "an issue or pull request", () => true),
  issues: (repo, args, context) => issuesOf(repo, args, context, "issues", () => true),
  pullRequests: (repo, args, context) => pullsOf(repo, args, context),
  label: ({ labels }, { name }) =>
    labels.find((label) => label.name.toLowerCase() === String(name).toLowerCase()) ?? null,
  labels: ({ labels }, args) => {
    const query = args["query"];
    const found =
      typeof query === "string" ? labels.filter(({ name }) => name.includes(query)) : labels;
    return connect(found, args, "labels");
  },
  milestone: ({ milestones }, { number }) =>
    milestones.find((milestone) => milestone.number === number) ?? null,
  milestones: ({ milestones }, args) => {
    const states = args["states"] as ReadonlyArray<string> | undefined;
    const found = milestones.filter(
      ({ isOpen }) => !states || states.includes(isOpen ? "OPEN" : "CLOSED"),
    );
    return connect(milestonesBy(found, args), args, "milestones");
  },
  issueTypes: ({ types }, args) => connect(types, args, "issueTypes"),
  projectV2: (repo, { number }, context) => {
    const project = repo.owner.projects.find((each) => each.number === number);
    const isLinked = project?.items.some(
      ({ content }) => content.kind === "Issue" && content.repo === repo,
    );
    return findProject(context, isLinked === true ? project! : null, number as number);
  },
};

const milestonesBy = (milestones: Array<Milestone>, args: Args): Array<Milestone> => {
  const order = args["orderBy"] as Order | undefined;
  if (order === undefined || order === null) return milestones;
  const keys: Readonly<Record<string, (milestone: Milestone) => number>> = {
    CREATED_AT: ({ createdAt }) => createdAt,
    DUE_DATE: ({ dueOn }) => dueOn ?? Number.MAX_SAFE_INTEGER,
    NUMBER: ({ number }) => number,
    UPDATED_AT: ({ updatedAt }) => updatedAt,
  };
  return sortBy(milestones, keys[order.field], order, "milestones");
};
