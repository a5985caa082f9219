/** One page of the items of a board, with the issues inside and the fields that matter. */
import { isNullish } from "effect/Predicate";
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import type { FieldValue } from "../../IssueFacts.ts";
import { orNull, Page } from "../decoding.ts";
import { GraphIssue } from "../graphIssue.ts";
import { type BoardAddress, boardDocument, boardVariables, Owned, permission } from "./board.ts";
import { issue, relations, type Wanted, type Without } from "./parts.ts";

/** Which page, and what of each item. */
export interface Asked {
  readonly size: number;
  readonly after: string | undefined;
  /** In the language of the board's own filter line. */
  readonly search: string | undefined;
  /** Names as the board spells them. */
  readonly fields: ReadonlyArray<string>;
  readonly wanted: Wanted;
}

/** By name a field costs nothing, and none is cut off, as it would be in the list of all values. */
const value = (_: string, i: number): string =>
  `f${i}: fieldValueByName(name: $f${i}) { ...Value }`;

const fragmentOfValue = `
fragment Value on ProjectV2ItemFieldValue {
  __typename
  ... on ProjectV2ItemFieldTextValue { text }
  ... on ProjectV2ItemFieldNumberValue { number }
  ... on ProjectV2ItemFieldDateValue { date }
  ... on ProjectV2ItemFieldSingleSelectValue { name }
  ... on ProjectV2ItemFieldIterationValue { title }
}`;

const document = (address: BoardAddress, asked: Asked, without: Without): string => {
  const { fields, search, wanted } = asked;
  const variables = [
    "$size: Int!, $after: String",
    ...(search === undefined ? [] : ["$search: String"]),
    ...fields.map((_, i) => `$f${i}: String!`),
  ];
  const items = `items(first: $size, after: $after${search === undefined ? "" : ", query: $search"}) {
    pageInfo { hasNextPage endCursor }
    nodes {
      type
      isArchived
      ${fields.map(value).join("\n      ")}
      content { ...Content }
    }
  }`;
  const content = `
fragment Content on ProjectV2ItemContent {
  __typename
  ... on Issue {
      ${issue(without)}
      ${relations(wanted, without)}
  }
  ... on PullRequest { title }
  ... on DraftIssue { title }
}`;
  const values = fields.length === 0 ? "" : fragmentOfValue;
  return `${boardDocument("BoardItems", address, variables, items)}${content}${values}`;
};

const Titled = Schema.Struct({
  __typename: Schema.Literals(["PullRequest", "DraftIssue"]),
  title: Schema.String,
});

/** A value; of a kind that has none of these, as labels, nothing is read. */
const Value = Schema.Struct({
  text: orNull(Schema.String),
  number: orNull(Schema.Finite),
  date: orNull(Schema.String),
  name: orNull(Schema.String),
  title: orNull(Schema.String),
});

/** The item's own keys, and its fields by alias (`f0`). */
const Item = Schema.StructWithRest(
  Schema.Struct({
    type: Schema.String,
    isArchived: Schema.optionalKey(Schema.Boolean),
    content: orNull(Schema.Union([GraphIssue, Titled])),
  }),
  [Schema.Record(Schema.TemplateLiteral(["f", Schema.Int]), Schema.NullOr(Value))],
);
export type Item = typeof Item.Type;

/** The values that an item has of these fields, by name. */
export const valuesOf = (
  item: Item,
  fields: ReadonlyArray<string>,
): Readonly<Record<string, FieldValue>> =>
  Object.fromEntries(
    fields.flatMap((name, i) => {
      const given = item[`f${i}`];
      const found = given?.text ?? given?.number ?? given?.date ?? given?.name ?? given?.title;
      return isNullish(found) ? [] : [[name, found] as const];
    }),
  );

const Data = Owned(Schema.Struct({ items: Page(Item) }));

export const boardItems = (
  address: BoardAddress,
  asked: Asked,
  without: Without,
): Query<typeof Data.Type> => ({
  what: `the items of board ${address.number} of ${address.owner}`,
  operation: "BoardItems",
  permission,
  query: document(address, asked, without),
  variables: {
    ...boardVariables(address),
    size: asked.size,
    after: asked.after ?? null,
    ...(asked.search === undefined ? {} : { search: asked.search }),
    ...Object.fromEntries(asked.fields.map((name, i) => [`f${i}`, name])),
  },
  schema: Data,
});
