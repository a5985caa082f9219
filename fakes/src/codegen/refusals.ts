import type { Problem } from "../shared/Specification.ts";
import type { Reply } from "../shared/Service.ts";

const sentences: Readonly<Record<number, string>> = {
  402: "Alloted agent runs for the current billing plan have been reached. Please upgrade your plan to continue.",
  403: "You do not have access to this organization.",
  404: "Agent run not found.",
  429: "Rate limit exceeded. Please try again later.",
};

/** Statuses that the framework words, not the service. */
const framework: Readonly<Record<number, string>> = {
  401: "Invalid or missing API token",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The body that goes with a status. */
export const words = (status: number): unknown => {
  const message = sentences[status];
  if (message !== undefined) return { message, status_code: status };
  return { detail: framework[status] ?? `Status ${status}` };
};

export const refuse = (status: number, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers,
  body: words(status),
});

export const noSuchPath: Reply = { status: 404, body: { detail: "Not Found" } };

export const noRepos: Reply = {
  status: 404,
  body: {
    message: "No repos found in the organization. Please add some repos and try again.",
    status_code: 404,
  },
};

export const wrongMethod = (allowed: ReadonlyArray<string>): Reply => ({
  status: 405,
  headers: { allow: allowed.join(", ") },
  body: { detail: "Method Not Allowed" },
});

export const invalid = (detail: ReadonlyArray<Problem>): Reply => ({
  status: 422,
  body: { detail },
});

/** A finding as a sentence for the audit. */
export const toSentence = ({ loc, msg }: Problem): string => `${loc.join(".")}: ${msg}`;
