import * as Schema from "effect/Schema";
import {
  type CodegenError,
  Forbidden,
  Invalid,
  Malformed,
  NotFound,
  PlanLimitReached,
  RateLimited,
  Unauthorized,
  Unavailable,
} from "../CodegenError.ts";

/** An answer that is no success, as much of it as matters. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly isHtml: boolean;
  readonly retryAfterMillis: number | undefined;
}

const Validation = Schema.Struct({
  msg: Schema.String,
  loc: Schema.optional(Schema.Array(Schema.Union([Schema.String, Schema.Finite]))),
});
const asBody = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)),
);
const asValidations = Schema.decodeUnknownOption(Schema.Array(Validation));

/** What the service says in the body of an error: `message`, then `detail`; undefined if it is none of its own. */
export const saidIn = (body: string): string | undefined => {
  const parsed = asBody(body);
  if (parsed._tag === "None") return undefined;
  const { detail, message } = parsed.value;
  if (typeof message === "string") return message;
  if (typeof detail === "string") return detail;
  const issues = asValidations(detail);
  if (issues._tag === "None") return undefined;
  return issues.value.map(({ loc, msg }) => [...(loc ?? []), msg].join(": ")).join("; ");
};

export const discontinued =
  "The standalone Codegen service may be discontinued, or the address is wrong: check codegen.base_url";

/**
 * The error that an answer without success stands for. `what` says what was
 * asked, `line` makes text of the service fit for a message.
 */
export const refusal = (
  what: string,
  answer: Refusal,
  line: (text: string) => string,
): CodegenError => {
  const { isHtml, retryAfterMillis, status } = answer;
  const said = saidIn(answer.body);
  const words = line(said ?? "");
  const told = words === "" ? `HTTP ${status}` : `HTTP ${status}: ${words}`;
  const failed = `Codegen refused ${what} (${told}).`;
  const wait = retryAfterMillis === undefined ? {} : { retryAfterMillis };
  if (status >= 300 && status < 400) {
    const message = `Codegen answered ${what} with a redirect (HTTP ${status}), which is not followed. ${discontinued}.`;
    return new Malformed({ message, status });
  }
  if (status >= 500 || status === 408) {
    const message = `Codegen could not serve ${what} (${told}). Try again later.`;
    return new Unavailable({ message, status, reached: "maybe", ...wait });
  }
  if (isHtml || (said === undefined && !speaksByStatus.has(status))) {
    const kind = isHtml ? "an HTML page" : "no error of its own";
    const message = `Codegen answered ${what} with ${kind} (HTTP ${status}). ${discontinued}.`;
    return new Malformed({ message, status });
  }
  switch (status) {
    case 401:
      return new Unauthorized({
        status,
        message: `${failed} The token is missing, wrong or expired: make a new one at codegen.com/token and set CODEGEN_API_TOKEN.`,
      });
    case 402:
      return new PlanLimitReached({
        status,
        words,
        message: `${failed} The plan allows no more agent runs: upgrade it, or wait until it is renewed.`,
      });
    case 403:
      return new Forbidden({
        status,
        message: `${failed} The token may not do this: check codegen.org_id, and what its user may do there.`,
      });
    case 404:
    case 410:
      return new NotFound({
        status,
        message: `${failed} Check codegen.org_id and what was asked for.`,
      });
    case 429: {
      const message = `${failed} Too many requests; they go on when the service allows it.`;
      return new RateLimited({ status, message, ...wait });
    }
    default:
      return new Invalid({ status, message: `${failed} Change what is asked.` });
  }
};

/** The body of a 401 is documented nowhere, and a 429 may come from a gate before the service. */
const speaksByStatus = new Set([401, 429]);
