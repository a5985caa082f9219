import { words } from "./words.mjs";

/** The most frequent words with how often they occur; equally frequent ones by the alphabet. */
export const frequency = (text, limit = 5) => {
  const counts = new Map();
  for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, limit);
};
