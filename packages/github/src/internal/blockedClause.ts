import type { Web } from "./Web.ts";

/** How many steps of a way are named before it is shortened. */
const shownSteps = 4;

/** How many reasons of one issue are named. */
const shownReasons = 3;

/** Reasons as one clause; undefined if there are none. */
export const joined = (reasons: ReadonlyArray<string>): string | undefined => {
  if (reasons.length === 0) return undefined;
  const rest = reasons.length - shownReasons;
  const shown = reasons.slice(0, shownReasons).join(", and ");
  return rest > 0 ? `${shown}, and ${rest} more` : shown;
};

/**
 * Why an issue cannot run: its own reasons, or the way to those of another.
 *
 * Undefined if it can.
 */
export const blockedClause = (
  place: number,
  { issues, reasons, standstill }: Web,
): string | undefined => {
  const { distance, isBlocked, root, via } = standstill;
  if (!isBlocked(place)) return undefined;
  const idOf = (at: number): string => issues[at]!.facts.id;
  const steps: Array<string> = [];
  let at = via(place);
  for (; at !== undefined && steps.length < shownSteps - 1; at = via(at)) {
    steps.push(`waits for ${idOf(at)}`);
  }
  const last = root(place);
  if (at !== undefined) {
    const between = distance(at);
    const way = between === 0 ? "" : `, by way of ${between} more,`;
    steps.push(`waits${way} for ${idOf(last)}`);
  }
  const { ofDependencies, own } = reasons[last]!;
  return [...steps, joined([...own, ...ofDependencies])!].join(", which ");
};
