/** Parts that schemas of tools share. */
import * as Schema from "effect/Schema";

/** A text or null. */
export const maybe = Schema.NullOr(Schema.String);

/** A run of this project, named by its id or the end of it. */
export const run = Schema.optionalKey(
  Schema.String.check(Schema.isPattern(/^[^/\\\s]{1,200}$/)).annotate({
    description: "The id of a run or the end of it; absent: the one at work, else the latest",
  }),
);

export const task = Schema.NonEmptyString.check(Schema.isMaxLength(1_000)).annotate({
  description: "The id of a task",
});

const whole = (least: number, most: number, description: string) =>
  Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: least, maximum: most })).annotate({ description }),
  );

/** Which part of a list is wanted. */
export const page = {
  offset: whole(0, 1_000_000_000, "How many to leave out at the beginning (default 0)"),
  limit: whole(1, 500, "At most so many (default 100)"),
};

export interface Page {
  readonly offset?: number;
  readonly limit?: number;
}

/** What is said of the part that is there. */
export const paged = {
  offset: Schema.Int,
  total: Schema.Int,
  /** Where the next part begins; null if there is none. */
  next_offset: Schema.NullOr(Schema.Int),
};

/** One part of a list, and where the next one begins. */
export const cut = <A>(all: ReadonlyArray<A>, { limit = 100, offset = 0 }: Page) => {
  const end = offset + limit;
  const place = { offset, total: all.length, next_offset: end < all.length ? end : null };
  return { items: all.slice(offset, end), place };
};

/** Says that there is more. */
export const more = ({ next_offset, total }: ReturnType<typeof cut>["place"]): string =>
  next_offset === null ? "" : ` There are ${total} in all; go on with offset ${next_offset}.`;
