import { CodeHost } from "@orchestrator/core";
import type { GitHubError } from "../../GitHubError.ts";

/** A landing that ends with an error, in a word. */
export const landingError = (
  reason: CodeHost.LandingError["reason"],
  message: string,
  more: { readonly paths?: ReadonlyArray<string>; readonly obstacle?: string } = {},
): CodeHost.LandingError => {
  const { obstacle, paths = [] } = more;
  return new CodeHost.LandingError({
    reason,
    message,
    paths: [...paths],
    ...(obstacle === undefined ? {} : { obstacle }),
  });
};

/** Whether the same may work later without anybody's doing. */
export const isPassing = (error: GitHubError): boolean =>
  error._tag === "Unavailable" || error._tag === "Malformed" || error._tag === "RateLimited";

/** Whether nobody knows if a change was made. */
export const isUnclear = (error: GitHubError): boolean =>
  error._tag === "Malformed" || (error._tag === "Unavailable" && error.reached === "maybe");

/** What people have to put right, as a token that may not do this: the work waits for them. */
export const askedOf = (what: string, { message }: GitHubError): CodeHost.LandingError =>
  landingError("Undecided", `${what}: ${message} Put that right, then decide wait.`);
