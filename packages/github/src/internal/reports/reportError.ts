import { Reporter } from "@orchestrator/core";
import type { GitHubError } from "../../GitHubError.ts";

/**
 * What an error says about a comment that was to be made. A token that ended and a limit are no
 * verdict on it: GitHub did nothing, and may later.
 */
export const creationError = (error: GitHubError): Reporter.ReportError =>
  new Reporter.ReportError({ reason: reasonOf(error), message: error.message });

const reasonOf = (error: GitHubError): Reporter.ReportError["reason"] => {
  switch (error._tag) {
    case "Malformed":
      // A redirect is an answer: what it led to was not asked for.
      return Math.floor((error.status ?? 200) / 100) === 3 ? "NotSent" : "Ambiguous";
    case "Unavailable":
      return error.reached === "no" ? "NotSent" : "Ambiguous";
    case "RateLimited":
    case "Unauthorized":
      return "NotSent";
    default:
      return "Rejected";
  }
};

/** Whether it is a refusal after a minute or so, by which nothing was done. */
export const isSoonOver = (error: GitHubError): boolean =>
  error._tag === "RateLimited" && error.limit === "secondary";

/** Whether the same change may work at once, or as soon as it may be asked for. */
export const mayPass = (error: GitHubError): boolean =>
  error._tag === "Unavailable" || error._tag === "Malformed" || isSoonOver(error);
