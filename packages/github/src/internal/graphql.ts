import * as Schema from "effect/Schema";
import {
  type Forbidden,
  type GitHubError,
  Invalid,
  NotFound,
  Unavailable,
} from "../GitHubError.ts";
import type { PartialError } from "../GitHubClient.ts";
import { patienceAsked, resetIn } from "./budget.ts";
import type { Answer } from "./exchange.ts";
import { type Asked, lacking, mayBeHidden } from "./refusal.ts";
import { final, passing, type Trouble } from "./Trouble.ts";

const Path = Schema.Array(Schema.Union([Schema.String, Schema.Finite]));
const QueryError = Schema.Struct({
  message: Schema.String,
  type: Schema.optional(Schema.NullOr(Schema.String)),
  path: Schema.optional(Schema.NullOr(Path)),
  extensions: Schema.optional(
    Schema.NullOr(
      Schema.Struct({
        code: Schema.optional(Schema.Unknown),
        typeName: Schema.optional(Schema.Unknown),
        fieldName: Schema.optional(Schema.Unknown),
      }),
    ),
  ),
});
type QueryError = typeof QueryError.Type;

const asList = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Schema.String)));

/** The body of an answer to a query. */
export const Body = Schema.Struct({
  data: Schema.optional(Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown))),
  errors: Schema.optional(Schema.NullOr(Schema.Array(QueryError))),
});
export type Body = typeof Body.Type;

/** The errors that leave the rest of the answer as it is. */
export const partialErrors = ({ data, errors }: Body): ReadonlyArray<PartialError> | undefined => {
  const all = errors ?? [];
  if (data === null || data === undefined || !all.every(isPartial)) return undefined;
  return all.map(({ message, path, type }) => ({ type: type ?? "", path: path ?? [], message }));
};

const isPartial = ({ path, type }: QueryError): boolean =>
  (type === "NOT_FOUND" || type === "FORBIDDEN") && path !== undefined && path !== null;

/** The trouble of an answer whose errors concern all of it: a limit goes first, then what may pass. */
export const queryTrouble = (
  asked: Asked,
  { errors }: Body,
  answer: Answer,
  nowMillis: number,
): Trouble => {
  const all = errors ?? [];
  const limited = limitIn(all, answer, nowMillis);
  if (limited !== undefined) return limited;
  const passed = all.find(({ message }) => /something went wrong while executing/i.test(message));
  if (passed !== undefined || all.length === 0) {
    return passing(unavailable(asked, passed?.message ?? "neither data nor errors"));
  }
  return final(refused(asked, all));
};

const limitIn = (
  errors: ReadonlyArray<QueryError>,
  { headers, status }: Answer,
  now: number,
): Trouble | undefined => {
  const asks = patienceAsked(headers, now);
  if (errors.some(({ message }) => /secondary rate|submitted too quickly/i.test(message))) {
    return { _tag: "Limited", limit: "secondary", waitMillis: asks, status };
  }
  if (!errors.some(({ type }) => type === "RATE_LIMIT" || type === "RATE_LIMITED"))
    return undefined;
  return { _tag: "Limited", limit: "primary", waitMillis: asks ?? resetIn(headers, now), status };
};

const unavailable = ({ line, what }: Asked, said: string): Unavailable =>
  new Unavailable({
    reached: "maybe",
    status: 200,
    message: `GitHub could not serve ${what} (${line(said)}). Try again later.`,
  });

const refused = (asked: Asked, errors: ReadonlyArray<QueryError>): GitHubError => {
  const worst = errors.find((error) => !isPartial(error)) ?? errors[0]!;
  const failed = `GitHub refused ${asked.what} (${asked.line(words(errors))}).`;
  switch (worst.type) {
    case "NOT_FOUND":
      return new NotFound({ status: 200, message: `${failed} ${mayBeHidden(asked)}` });
    case "FORBIDDEN":
      return lacking(asked.permission, 200, failed);
    case "INSUFFICIENT_SCOPES":
      return insufficient(asked, worst.message, failed);
    default:
      return invalid(errors, worst, failed);
  }
};

/** What all errors say, each once. */
const words = (errors: ReadonlyArray<QueryError>): string =>
  [...new Set(errors.flatMap(({ message }) => unpacked(message)))].join("; ");

/** Refusals of auto-merge come as a list in JSON: `["Pull request Pull request is in clean status"]`. */
const unpacked = (message: string): ReadonlyArray<string> => {
  const list = asList(message);
  return list._tag === "Some" && list.value.length > 0 ? list.value : [message];
};

/** `… requires one of the following scopes: ['read:project'], but your token has only …` */
const insufficient = (asked: Asked, said: string, failed: string): Forbidden => {
  const scopes = [...(/scopes?: \[([^\]]*)\]/.exec(said)?.[1] ?? "").matchAll(/'([\w:]+)'/g)];
  const named = scopes.map(([, scope]) => scope).join(" or ");
  return lacking(named === "" ? asked.permission : `the scope ${named}`, 200, failed);
};

const invalid = (errors: ReadonlyArray<QueryError>, worst: QueryError, failed: string): Invalid => {
  const fields = [...new Set(errors.flatMap(unknownField))];
  const code = codeOf(worst);
  return new Invalid({
    status: 200,
    message: `${failed} ${fields.length > 0 ? "The server does not know it; a newer one may." : "Change what is asked."}`,
    ...(code === undefined ? {} : { code }),
    ...(fields.length === 0 ? {} : { fields }),
  });
};

const codeOf = ({ extensions, message, type }: QueryError): string | undefined => {
  if (/resource limits for this query exceeded/i.test(message)) return "RESOURCE_LIMITS_EXCEEDED";
  if (typeof type === "string") return type;
  return typeof extensions?.code === "string" ? extensions.code : undefined;
};

/** Of `Field 'blockedBy' doesn't exist on type 'Issue'`: `Issue.blockedBy`. */
const unknownField = ({ extensions, message }: QueryError): ReadonlyArray<string> => {
  if (extensions?.code !== "undefinedField") return [];
  const { fieldName, typeName } = extensions;
  if (typeof typeName === "string" && typeof fieldName === "string") {
    return [`${typeName}.${fieldName}`];
  }
  const [, field, type] = /Field '(\w+)' doesn't exist on type '(\w+)'/.exec(message) ?? [];
  return field === undefined || type === undefined ? [] : [`${type}.${field}`];
};
