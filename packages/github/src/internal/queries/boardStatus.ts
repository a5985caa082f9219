/** The status of issues on a board: where it is, and how it is changed. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { Entries, orNull } from "../decoding.ts";
import { type BoardAddress, boardDocument, boardVariables, Owned } from "./board.ts";

const permission = "Projects: write (of the organisation); classic: project";

/** A single select with its options; of a field of another kind nothing is read. */
const Field = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  options: Schema.optionalKey(
    Schema.Array(Schema.Struct({ id: Schema.String, name: Schema.String })),
  ),
});
const Board = Owned(Schema.Struct({ id: Schema.String, field: orNull(Field) }));

const field = `id
  field(name: $field) { __typename ... on ProjectV2SingleSelectField { id options { id name } } }`;

/** A field of a board with its options. */
export const boardStatusField = (
  address: BoardAddress,
  name: string,
): Query<typeof Board.Type> => ({
  what: `the field ${name} of board ${address.number} of ${address.owner}`,
  operation: "BoardStatusField",
  permission,
  query: boardDocument("BoardStatusField", address, ["$field: String!"], field),
  variables: { ...boardVariables(address), field: name },
  schema: Board,
});

const Item = Schema.Struct({
  id: Schema.String,
  isArchived: Schema.optionalKey(Schema.Boolean),
  project: orNull(Schema.Struct({ id: Schema.String })),
  fieldValueByName: orNull(Schema.Struct({ optionId: orNull(Schema.String) })),
});
export type Item = typeof Item.Type;

const Items = Schema.Struct({
  node: orNull(Schema.Struct({ projectItems: orNull(Entries(Item)) })),
});

/** The places that an issue has on boards; few issues are on more than one. */
export const boardItem = (
  id: string,
  nodeId: string,
  fieldName: string,
): Query<typeof Items.Type> => ({
  what: `the place of ${id} on its boards`,
  operation: "BoardItem",
  permission,
  query: `query BoardItem($issue: ID!, $field: String!) {
  node(id: $issue) {
    __typename
    ... on Issue {
      projectItems(first: 100, includeArchived: true) {
        nodes {
          id
          isArchived
          project { id }
          fieldValueByName(name: $field) {
            __typename
            ... on ProjectV2ItemFieldSingleSelectValue { optionId }
          }
        }
      }
    }
  }
}`,
  variables: { issue: nodeId, field: fieldName },
  schema: Items,
});

const Added = Schema.Struct({
  addProjectV2ItemById: Schema.Struct({ item: Schema.Struct({ id: Schema.String }) }),
});

/** Puts an issue on a board; one that is there stays where it is. */
export const addToBoard = (
  id: string,
  projectId: string,
  contentId: string,
): Query<typeof Added.Type> => ({
  what: `the place of ${id} on the board`,
  operation: "AddToBoard",
  permission,
  query: `mutation AddToBoard($projectId: ID!, $contentId: ID!) {
  addProjectV2ItemById(input: { projectId: $projectId, contentId: $contentId }) { item { id } }
}`,
  variables: { projectId, contentId },
  schema: Added,
});

const Changed = Schema.Struct({ updateProjectV2ItemFieldValue: Schema.Unknown });

/** Which option of which field of which item. */
export interface Change {
  readonly projectId: string;
  readonly itemId: string;
  readonly fieldId: string;
  readonly optionId: string;
}

export const setBoardStatus = (id: string, change: Change): Query<typeof Changed.Type> => ({
  what: `the status of ${id} on the board`,
  operation: "SetBoardStatus",
  permission,
  query: `mutation SetBoardStatus($projectId: ID!, $itemId: ID!, $fieldId: ID!, $optionId: String!) {
  updateProjectV2ItemFieldValue(
    input: { projectId: $projectId, itemId: $itemId, fieldId: $fieldId, value: { singleSelectOptionId: $optionId } }
  ) { projectV2Item { id } }
}`,
  variables: { ...change },
  schema: Changed,
});
