import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";

/** A field that may be missing, null or of another type than documented: undefined then. */
export const tolerant = <S extends Schema.Codec<unknown, unknown>>(schema: S) =>
  Schema.optional(
    Schema.UndefinedOr(schema).pipe(Schema.catchDecoding(() => Effect.succeedSome(undefined))),
  );

/** A list whose elements are undefined where they make no sense. */
export const tolerantList = <S extends Schema.Codec<unknown, unknown>>(item: S) =>
  tolerant(
    Schema.Array(
      Schema.UndefinedOr(item).pipe(Schema.catchDecoding(() => Effect.succeedSome(undefined))),
    ),
  );

const wholeNumber = /^(0|[1-9]\d*)$/;

/** An id as text, whether it arrives as a number or as text. */
export const Id = Schema.Union([
  Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  Schema.String.check(Schema.isPattern(wholeNumber)),
]);

export const isId = (text: string): boolean => wholeNumber.test(text);
