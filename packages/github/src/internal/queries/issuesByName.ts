/** Up to 100 issues whole, each with the first page of its relations. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { GraphIssue } from "../graphIssue.ts";
import { askedOf, byAlias, documentOf, type Named } from "./named.ts";
import { issue, relations, type Wanted, type Without } from "./parts.ts";

const fields = (wanted: Wanted, without: Without): string => `__typename
  ... on Issue {
      ${issue(without)}
      ${relations(wanted, without)}
  }`;

/** Of a pull request only that it is one. */
const Data = byAlias(
  Schema.Union([GraphIssue, Schema.Struct({ __typename: Schema.Literal("PullRequest") })]),
);

export const issuesByName = (
  named: ReadonlyArray<Named>,
  wanted: Wanted,
  without: Without,
): Query<typeof Data.Type> => ({
  ...askedOf(named),
  operation: "IssuesByName",
  query: documentOf("IssuesByName", named, fields(wanted, without)),
  schema: Data,
});
