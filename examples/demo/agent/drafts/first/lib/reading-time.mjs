import { words } from "./words.mjs";

const wordsPerMinute = 200;

/** How many minutes a text takes to read, rounded. */
export const readingTime = (text) => Math.round(words(text).length / wordsPerMinute);
