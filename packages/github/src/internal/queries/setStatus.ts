/** Label and card of an issue, changed by one request. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { Entries, orNull } from "../decoding.ts";
import type { Change as CardChange } from "./boardStatus.ts";

/** Which labels an issue is given and loses, by their ids. */
export interface LabelChange {
  readonly add: string;
  readonly remove: ReadonlyArray<string>;
}

/** The labels that an issue then has. */
export const Labels = Schema.Struct({
  labelable: orNull(
    Schema.Struct({
      labels: orNull(Entries(Schema.Struct({ id: Schema.String, name: Schema.String }))),
    }),
  ),
});
const Changed = Schema.Struct({
  added: Labels,
  removed: Schema.optionalKey(Labels),
});
export type Changed = typeof Changed.Type;

export const answer = "{ labelable { labels(first: 100) { nodes { id name } } } }";

const added = `
  added: addLabelsToLabelable(input: { labelableId: $issue, labelIds: $add }) ${answer}`;
const removed = `
  removed: removeLabelsFromLabelable(input: { labelableId: $issue, labelIds: $remove }) ${answer}`;
const moved = `
  updateProjectV2ItemFieldValue(
    input: { projectId: $projectId, itemId: $itemId, fieldId: $fieldId, value: { singleSelectOptionId: $optionId } }
  ) { projectV2Item { id } }`;

const cardVariables = ", $projectId: ID!, $itemId: ID!, $fieldId: ID!, $optionId: String!";

/** In this order: an issue is never seen without its label. */
export const setStatus = (
  id: string,
  issue: string,
  { add, remove }: LabelChange,
  card: CardChange | undefined,
): Query<Changed> => {
  const removes = remove.length > 0;
  const variables = `$issue: ID!, $add: [ID!]!${removes ? ", $remove: [ID!]!" : ""}${card === undefined ? "" : cardVariables}`;
  const fields = `${added}${removes ? removed : ""}${card === undefined ? "" : moved}`;
  return {
    what: `the status of ${id}`,
    operation: "SetStatus",
    permission:
      "Issues: write; for the board Projects: write (of the organisation); classic: project",
    query: `mutation SetStatus(${variables}) {${fields}\n}`,
    variables: { issue, add: [add], ...(removes ? { remove } : {}), ...card },
    schema: Changed,
  };
};
