import type { Memory } from "../../LandingPolicy.ts";

/** What GitHub says when nothing is left to wait for. */
const nothingToWaitFor = /\bis in (?:clean|unstable|has[_ ]hooks) status\b/i;

/** What it says when it saw another head than was meant. */
const otherHead = /\bhead\b.*\b(?:modified|match|changed|expected|oid|sha)|\bexpected\b.*\bhead\b/i;

/**
 * What a refusal of auto-merge means for what is done next: merge now, look again, or, for
 * `Auto merge is not allowed for this repository`, `Protected branch rules not configured for this
 * branch` and everything else, watch and merge when it may be.
 */
export const autoMergeRefusal = (said: string): Partial<Memory> => {
  if (nothingToWaitFor.test(said)) return { autoMerge: "unneeded" };
  return otherHead.test(said) ? {} : { autoMerge: "unavailable" };
};
