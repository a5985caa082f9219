/** The fields of a board, with the options of those that have some. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { Entries, seen } from "../decoding.ts";
import { type BoardAddress, boardDocument, boardVariables, Owned, permission } from "./board.ts";

/** A board has 50 fields at most. */
const fields = `fields(first: 100) {
    nodes {
      __typename
      ... on ProjectV2FieldCommon { name dataType }
      ... on ProjectV2SingleSelectField { options { name } }
    }
  }`;

const BoardField = Schema.Struct({
  name: Schema.optionalKey(Schema.String),
  dataType: Schema.optionalKey(Schema.String),
  options: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String }))),
});

const BoardFields = Schema.Struct({ fields: Entries(BoardField) });
const Data = Owned(BoardFields);

/** A field of a board; `options` only of a single select. */
export interface Field {
  readonly name: string;
  readonly dataType: string;
  readonly options: ReadonlyArray<string> | undefined;
}

/** The fields that have a name. */
export const fieldsOf = (board: typeof BoardFields.Type): ReadonlyArray<Field> =>
  seen(board.fields).flatMap(({ dataType = "", name, options }) =>
    name === undefined ? [] : [{ name, dataType, options: options?.map((option) => option.name) }],
  );

export const boardFields = (address: BoardAddress): Query<typeof Data.Type> => ({
  what: `the fields of board ${address.number} of ${address.owner}`,
  operation: "BoardFields",
  permission,
  query: boardDocument("BoardFields", address, [], fields),
  variables: boardVariables(address),
  schema: Data,
});
