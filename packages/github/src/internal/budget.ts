import { retryAfter } from "@orchestrator/core/remote/retryAfter";

/** The two budgets that a token has here. */
export type Resource = "rest" | "graphql";

/** What the headers of an answer say of a budget. */
export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  /** From now on; never negative. */
  readonly resetsInMillis: number;
}

const number = (text: string | null): number | undefined => {
  const value = Number(text ?? "");
  return text === null || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
};

/**
 * The budget that an answer speaks of; undefined if it is another one than that
 * of the request, as of searches, or none. Times are read against the `Date` of
 * the answer, because the clocks of two machines differ.
 */
export const budgetOf = (
  headers: Headers,
  resource: Resource,
  nowMillis: number,
): Budget | undefined => {
  const named = headers.get("x-ratelimit-resource") ?? (resource === "rest" ? "core" : resource);
  if (named !== (resource === "rest" ? "core" : resource)) return undefined;
  const limit = number(headers.get("x-ratelimit-limit"));
  const remaining = number(headers.get("x-ratelimit-remaining"));
  const resetsInMillis = resetIn(headers, nowMillis);
  if (limit === undefined || remaining === undefined || resetsInMillis === undefined) {
    return undefined;
  }
  return { limit, remaining, resetsInMillis };
};

/** A budget is that of an hour; a header that speaks of a later time is wrong, and no date may come of it. */
const longestMillis = 86_400_000;

/** How long until the budget is full again, in milliseconds, as `x-ratelimit-reset` says; a day at most. */
export const resetIn = (headers: Headers, nowMillis: number): number | undefined => {
  const seconds = number(headers.get("x-ratelimit-reset"));
  if (seconds === undefined) return undefined;
  const theirs = Date.parse(headers.get("date") ?? "");
  const now = Number.isNaN(theirs) ? nowMillis : theirs;
  return Math.min(Math.max(seconds * 1000 - now, 0), longestMillis);
};

/** How long `Retry-After` asks to wait, in milliseconds. */
export const patienceAsked = (headers: Headers, nowMillis: number): number | undefined =>
  retryAfter(headers.get("retry-after") ?? undefined, headers.get("date") ?? undefined, nowMillis);
