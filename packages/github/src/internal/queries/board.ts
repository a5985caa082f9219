/** Where a board is: with an organisation or a user, or linked to a repository. */
import * as Schema from "effect/Schema";
import { orNull } from "../decoding.ts";

/** `acme` or `acme/shop`, and the number of the board there. */
export interface BoardAddress {
  readonly owner: string;
  readonly number: number;
}

/** Both kinds of roots have the same alias, so that their answers have one shape. */
export const boardDocument = (
  operation: string,
  { owner }: BoardAddress,
  variables: ReadonlyArray<string>,
  fields: string,
): string => {
  const isRepository = owner.includes("/");
  const all = ["$login: String!", ...(isRepository ? ["$name: String!"] : []), "$number: Int!"];
  const board = `projectV2(number: $number) { ...Board }`;
  const root = isRepository
    ? `repository(owner: $login, name: $name) { ${board} }`
    : `repositoryOwner(login: $login) { __typename ... on ProjectV2Owner { ${board} } }`;
  return `query ${operation}(${[...all, ...variables].join(", ")}) {
  owner: ${root}
}
fragment Board on ProjectV2 {
  ${fields}
}`;
};

export const boardVariables = ({ number, owner }: BoardAddress): Record<string, unknown> => {
  const [login, name] = owner.split("/");
  return { login, number, ...(name === undefined ? {} : { name }) };
};

/** The board, or null on the way to it. */
export const Owned = <S extends Schema.Codec<unknown, unknown>>(board: S) =>
  Schema.Struct({ owner: orNull(Schema.Struct({ projectV2: orNull(board) })) });

/** What a token needs to read a board. */
export const permission = "Projects: read (of the organisation); classic: read:project";
