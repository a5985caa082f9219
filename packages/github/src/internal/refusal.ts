import * as Schema from "effect/Schema";
import {
  Conflict,
  Forbidden,
  type GitHubError,
  Invalid,
  Malformed,
  NotFound,
  Unauthorized,
  Unavailable,
} from "../GitHubError.ts";
import { patienceAsked, resetIn } from "./budget.ts";
import type { Answer } from "./exchange.ts";
import { final, passing, type Trouble } from "./Trouble.ts";

/** What was asked, as far as an error speaks of it. */
export interface Asked {
  readonly what: string;
  readonly permission?: string | undefined;
  /** Makes text of GitHub fit for a message. */
  readonly line: (text: string) => string;
}

const Reasons = Schema.Array(
  Schema.Union([
    Schema.String,
    Schema.Struct({
      message: Schema.optional(Schema.String),
      resource: Schema.optional(Schema.String),
      field: Schema.optional(Schema.String),
      code: Schema.optional(Schema.String),
    }),
  ]),
);
const asError = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.Struct({ message: Schema.String, errors: Schema.optional(Schema.Unknown) }),
  ),
);
const asReasons = Schema.decodeUnknownOption(Reasons);

/** What GitHub says in the body of an error; undefined if it is none of its own. */
export const saidIn = (text: string): string | undefined => {
  const parsed = asError(text);
  if (parsed._tag === "None") return undefined;
  const { errors, message } = parsed.value;
  const reasons = asReasons(errors);
  if (reasons._tag === "None") return message;
  const told = reasons.value.map((reason) =>
    typeof reason === "string"
      ? reason
      : (reason.message ??
        [reason.resource, reason.field, reason.code]
          .filter((part) => part !== undefined)
          .join(" ")),
  );
  return told.length === 0 ? message : `${message}: ${told.join("; ")}`;
};

/** Whether an answer is a page for people. */
export const isHtml = ({ headers, text }: Answer): boolean =>
  /html/i.test(headers.get("content-type") ?? "") || /^\s*</.test(text.slice(0, 200));

/** The trouble that an answer without success stands for. */
export const refusal = (asked: Asked, answer: Answer, nowMillis: number): Trouble => {
  const { headers, status } = answer;
  const said = isHtml(answer) ? undefined : saidIn(answer.text);
  const limited = limitIn(answer, said ?? "", nowMillis);
  if (limited !== undefined) return limited;
  const words = asked.line(said ?? "");
  const told = words === "" ? `HTTP ${status}` : `HTTP ${status}: ${words}`;
  if (status >= 500 || status === 408) {
    const message = `GitHub could not serve ${asked.what} (${told}). Try again later.`;
    const error = new Unavailable({ message, status, reached: "maybe" });
    return passing(error, patienceAsked(headers, nowMillis));
  }
  if (status >= 300 && status < 400) return passing(redirected(asked, status));
  if (said === undefined) return final(foreign(asked, answer));
  return final(stated(asked, answer, `GitHub refused ${asked.what} (${told}).`));
};

/** A 403 without the marks of a limit is about permissions, even if it used up the last point. */
const limitIn = ({ headers, status }: Answer, said: string, now: number): Trouble | undefined => {
  if (status !== 403 && status !== 429) return undefined;
  const asks = patienceAsked(headers, now);
  if (/\bsecondary rate|abuse detection|submitted too quickly/i.test(said)) {
    return { _tag: "Limited", limit: "secondary", waitMillis: asks, status };
  }
  const isUsedUp = headers.get("x-ratelimit-remaining")?.trim() === "0";
  if (isUsedUp && (status === 429 || /rate limit/i.test(said))) {
    return { _tag: "Limited", limit: "primary", waitMillis: asks ?? resetIn(headers, now), status };
  }
  if (status === 429 || asks !== undefined) {
    return { _tag: "Limited", limit: "secondary", waitMillis: asks, status };
  }
  return undefined;
};

