/** What was looked at, for people: a line for each thing. */
import type { Finding } from "../doctor/DoctorFinding.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";

const looks = {
  ok: { symbol: "✓", style: "green" },
  warning: { symbol: "!", style: "yellow" },
  problem: { symbol: "✗", style: "red" },
} as const;

/** One line for each finding, aligned. */
export const lines = (findings: ReadonlyArray<Finding>, paint: Paint): ReadonlyArray<string> => {
  const width = Math.max(0, ...findings.map(({ about }) => about.length));
  return findings.map(({ about, level, message }) => {
    const { style, symbol } = looks[level];
    return `${paint(style, symbol)} ${about.padEnd(width)}  ${Text.line(message)}`;
  });
};
