import type { Reply } from "../shared/Service.ts";

/** The start of the service's documentation, which its refusals point to. */
const docs = "https://docs.github.com/rest";

const sentences: Readonly<Record<number, string>> = {
  401: "Bad credentials",
  403: "Resource not accessible by personal access token",
  404: "Not Found",
  410: "Issues has been disabled in this repository.",
  500: "Server Error",
  502: "Server Error",
  503: "Service Unavailable",
  504: "We couldn't respond to your request in time. Sorry about that.",
};

/** The body that goes with a status. */
export const words = (status: number): unknown =>
  say(status, sentences[status] ?? `Status ${status}`);

export const say = (status: number, message: string, more: object = {}) => ({
  message,
  ...more,
  documentation_url: docs,
  status: String(status),
});

export const refuse = (status: number, message = sentences[status] ?? ""): Reply => ({
  status,
  body: say(status, message),
});

/** What an integration or a token is told that lacks a permission. */
export const notAccessible = (kind: string): string =>
  kind === "installation" || kind === "actions"
    ? "Resource not accessible by integration"
    : "Resource not accessible by personal access token";

export const invalid = (errors: ReadonlyArray<object>): Reply => ({
  status: 422,
  body: say(422, "Validation Failed", { errors }),
});

/** Refusals of a merge that faults can bring about, by their names. */
export const mergeRefusals: Readonly<Record<string, Reply>> = {
  "base-modified": refuse(405, "Base branch was modified. Review and try the merge again."),
  "head-modified": refuse(409, "Head branch was modified. Review and try the merge again."),
};

export const secondaryWords =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.";

export const contentWords =
  "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.";