const redirected = ({ what }: Asked, status: number): Malformed =>
  new Malformed({
    status,
    message: `GitHub answered ${what} with a redirect (HTTP ${status}), which is not followed. If the repository was renamed or moved, use its new name; else check github.base_url.`,
  });

const foreign = ({ what }: Asked, answer: Answer): Malformed => {
  const kind = isHtml(answer) ? "an HTML page" : "no error of its own";
  const message = `GitHub answered ${what} with ${kind} (HTTP ${answer.status}). Check github.base_url: a server of one's own has https://HOST/api/v3.`;
  return new Malformed({ message, status: answer.status });
};

const stated = (asked: Asked, { headers, status }: Answer, failed: string): GitHubError => {
  switch (status) {
    case 401:
      return new Unauthorized({
        status,
        message: `${failed} The token is missing, wrong, expired or revoked: make a new one and set GITHUB_TOKEN.`,
      });
    case 403:
    case 451:
      return forbidden(asked, headers, status, failed);
    case 404:
      return new NotFound({ status, message: `${failed} ${mayBeHidden(asked)}` });
    case 410:
      return new NotFound({
        status,
        message: `${failed} This is switched off in the settings of the repository, or was deleted: switch it on, or leave it out.`,
      });
    case 405:
    case 409:
      return new Conflict({
        status,
        message: `${failed} Its state is another one than expected: read it again.`,
      });
    default:
      return new Invalid({ status, message: `${failed} Change what is asked.` });
  }
};

/** What to try where GitHub does not tell the absent from the hidden. */
export const mayBeHidden = ({ permission }: Asked): string => {
  const needs = permission === undefined ? "" : ` (it needs ${permission})`;
  return `Check the name; if it is right, the token has no access to it${needs}.`;
};

const forbidden = (asked: Asked, headers: Headers, status: number, failed: string): Forbidden => {
  const sso = /url=(\S+)/.exec(headers.get("x-github-sso") ?? "")?.[1];
  if (sso !== undefined) {
    const hint = `The organisation wants single sign-on: authorise the token at ${asked.line(sso)}.`;
    return new Forbidden({ status, message: `${failed} ${hint}` });
  }
  return lacking(lackedIn(headers) ?? asked.permission, status, failed);
};

/** The error of a token that may not do this, with what it lacks if that is known. */
export const lacking = (
  permission: string | undefined,
  status: number,
  failed: string,
): Forbidden =>
  permission === undefined
    ? new Forbidden({ status, message: `${failed} The token may not do this.` })
    : new Forbidden({
        status,
        permission,
        message: `${failed} The token lacks a permission: give it ${permission}.`,
      });

/** What the token lacks, as the headers of a refusal name it; scopes are those of a classic token. */
const lackedIn = (headers: Headers): string | undefined => {
  const granted = headers.get("x-oauth-scopes");
  const scopes = list(headers.get("x-accepted-oauth-scopes"));
  const hasScope = scopes.some((scope) => list(granted).includes(scope));
  if (granted !== null && scopes.length > 0 && !hasScope) {
    return `the scope ${scopes.join(" or ")}`;
  }
  return permissionsIn(headers.get("x-accepted-github-permissions") ?? "");
};

/** `issues=read; pull_requests=read` as the settings of tokens have it: `Issues: read or Pull requests: read`. */
const permissionsIn = (accepted: string): string | undefined => {
  const sets = accepted.split(";").map((set) => list(set).map(asInSettings).join(" and "));
  const named = sets.filter((set) => set !== "");
  return named.length === 0 ? undefined : named.join(" or ");
};

const asInSettings = (permission: string): string => {
  const [name = "", level] = permission.replaceAll("_", " ").split("=");
  const shown = name.slice(0, 1).toUpperCase() + name.slice(1);
  return level === undefined ? shown : `${shown}: ${level}`;
};

const list = (text: string | null): ReadonlyArray<string> =>
  (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
