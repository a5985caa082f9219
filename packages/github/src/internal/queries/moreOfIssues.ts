/** The next page of one relation of a few issues. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { GraphRelations } from "../graphIssue.ts";
import { connection, type Connection, type Without } from "./parts.ts";

/** An issue, and where its next page begins. */
export interface From {
  readonly nodeId: string;
  readonly cursor: string;
}

/** As many whole pages as one answer should carry. */
export const mostPages = 10;

const operations: Record<Connection, string> = {
  blockedBy: "MoreBlockers",
  subIssues: "MoreSubIssues",
  comments: "MoreComments",
};

const words: Record<Connection, string> = {
  blockedBy: "blockers",
  subIssues: "sub-issues",
  comments: "comments",
};

export const document = (name: Connection, pages: number, without: Without): string => {
  const each = (text: (index: number) => string) =>
    Array.from({ length: pages }, (_, i) => text(i));
  const page = (i: number) => `
  i${i}: node(id: $id${i}) {
    __typename
    ... on Issue { ${connection(name, without, `after${i}`)} }
  }`;
  const variables = each((i) => `$id${i}: ID!, $after${i}: String!`).join(", ");
  return `query ${operations[name]}(${variables}) {${each(page).join("")}\n}`;
};

/** By alias: `i0` is the first. */
const Data = Schema.Record(Schema.String, Schema.NullOr(GraphRelations));

export const moreOfIssues = (
  name: Connection,
  from: ReadonlyArray<From>,
  without: Without,
): Query<typeof Data.Type> => ({
  what: `further ${words[name]} of ${from.length} issues`,
  operation: operations[name],
  permission: "Issues: read",
  query: document(name, from.length, without),
  variables: Object.fromEntries(
    from.flatMap(({ cursor, nodeId }, i) => [
      [`id${i}`, nodeId],
      [`after${i}`, cursor],
    ]),
  ),
  schema: Data,
});
