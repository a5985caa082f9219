/** Pieces of the schemas of GitHub's answers. */
import { isNotNullish } from "effect/Predicate";
import * as Schema from "effect/Schema";

/** A field that may be missing or null. */
export const orNull = <S extends Schema.Codec<unknown, unknown>>(schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema));

/** The number of an issue in its repository. */
export const IssueNumber = Schema.Int.check(Schema.isGreaterThan(0));

/** A moment as GitHub writes it: `2026-11-21T19:35:00Z`. */
export const Moment = Schema.String.check(
  Schema.makeFilter((text: string) => !Number.isNaN(Date.parse(text)), {
    message: "a moment as 2026-11-21T19:35:00Z",
  }),
);

/** A list in which an entry is null if the token may not see it; null as a whole if it may see none. */
export const Entries = <S extends Schema.Codec<unknown, unknown>>(entry: S) =>
  Schema.Struct({ nodes: orNull(Schema.Array(Schema.NullOr(entry))) });

/** Where a page ends. Without its cursor, the next one cannot be asked for. */
export const PageInfo = Schema.Struct({
  hasNextPage: Schema.Boolean,
  endCursor: orNull(Schema.String),
}).check(
  Schema.makeFilter(({ endCursor, hasNextPage }) => !hasNextPage || isNotNullish(endCursor), {
    message: "the cursor of the next page",
  }),
);

/** One page of a connection. */
export const Page = <S extends Schema.Codec<unknown, unknown>>(entry: S) =>
  Schema.Struct({ pageInfo: PageInfo, nodes: orNull(Schema.Array(Schema.NullOr(entry))) });

/** The entries that can be seen. */
export const seen = <A>(
  list: { readonly nodes?: ReadonlyArray<A | null> | null } | null | undefined,
): ReadonlyArray<A> => (list?.nodes ?? []).filter((entry): entry is A => entry !== null);
