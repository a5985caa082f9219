/** What a server turned out to know nothing of, so that it is asked for only once. */
import type { GitHubClient } from "../GitHubClient.ts";
import type { Invalid } from "../GitHubError.ts";
import { optional, type Optional, type Without } from "./queries/parts.ts";

const known = new WeakMap<GitHubClient, Set<Optional>>();

/** What the server of a client does not know, as far as it was asked. */
export const lackingOf = (client: GitHubClient): Set<Optional> => {
  const found = known.get(client) ?? new Set();
  known.set(client, found);
  return found;
};

/** The fields of ours that a refused query names and that were not left out of it. */
export const refusedFields = (error: Invalid, without: Without): ReadonlyArray<Optional> => {
  const named = (name: Optional): boolean =>
    error.fields?.some((field) => field.endsWith(`.${name}`)) === true ||
    new RegExp(`['"\`]${name}['"\`]`).test(error.message);
  return optional.filter((name) => !without.has(name) && named(name));
};

const meanings: Partial<Record<Optional, string>> = {
  blockedBy: "which issues block which (there since GitHub Enterprise Server 3.19)",
  subIssues: "sub-issues",
  parent: "the parents of sub-issues",
};

/** What goes unread because of that, as a sentence for people; undefined if nothing of weight does. */
export const sentenceOf = (host: string, lacking: Without): string | undefined => {
  const unread = [...lacking].flatMap((name) => meanings[name] ?? []);
  if (unread.length === 0) return undefined;
  return `${host} does not tell ${unread.join(", nor ")}: state such dependencies in the text or by labels`;
};
