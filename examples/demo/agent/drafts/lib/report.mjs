import { count } from "./count.mjs";
import { frequency } from "./frequency.mjs";
import { readingTime } from "./reading-time.mjs";

const plural = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

/** What there is to say about a text, one figure a line. */
export const report = (text) => {
  const { lines, words, characters } = count(text);
  const frequent = frequency(text).map(([word, times]) => `${word} (${times})`);
  return [
    ["lines", lines],
    ["words", words],
    ["characters", characters],
    ["reading time", plural(readingTime(text), "minute")],
    ["most frequent", frequent.join(", ") || "none"],
  ]
    .map(([name, value]) => `${name.padEnd(14)}${value}\n`)
    .join("");
};
