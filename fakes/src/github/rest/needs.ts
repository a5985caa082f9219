import type { Level } from "../world/input.ts";
import type { Need } from "../world/Access.ts";
import type { Permission } from "../world/model.ts";

const write = (area: string, role: Permission = "write"): Need => ({ area, level: "write", role });

/** Comments and labels of issues and of pull requests are reached with either permission. */
const either = (level: Level, role: Permission): ReadonlyArray<Need> => [
  { area: "issues", level, role },
  { area: "pull_requests", level, role },
];

const areas: Readonly<Record<string, string>> = {
  issues: "issues",
  comments: "issues",
  labels: "issues",
  milestones: "issues",
  pulls: "pull_requests",
  refs: "contents",
  git: "contents",
  branches: "contents",
  commits: "contents",
  compare: "contents",
  checkRuns: "checks",
  jobs: "actions",
};

/** What differs from reading in the area that the endpoint's name begins with. */
const particular: Readonly<Record<string, ReadonlyArray<Need>>> = {
  "issues.create": [write("issues", "read")],
  "issues.update": either("write", "read"),
  "issues.labels": either("read", "read"),
  "issues.addLabels": either("write", "triage"),
  "issues.setLabels": either("write", "triage"),
  "issues.clearLabels": either("write", "triage"),
  "issues.removeLabel": either("write", "triage"),
  "issues.comments": either("read", "read"),
  "comments.list": either("read", "read"),
  "comments.get": either("read", "read"),
  "comments.create": either("write", "read"),
  "comments.update": either("write", "read"),
  "comments.delete": either("write", "read"),
  "labels.list": either("read", "read"),
  "labels.get": either("read", "read"),
  "labels.create": either("write", "write"),
  "labels.update": either("write", "write"),
  "labels.delete": either("write", "write"),
  "pulls.create": [write("pull_requests")],
  "pulls.update": [write("pull_requests", "read")],
  "pulls.merge": [write("contents")],
  "pulls.isMerged": [{ area: "contents", level: "read" }],
  "pulls.updateBranch": [write("pull_requests")],
  "refs.create": [write("contents")],
  "refs.update": [write("contents")],
  "refs.delete": [write("contents")],
  "git.createCommit": [write("contents")],
  "git.createTree": [write("contents")],
  "git.createBlob": [write("contents")],
  "commits.checkRuns": [{ area: "checks", level: "read" }],
  "commits.status": [{ area: "statuses", level: "read" }],
  "commits.statuses": [{ area: "statuses", level: "read" }],
  "statuses.create": [write("statuses")],
  "checkRuns.rerequest": [write("checks")],
  "jobs.rerun": [write("actions")],
};

/** What a token needs for an endpoint in a repository; one of several is enough. */
export const needsOf = (endpoint: string): ReadonlyArray<Need> =>
  particular[endpoint] ?? [
    { area: areas[endpoint.split(".")[0] ?? ""] ?? "metadata", level: "read" },
  ];

/** What people are told of, and what is limited for it. */
export const createsContent = (endpoint: string): boolean =>
  endpoint === "comments.create" || endpoint === "issues.create" || endpoint === "pulls.create";
