/** The issues on a Projects board, with the values of its fields, in the order of the board. */
import * as Effect from "effect/Effect";
import { isNullish } from "effect/Predicate";
import * as Stream from "effect/Stream";
import type { Fact, FactSource, Reading } from "./FactSource.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { criteria, fieldNamed } from "./internal/boardFilter.ts";
import { absent, type Board, boardIssues } from "./internal/boardIssues.ts";
import { boardFields, fieldsOf } from "./internal/queries/boardFields.ts";
import { Reader } from "./internal/Reader.ts";

/** Which items. Names and values are the same in any case. */
export interface Filter {
  /** One of these, of the status field. */
  readonly status?: ReadonlyArray<string> | undefined;
  /** For each of these fields one of the values. */
  readonly fields?: Readonly<Record<string, ReadonlyArray<string>>> | undefined;
  /** In the language of the board's filter line, as `is:open label:bug`; older servers do not know it. */
  readonly query?: string | undefined;
  /** The most issues to give. */
  readonly limit?: number | undefined;
}

/** Which items of which board are read. */
export interface Options {
  /** `acme` for a board of an organisation or a user, `acme/shop` for one linked to a repository. */
  readonly owner: string;
  readonly number: number;
  readonly filter?: Filter | undefined;
  /** Default: `Status`. */
  readonly statusField?: string | undefined;
  /** The fields whose values matter. Those that the board does not have are not there. */
  readonly fieldNames?: ReadonlyArray<string> | undefined;
  readonly reading?: Reading | undefined;
}

/** The issues of a board that pass the filter. What is no issue is told apart, if it passes too. */
export const make = (client: GitHubClient, options: Options): FactSource => {
  const name = `${options.owner} project ${options.number}`;
  const read = () => factsFrom(new Reader(client, name, options.reading), options);
  return { name, facts: Stream.suspend(read) };
};

const factsFrom = (reader: Reader, options: Options): Stream.Stream<Fact, GitHubError> =>
  Stream.unwrap(Effect.map(boardOf(reader, options), (board) => boardIssues(reader, board))).pipe(
    limited(options.filter?.limit),
    Stream.concat(Stream.suspend(() => Stream.fromIterable(reader.shortfalls()))),
  );

/** Looks at the board first: names are compared with its own, and a wrong one is told before anything is read. */
const boardOf = Effect.fnUntraced(function* (reader: Reader, options: Options) {
  const { fieldNames = [], filter = {}, number, owner, statusField = "Status" } = options;
  const address = { owner, number };
  const answer = yield* reader.ask(() => boardFields(address));
  const board = answer.data.owner?.projectV2;
  if (isNullish(board)) return yield* absent(reader, answer);
  const fields = fieldsOf(board);
  const stated = {
    ...filter.fields,
    ...(filter.status === undefined ? {} : { [statusField]: filter.status }),
  };
  const found = yield* Effect.fromResult(criteria(reader.source, fields, stated));
  const wanted = [...fieldNames, statusField].map((name) => fieldNamed(fields, name)?.name);
  const names = [...wanted, ...found.map(({ field }) => field.name)];
  return {
    address,
    criteria: found,
    fields: [...new Set(names.filter((name) => name !== undefined))],
    search: filter.query,
  } satisfies Board;
});

/** As many issues as are wanted, and what is told between them. */
const limited = (limit = Infinity) => {
  let left = limit;
  return Stream.takeUntil<Fact>(({ _tag }) => _tag === "Issue" && --left <= 0);
};
