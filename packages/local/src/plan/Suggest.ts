/** "Did you mean": finds the known word that a mistyped one is closest to. */
import { distance } from "@orchestrator/core/Suggest";
import { quote } from "@orchestrator/core/Quote";

/** How many words are compared at most, so that a huge plan full of mistakes stays quick. */
const maxCandidates = 100_000;

/** The candidate closest to `text`, the first of equals, or undefined if none is close. */
export const closest = (text: string, candidates: Iterable<string>): string | undefined => {
  if (text.length > 100) return undefined;
  const lower = text.toLowerCase();
  let best: string | undefined;
  let limit = Math.min(3, Math.max(1, Math.floor(text.length / 3)));
  let count = 0;
  for (const candidate of candidates) {
    if (++count > maxCandidates) break;
    const edits = distance(lower, candidate.toLowerCase(), limit);
    if (edits === undefined || candidate === text) continue;
    best = candidate;
    if (edits === 0) break;
    limit = edits - 1;
  }
  return best;
};

/** The end of a message, `; did you mean "x"?`, or nothing. */
export const suggestion = (text: string, candidates: Iterable<string>): string => {
  const word = closest(text, candidates);
  return word === undefined ? "" : `; did you mean ${quote(word)}?`;
};
