/** How times, counts and phases are written for people. */
import type { RunState } from "@orchestrator/core";
import type { Style } from "../terminal/Paint.ts";

/** How many characters of what agents and tools say are shown; logs and results have all of it. */
export const limits = {
  /** On one line. */
  line: 300,
  /** Of why one task failed, on several lines. */
  reason: 600,
} as const;

/** Seconds as `0.4s`, `12.3s`, `2m 05s`, `1h 03m`. */
export const seconds = (value: number): string => {
  if (value < 59.95) return `${value.toFixed(1)}s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
};

/** Seconds without fractions, as `12s`, `2m 05s`: for what changes while it is read. */
export const roughly = (value: number): string =>
  value < 59.5 ? `${Math.round(value)}s` : seconds(value);

/** A wait, as `0.5s`, `30s`, `2m 05s`: with a fraction where it matters. */
export const wait = (value: number): string => (value < 10 ? seconds(value) : roughly(value));

/** A position on a clock that began at 0:00. */
export const clock = (value: number): string => {
  const whole = Math.max(0, Math.floor(value));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole % 60)}`;
};

/** `1 task`, `2 tasks`. */
export const count = (many: number, one: string, several = `${one}s`): string =>
  `${many} ${many === 1 ? one : several}`;

/** How a run stands: one in which nothing failed is not called so because tasks were cancelled or left out. */
export const outcomeWord = <A extends string>(standing: A, failed: number): A | "ended" =>
  standing === "failed" && failed === 0 ? "ended" : standing;

/** From 0 to 1, as `83%`. */
export const percent = (part: number): string => `${Math.round(part * 100)}%`;

/** At most `limit` of some names, and how many more there are. */
export const some = (names: ReadonlyArray<string>, limit: number, separator = ", "): string => {
  const shown = names.slice(0, limit).join(separator);
  return names.length > limit ? `${shown}${separator}… and ${names.length - limit} more` : shown;
};

/** A path of task ids; of a long one its ends. */
export const path = (ids: ReadonlyArray<string>, limit = 12): string => {
  if (ids.length <= limit) return ids.join(" → ");
  const [head, tail] = [ids.slice(0, limit - 4), ids.slice(-3)];
  return [...head, `… ${ids.length - limit + 1} more …`, ...tail].join(" → ");
};

/** The symbol and the style of each phase. Symbols take one column. */
export const looks: Readonly<
  Record<RunState.Phase, { readonly symbol: string; readonly style: Style }>
> = {
  Pending: { symbol: "·", style: "dim" },
  Ready: { symbol: "○", style: "cyan" },
  Launching: { symbol: "▸", style: "blue" },
  Running: { symbol: "▶", style: "blue" },
  BackingOff: { symbol: "↻", style: "yellow" },
  Landing: { symbol: "⇣", style: "magenta" },
  Succeeded: { symbol: "✓", style: "green" },
  Failed: { symbol: "✗", style: "red" },
  Skipped: { symbol: "−", style: "dim" },
  Cancelled: { symbol: "■", style: "dim" },
  Held: { symbol: "?", style: "yellow" },
};

const pad = (value: number): string => String(value).padStart(2, "0");
