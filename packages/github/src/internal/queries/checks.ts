/** The checks of the head of a pull request, a page of them. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import type * as IssueId from "../../IssueId.ts";
import { orNull, Page } from "../decoding.ts";

/** `number` is the variable with the number of the pull request: what is required differs from base to base. */
export const selection = (number: string, after?: string): string => `statusCheckRollup {
      state
      contexts(first: 100${after === undefined ? "" : `, after: ${after}`}) {
        pageInfo { hasNextPage endCursor }
        nodes {
          __typename
          ... on CheckRun {
            id databaseId name status conclusion startedAt title permalink
            isRequired(pullRequestNumber: ${number})
            checkSuite { app { slug } workflowRun { event workflow { name } } }
          }
          ... on StatusContext {
            id context state description targetUrl createdAt
            isRequired(pullRequestNumber: ${number})
          }
        }
      }
    }`;

const CheckRun = Schema.Struct({
  __typename: Schema.Literal("CheckRun"),
  id: Schema.String,
  databaseId: orNull(Schema.Finite),
  name: Schema.String,
  status: Schema.String,
  conclusion: orNull(Schema.String),
  startedAt: orNull(Schema.String),
  title: orNull(Schema.String),
  permalink: orNull(Schema.String),
  isRequired: Schema.Boolean,
  checkSuite: orNull(
    Schema.Struct({
      app: orNull(Schema.Struct({ slug: Schema.String })),
      workflowRun: orNull(
        Schema.Struct({
          event: orNull(Schema.String),
          workflow: orNull(Schema.Struct({ name: Schema.String })),
        }),
      ),
    }),
  ),
});
export type CheckRun = typeof CheckRun.Type;

const StatusContext = Schema.Struct({
  __typename: Schema.Literal("StatusContext"),
  id: Schema.String,
  context: Schema.String,
  state: Schema.String,
  description: orNull(Schema.String),
  targetUrl: orNull(Schema.String),
  createdAt: orNull(Schema.String),
  isRequired: Schema.Boolean,
});
export type StatusContext = typeof StatusContext.Type;

/** Null is what the token may not read. */
export const Rollup = orNull(
  Schema.Struct({
    state: Schema.String,
    contexts: orNull(Page(Schema.Union([CheckRun, StatusContext]))),
  }),
);
export type Rollup = Schema.Schema.Type<typeof Rollup>;

const Data = Schema.Struct({
  repository: orNull(
    Schema.Struct({
      pullRequest: orNull(Schema.Struct({ headRefOid: Schema.String, statusCheckRollup: Rollup })),
    }),
  ),
});

/** A further page. */
export const moreChecks = (
  { number, owner, repository }: IssueId.Parts,
  after: string,
): Query<typeof Data.Type> => ({
  what: `further checks of ${owner}/${repository}#${number}`,
  operation: "MoreChecks",
  permission: "Checks: read and Commit statuses: read",
  query: `query MoreChecks($owner: String!, $name: String!, $number: Int!, $after: String!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
    headRefOid
    ${selection("$number", "$after")}
    }
  }
}`,
  variables: { owner, name: repository, number, after },
  schema: Data,
});
