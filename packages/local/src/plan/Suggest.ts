/** "Did you mean": finds the known word that a mistyped one is closest to. */
import { quote } from "./SourceText.ts";

/** How many words are compared at most, so that a huge plan full of mistakes stays quick. */
const maxCandidates = 100_000;

/** Edits that turn `a` into `b`: insert, delete, replace, swap two neighbours; `limit` + 1 if more. */
export const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: Array<number> = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length]!, limit + 1);
};

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
    if (edits > limit || candidate === text) continue;
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
