import { words } from "./words.mjs";

/** How many lines, words and characters a text has. */
export const count = (text) => ({
  lines: text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0),
  words: words(text).length,
  characters: [...text].length,
});
