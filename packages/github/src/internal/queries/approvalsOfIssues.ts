/** Who set which label on an issue, and what of it was changed when. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { Entries, Moment, orNull } from "../decoding.ts";
import { GraphActor } from "../graphIssue.ts";

/** The last events are enough: somebody who adds more of them hides an approval, and never makes one. */
export const document = `
query ApprovalsOfIssues($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on Issue {
      id
      lastEditedAt
      timelineItems(last: 100, itemTypes: [LABELED_EVENT, UNLABELED_EVENT, RENAMED_TITLE_EVENT]) {
        nodes {
          __typename
          ... on LabeledEvent { createdAt actor { __typename login } label { name } }
          ... on UnlabeledEvent { createdAt label { name } }
          ... on RenamedTitleEvent { createdAt }
        }
      }
    }
  }
}`;

const Label = Schema.Struct({ name: Schema.String });

const Event = Schema.Union([
  Schema.Struct({
    __typename: Schema.Literal("LabeledEvent"),
    createdAt: Moment,
    actor: GraphActor,
    label: Label,
  }),
  Schema.Struct({ __typename: Schema.Literal("UnlabeledEvent"), label: Label }),
  Schema.Struct({ __typename: Schema.Literal("RenamedTitleEvent"), createdAt: Moment }),
]);
export type Event = typeof Event.Type;

const IssueEvents = Schema.Struct({
  lastEditedAt: orNull(Moment),
  timelineItems: Schema.optionalKey(Entries(Event)),
});
export type IssueEvents = typeof IssueEvents.Type;

/** In the order of the ids; null for what is gone or may not be seen. */
const Data = Schema.Struct({ nodes: Schema.Array(Schema.NullOr(IssueEvents)) });

export const approvalsOfIssues = (ids: ReadonlyArray<string>): Query<typeof Data.Type> => ({
  what: `who labelled ${ids.length} issues`,
  operation: "ApprovalsOfIssues",
  permission: "Issues: read",
  query: document.trim(),
  variables: { ids },
  schema: Data,
});
