/**
 * What a failure of a coding agent means for its task.
 *
 * - `Busy`: its service has no room now. It may be tried again, at no charge to the task.
 * - `Refused`: nobody can work before a person has acted: not signed in, no quota left.
 * - `Failed`: it worked, and failed.
 */
import type { Complaint, Preset } from "./Preset.ts";

export type Trouble =
  | { readonly _tag: "Busy"; readonly retryAfterSeconds: number | undefined }
  | { readonly _tag: "Refused"; readonly advice: string; readonly reset: Reset | undefined }
  | { readonly _tag: "Failed" };

/** When a quota is fresh again, as far as the coding agent says it; both in seconds. */
export type Reset = { readonly at: number } | { readonly after: number };

/** Enough to find the cause; the rest would only cost time. */
const maxCharacters = 20_000;

const signedOut =
  /not logged in|please (?:run )?\/?log ?in|run \/login|invalid (?:x-)?api[- _]key|incorrect api key|api key not (?:valid|found)|no api key|missing api key|authentication_(?:error|failed)|authentication failed|failed to authenticate|set an auth method|oauth token|unauthorized|unauthenticated|\b401\b/i;

const usedUp =
  /usage limit|(?:hit|reached|exceeded) your (?:\S+ ){0,3}(?:limit|quota)|spending limit|credit balance is too low|out of (?:extra usage|credits)|insufficient_quota|insufficient (?:credits|funds|balance)|quota (?:is )?exhausted|exhausted your|TerminalQuotaError|payment required|\b402\b/i;

const untrusted =
  /FatalUntrustedWorkspaceError|not (?:running in )?a trusted (?:folder|directory|workspace)/i;

const busy =
  /rate[ _-]?limit|too many requests|overloaded|RESOURCE_EXHAUSTED|exceeded your current|service unavailable|internal server error|bad gateway|gateway timeout|server_error|stream disconnected|connection (?:error|reset|refused|closed)|fetch failed|ECONNRE(?:SET|FUSED)|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|\b(?:429|500|502|503|504|529)\b/i;

/** Tells from its words, and the status of its API if there is one, what is wrong. */
export const of = (complaint: Complaint, { signIn, title }: Preset): Trouble => {
  const message = complaint.message.slice(-maxCharacters);
  const { status } = complaint;
  const refused = (advice: string, reset?: Reset): Trouble => ({ _tag: "Refused", advice, reset });
  if (untrusted.test(message)) return refused(trust);
  if (usedUp.test(message) || status === 402 || complaint.resetsAt !== undefined) {
    const advice = `wait until its limit is reset, or raise the limit of the account of ${title}`;
    return refused(advice, resetOf(complaint.resetsAt ?? resetIn(message), waitIn(message)));
  }
  if (status === 401 || status === 403 || signedOut.test(message)) return refused(signIn);
  if (status === 429 || (status ?? 0) >= 500 || busy.test(message)) {
    return { _tag: "Busy", retryAfterSeconds: waitIn(message) };
  }
  return { _tag: "Failed" };
};

const trust =
  "let it trust the folder of the repository once by hand (its worktrees lie in it), or give the task the variable GEMINI_TRUST_WORKSPACE: true";

const resetOf = (at: number | undefined, after: number | undefined): Reset | undefined => {
  if (at !== undefined) return { at };
  return after === undefined ? undefined : { after };
};

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** As in `Please try again in 12.5s`. */
const waitIn = (message: string): number | undefined => {
  const found = /(?:retry|try again)(?: after)?(?: in)? (\d{1,6}(?:\.\d{1,3})?) ?(ms|s|m|h)/i.exec(
    message,
  );
  if (found === null) return undefined;
  return Math.ceil(Number(found[1]) * (units[found[2]!.toLowerCase()] ?? 1));
};

/** As in `usage limit reached|1753077600`. */
const resetIn = (message: string): number | undefined => {
  const found = /limit reached\|(\d{10})\b/.exec(message);
  return found === null ? undefined : Number(found[1]);
};
