/** What the parts of the page share: tables, and how figures are written. */
import { median } from "../lib/measure.mjs";

export const count = (size) => size.toLocaleString("en-US");

export const table = (head, rows) =>
  [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

export const figure = (value, digits = 2) => (value === undefined ? "–" : value.toFixed(digits));

/** The median, with the lowest and the highest where there are several. */
export const range = (values, digits) =>
  values.length === 0
    ? "–"
    : values.length === 1
      ? figure(values[0], digits)
      : `${figure(median(values), digits)} (${figure(Math.min(...values), digits)}–${figure(Math.max(...values), digits)})`;

/** Targets as `[what, limit, value, digits]`, with verdicts where they were measured at the size they are stated for. */
export const targetTable = (lines, isFull) => {
  const rows = lines.map(([what, limit, value, digits]) => [
    what,
    `≤ ${figure(limit, digits)}`,
    figure(value, digits),
    ...(isFull ? [verdict(value, limit)] : []),
  ]);
  const head = ["", "target", "measured", ...(isFull ? ["verdict"] : [])];
  const note = "Small sizes: the targets are stated for larger ones, so there are no verdicts.";
  return isFull ? table(head, rows) : `${note}\n\n${table(head, rows)}`;
};

const verdict = (value, limit) =>
  value === undefined ? "not measured" : value <= limit ? "met" : "**missed**";

/** The machine and what was measured on it. */
export const machine = ({ architecture, cpus, loadBefore, node, peers }) => {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return `Node ${node.slice(1)}, ${architecture}, ${cpus} CPUs, load before the start ${loadBefore.toFixed(1)}; ${versions.join(", ")}.${loadBefore > cpus / 4 ? busy : ""}`;
};

const busy =
  " **The machine was busy with other work**: times, ratios of times, stalls and exponents are provisional, and so are their verdicts; memory, makespans and numbers of commits do not depend on it.";
