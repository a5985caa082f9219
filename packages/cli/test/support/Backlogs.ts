/** Backlogs as GitHub would give them, for views. */
import type { GitHubPlan, PlannedDependency, PlannedIssue } from "@orchestrator/github/GitHubPlan";
import type { Statement } from "@orchestrator/github/Ledger";
import * as Backlog from "../../src/plan/Backlog.ts";
import * as IssueAgents from "../../src/plan/IssueAgents.ts";
import * as PlanOutline from "../../src/plan/PlanOutline.ts";

/** An open issue of `acme/shop` that can run. */
export const issue = (number: number, overrides: Partial<PlannedIssue> = {}): PlannedIssue => {
  const id = `acme/shop#${number}`;
  const title = overrides.title ?? `Issue ${number}`;
  const { dependencies = [] } = overrides;
  const dependsOn = dependencies
    .filter(({ satisfied, status }) => !satisfied && status === "task")
    .map(({ on, source }) => ({ task: on, source }));
  return {
    id,
    repository: "acme/shop",
    number,
    title,
    url: `https://github.com/acme/shop/issues/${number}`,
    state: "open",
    isTrusted: true,
    trust: "its author ada is OWNER",
    dependencies,
    blocked: undefined,
    ownReason: undefined,
    because: undefined,
    task: { id, title, prompt: "Do it", dependsOn },
    ...overrides,
  };
};

/** A dependency on an issue of the plan that is not there yet. */
export const on = (
  number: number,
  overrides: Partial<PlannedDependency> = {},
): PlannedDependency => ({
  on: `acme/shop#${number}`,
  until: undefined,
  source: "body line 1",
  satisfied: false,
  status: "task",
  issue: undefined,
  ...overrides,
});

export const statement: Statement = {
  requests: 4,
  unchanged: 1,
  repeated: 0,
  rest: 2,
  graphql: 1,
  waitedMillis: 2000,
  operations: [
    { operation: "issues.list", requests: 3, unchanged: 1, repeated: 0, rest: 2, graphql: 0 },
    { operation: "issues.relations", requests: 1, unchanged: 0, repeated: 0, rest: 0, graphql: 1 },
  ],
  remaining: [
    { resource: "rest", limit: 5000, remaining: 4998, resetsAt: Date.UTC(2026, 10, 21, 13) },
  ],
};

/** A backlog of these issues; those that are not blocked can run. */
export const backlog = (
  issues: ReadonlyArray<PlannedIssue>,
  problems: GitHubPlan["problems"] = [],
  hasCodegen = false,
  agents = IssueAgents.remote(hasCodegen),
): Backlog.Backlog =>
  Backlog.make(
    {
      name: "acme/shop issues",
      issues,
      tasks: issues.filter(({ blocked }) => blocked === undefined).map(({ task }) => task),
      problems,
    },
    agents,
    {
      sources: ["acme/shop issues"],
      host: "api.github.com",
      resources: {},
      ledger: () => statement,
    },
  );

export const outline = (...given: Parameters<typeof backlog>): PlanOutline.PlanOutline =>
  PlanOutline.ofBacklog(backlog(...given), { concurrency: 4, mode: "parallel" });
