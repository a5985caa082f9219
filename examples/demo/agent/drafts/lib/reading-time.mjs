import { words } from "./words.mjs";

const wordsPerMinute = 200;

/** How many minutes a text takes to read, rounded up. */
export const readingTime = (text) => Math.ceil(words(text).length / wordsPerMinute);
