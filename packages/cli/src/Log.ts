/** What adapters want people to know besides the events of a run: on standard error, never among results. */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import type * as LogLevel from "effect/LogLevel";
import * as Option from "effect/Option";
import * as References from "effect/References";
import * as Text from "./Text.ts";

/** One line for each message, as `warning: …`. */
export const layer = (process: Pick<NodeJS.Process, "stderr">): Layer.Layer<never> =>
  Logger.layer([
    Logger.make<unknown, void>(({ cause, logLevel, message }) => {
      process.stderr.write(`${line(logLevel, message, cause)}\n`);
    }),
  ]);

/** How much is told. */
export type Level = "DEBUG" | "INFO" | "WARNING" | "ERROR";

const least: Readonly<Record<Level, LogLevel.LogLevel>> = {
  DEBUG: "Debug",
  INFO: "Info",
  WARNING: "Warn",
  ERROR: "Error",
};

/** What the flags say about how much is told. */
export interface Flags {
  readonly logLevel: Option.Option<Level>;
  readonly debug: boolean;
  readonly verbose: boolean;
}

/** The level that is meant: the one that is named, else that of the shorter flags, else the configured one. */
export const wanted = (
  { debug, logLevel, verbose }: Flags,
  configured: Level | undefined,
): Level => {
  if (Option.isSome(logLevel)) return logLevel.value;
  if (debug) return "DEBUG";
  return verbose ? "INFO" : (configured ?? "INFO");
};

/** Tells nothing below a level. */
export const from =
  (level: Level) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, References.MinimumLogLevel, least[level]);

const names: Readonly<Record<string, string>> = { Warn: "warning", Error: "error", Fatal: "error" };

const line = (level: string, message: unknown, cause: Cause.Cause<unknown>): string => {
  const parts = Array.isArray(message) ? message : [message];
  const text = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
  const why = cause.reasons.length === 0 ? "" : `: ${Cause.pretty(cause)}`;
  return `${names[level] ?? level.toLowerCase()}: ${Text.line(text + why)}`;
};
