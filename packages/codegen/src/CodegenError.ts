/** What can go wrong between this program and the Codegen API, as facts to act on. */
import * as Schema from "effect/Schema";

const fields = {
  /** What happened and what to try, without any secret. */
  message: Schema.String,
  /** The HTTP status, where there was an answer. */
  status: Schema.optionalKey(Schema.Finite),
};

/** The token is missing, wrong or expired (401). */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", fields) {}

/** The plan of the organisation allows no more agent runs (402). */
export class PlanLimitReached extends Schema.TaggedError<PlanLimitReached>()("PlanLimitReached", {
  ...fields,
  /** What the service said, in its own words. */
  words: Schema.String,
}) {}

/** The token may not do this in this organisation (403). */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", fields) {}

/** What was asked for is not there (404, 410). */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {}

/** The service refused the request as it is (400, 422 and other 4xx), or it was never sendable. */
export class Invalid extends Schema.TaggedError<Invalid>()("Invalid", fields) {}

/** Too many requests (429). The service did nothing. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...fields,
  /** How long the service asks to wait, if it says so. */
  retryAfterMillis: Schema.optionalKey(Schema.Finite),
}) {}

/** No answer, or one that speaks of a breakdown (5xx, 408). */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  ...fields,
  /** Whether the request can have reached the service. `no` is proven. */
  reached: Schema.Literals(["no", "maybe"]),
  /** How long the service asks to wait, if it says so. */
  retryAfterMillis: Schema.optionalKey(Schema.Finite),
}) {}

/** An answer that is not one of the Codegen API: HTML, a redirect, broken JSON, too large, no id. */
export class Malformed extends Schema.TaggedError<Malformed>()("Malformed", fields) {}

/** Everything that a request to the Codegen API can fail with. */
export type CodegenError =
  | Unauthorized
  | PlanLimitReached
  | Forbidden
  | NotFound
  | Invalid
  | RateLimited
  | Unavailable
  | Malformed;

/** Whether the same request may succeed a little later. */
export const isTransient = (error: CodegenError): error is RateLimited | Unavailable | Malformed =>
  error._tag === "RateLimited" || error._tag === "Unavailable" || error._tag === "Malformed";
