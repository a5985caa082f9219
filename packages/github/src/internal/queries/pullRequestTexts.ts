/** What checks and reviewers say, for an agent that is to put it right. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { Entries, orNull } from "../decoding.ts";

const document = `
query PullRequestTexts($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on CheckRun { id name title summary text }
    ... on PullRequestReview {
      id body
      author { __typename login }
      comments(first: 50) { nodes { path line body } }
    }
  }
}`;

const CheckText = Schema.Struct({
  __typename: Schema.Literal("CheckRun"),
  id: Schema.String,
  name: Schema.String,
  title: orNull(Schema.String),
  summary: orNull(Schema.String),
  text: orNull(Schema.String),
});
export type CheckText = typeof CheckText.Type;

const ReviewText = Schema.Struct({
  __typename: Schema.Literal("PullRequestReview"),
  id: Schema.String,
  body: orNull(Schema.String),
  author: orNull(Schema.Struct({ login: Schema.String })),
  comments: orNull(
    Entries(
      Schema.Struct({ path: orNull(Schema.String), line: orNull(Schema.Int), body: Schema.String }),
    ),
  ),
});
export type ReviewText = typeof ReviewText.Type;

/** What is neither says nothing beyond what is known. */
const Other = Schema.Struct({ __typename: Schema.String });

const Data = Schema.Struct({
  nodes: Schema.Array(Schema.NullOr(Schema.Union([CheckText, ReviewText, Other]))),
});

export const pullRequestTexts = (ids: ReadonlyArray<string>): Query<typeof Data.Type> => ({
  what: `what ${ids.length} checks and reviews say`,
  operation: "PullRequestTexts",
  permission: "Checks: read and Pull requests: read",
  query: document.trim(),
  variables: { ids },
  schema: Data,
});
