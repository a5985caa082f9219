/** Where an issue is in its life, from GitHub's state and reason in either API's spelling. */
import type { IssueFacts } from "../IssueFacts.ts";

/**
 * The state of an issue.
 *
 * Without a reason, as on older servers, closed means completed. A reason that
 * is not known must not count as done, so that nothing starts by mistake.
 */
export const stateOf = (state: string, reason: string | null | undefined): IssueFacts["state"] => {
  if (state.toLowerCase() === "open") return "open";
  switch (reason?.toLowerCase() ?? "completed") {
    case "completed":
    case "reopened":
      return "completed";
    case "duplicate":
      return "duplicate";
    default:
      return "not-planned";
  }
};
