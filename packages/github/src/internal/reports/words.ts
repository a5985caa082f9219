/** How states, times and lengths are written in reports. */
import type { RunState } from "@orchestrator/core";

type Phase = RunState.Phase;

/** Where a task is, in a word with a sign. */
export const signs: Readonly<Record<Phase, { readonly sign: string; readonly word: string }>> = {
  Pending: { sign: "⚪", word: "Queued" },
  Ready: { sign: "⚪", word: "Queued" },
  Launching: { sign: "🔵", word: "In progress" },
  Running: { sign: "🔵", word: "In progress" },
  BackingOff: { sign: "🟠", word: "Waiting for another attempt" },
  Landing: { sign: "🟣", word: "Landing" },
  Succeeded: { sign: "🟢", word: "Completed" },
  Failed: { sign: "🔴", word: "Failed" },
  Skipped: { sign: "⚫", word: "Skipped" },
  Cancelled: { sign: "⚫", word: "Cancelled" },
  Held: { sign: "🟡", word: "Held: somebody has to decide" },
};

/** A moment as `2026-11-21 20:13:05`, in UTC. */
export const moment = (millis: number): string =>
  new Date(millis).toISOString().slice(0, 19).replace("T", " ");

/** A length of time as `5 s`, `2 min 5 s`, `1 h 3 min`. */
export const lasted = (millis: number): string => {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** `1 task`, `2 tasks`. */
export const count = (many: number, one: string): string =>
  `${many} ${one}${many === 1 ? "" : "s"}`;

/** A row of a table; its cells are Markdown. */
export const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`;
