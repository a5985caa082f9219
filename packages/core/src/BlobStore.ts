/** The port to where a journal keeps events that are too big for its database. */
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";

/** A blob could not be written or read. */
export class BlobError extends Schema.TaggedError<BlobError>()("BlobError", {
  hash: Schema.String,
  message: Schema.String,
}) {}

/** Texts named by the hex form of their SHA-256. What they hold is checked by whoever reads them. */
export interface BlobStore {
  /** Keeps a text; it is durable when it succeeds. Putting a text twice is no error. */
  readonly put: (hash: string, text: string) => Effect.Effect<void, BlobError>;
  /** The text of that name, or undefined if there is none. */
  readonly get: (hash: string) => Effect.Effect<string | undefined, BlobError>;
  /** Where it lies, for people. */
  readonly where: (hash: string) => string;
}
