/** The relations of up to 100 issues. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { GraphRelations } from "../graphIssue.ts";
import { relations, type Wanted, type Without } from "./parts.ts";

export const document = (wanted: Wanted, without: Without): string => `
query RelationsOfIssues($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on Issue {
      id
      ${relations(wanted, without)}
    }
  }
}`;

/** In the order of the ids; null for what is gone or may not be seen. */
const Data = Schema.Struct({ nodes: Schema.Array(Schema.NullOr(GraphRelations)) });

export const relationsOfIssues = (
  ids: ReadonlyArray<string>,
  wanted: Wanted,
  without: Without,
): Query<typeof Data.Type> => ({
  what: `the dependencies of ${ids.length} issues`,
  operation: "RelationsOfIssues",
  permission: "Issues: read",
  query: document(wanted, without).trim(),
  variables: { ids },
  schema: Data,
});
