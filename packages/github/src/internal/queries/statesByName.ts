/** What up to 100 issues and pull requests are, and where they are in their life. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { GraphLinked, GraphPullRequest } from "../graphIssue.ts";
import { askedOf, byAlias, documentOf, type Named } from "./named.ts";
import { linkedIssue, linkedPullRequest, type Without } from "./parts.ts";

const fields = (without: Without): string => `__typename
  ... on Issue { ${linkedIssue(without)} }
  ... on PullRequest { ${linkedPullRequest} }`;

const Data = byAlias(Schema.Union([GraphLinked, GraphPullRequest]));

export const statesByName = (
  named: ReadonlyArray<Named>,
  without: Without,
): Query<typeof Data.Type> => ({
  ...askedOf(named),
  operation: "StatesByName",
  query: documentOf("StatesByName", named, fields(without)),
  schema: Data,
});
