/** What can go wrong between this program and GitHub, as facts to act on. */
import * as Schema from "effect/Schema";

const fields = {
  /** What happened and what to try, without any secret. */
  message: Schema.String,
  /** The HTTP status, where there was an answer. */
  status: Schema.optionalKey(Schema.Finite),
};

/** The token is missing, wrong, expired or revoked (401). */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", fields) {}

/** The token may not do this (403, `FORBIDDEN`, `INSUFFICIENT_SCOPES`). */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {
  ...fields,
  /** What the token lacks, as GitHub or the operation's own documentation names it: `issues=read`. */
  permission: Schema.optionalKey(Schema.String),
}) {}

/** It is not there, or the token may not see it: GitHub does not tell them apart (404, 410, `NOT_FOUND`). */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {}

/** The request is wrong as it is (400, 422, a query that does not validate). */
export class Invalid extends Schema.TaggedError<Invalid>()("Invalid", {
  ...fields,
  /** What kind of wrong, in GitHub's words: `undefinedField`, `MAX_NODE_LIMIT_EXCEEDED`; `RESOURCE_LIMITS_EXCEEDED` if it took too much. */
  code: Schema.optionalKey(Schema.String),
  /** The fields of a query that this server does not know, as `Issue.blockedBy`. */
  fields: Schema.optionalKey(Schema.Array(Schema.String)),
}) {}

/** The state has changed since it was read, or another one was faster (405, 409). */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", fields) {}

/** Too many requests, and waiting would take longer than was allowed. GitHub did nothing. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...fields,
  limit: Schema.Literals(["primary", "secondary"]),
  /** When requests may go on, in milliseconds since the epoch. */
  until: Schema.Finite,
}) {}

/** No answer, or one that speaks of a breakdown (5xx, a reset, a deadline). */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  ...fields,
  /** Whether the request can have reached GitHub. `no` is proven. */
  reached: Schema.Literals(["no", "maybe"]),
}) {}

/** An answer that is not one of GitHub's: HTML, broken JSON, another shape, too large, a redirect to elsewhere. */
export class Malformed extends Schema.TaggedError<Malformed>()("Malformed", fields) {}

/** Everything that a request to GitHub can fail with. */
export type GitHubError =
  | Unauthorized
  | Forbidden
  | NotFound
  | Invalid
  | Conflict
  | RateLimited
  | Unavailable
  | Malformed;
