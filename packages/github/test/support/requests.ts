/** Requests that tests make. */
import * as Schema from "effect/Schema";

const Issue = Schema.Struct({ number: Schema.Int });

export const issue = {
  what: "issue 1 of acme/shop",
  operation: "issues.get",
  permission: "Issues: read",
  route: "GET /repos/{owner}/{repo}/issues/{number}",
  parameters: { owner: "acme", repo: "shop", number: 1 },
  schema: Issue,
} as const;

export const issues = {
  what: "the issues of acme/shop",
  operation: "issues.list",
  permission: "Issues: read",
  route: "GET /repos/{owner}/{repo}/issues",
  parameters: { owner: "acme", repo: "shop", state: "open", per_page: 100, labels: undefined },
  schema: Schema.Array(Issue),
} as const;

export const viewer = {
  what: "the viewer",
  operation: "viewer.get",
  permission: "Issues: read",
  query: "query ($n: Int!) { viewer { login } }",
  variables: { n: 1, query: "reserved", url: "reserved", headers: "reserved" },
  schema: Schema.Struct({ viewer: Schema.Struct({ login: Schema.String }) }),
} as const;

export const label = {
  what: "the label on issue 1 of acme/shop",
  operation: "labels.add",
  permission: "Issues: write",
  route: "POST /repos/{owner}/{repo}/issues/{number}/labels",
  parameters: { owner: "acme", repo: "shop", number: 1, labels: ["x"], url: "12n" },
  schema: Schema.Array(Schema.Struct({ name: Schema.String })),
} as const;
