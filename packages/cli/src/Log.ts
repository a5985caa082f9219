/** What adapters want people to know besides the events of a run: on standard error, never among results. */
import * as Cause from "effect/Cause";
import type * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import * as Text from "./Text.ts";

/** One line for each message, as `warning: …`. */
export const layer = (process: Pick<NodeJS.Process, "stderr">): Layer.Layer<never> =>
  Logger.layer([
    Logger.make<unknown, void>(({ cause, logLevel, message }) => {
      process.stderr.write(`${line(logLevel, message, cause)}\n`);
    }),
  ]);

const names: Readonly<Record<string, string>> = { Warn: "warning", Error: "error", Fatal: "error" };

const line = (level: string, message: unknown, cause: Cause.Cause<unknown>): string => {
  const parts = Array.isArray(message) ? message : [message];
  const text = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
  const why = cause.reasons.length === 0 ? "" : `: ${Cause.pretty(cause)}`;
  return `${names[level] ?? level.toLowerCase()}: ${Text.line(text + why)}`;
};
