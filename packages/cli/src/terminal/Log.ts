/** What adapters want people to know besides the events of a run: on standard error, never among results. */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import * as Logger from "effect/Logger";
import type * as LogLevel from "effect/LogLevel";
import * as Option from "effect/Option";
import * as References from "effect/References";
import * as Scrubber from "../telemetry/Scrubber.ts";
import * as Text from "./Text.ts";

/** What was said, for whoever else keeps it. */
export interface Told {
  readonly timestamp: string;
  readonly level: Severity;
  readonly event: "Log";
  readonly message: string;
  /** What it is about, as far as that is known. */
  readonly task?: string;
  readonly agent?: string;
  readonly attempt?: number;
}

/** Who hears what is said in this process, beside standard error. */
const listeners = Context.Reference<Set<(told: Told) => void>>("@orchestrator/cli/Log/listeners", {
  defaultValue: () => new Set(),
});

/** One line for each message, as `warning: …`. */
export const layer = (process: Pick<NodeJS.Process, "stderr">): Layer.Layer<never> =>
  Logger.layer([
    Logger.make<unknown, void>(({ cause, date, fiber, logLevel, message }) => {
      const text = textOf(message, cause);
      const shown = names[logLevel] ?? logLevel.toLowerCase();
      process.stderr.write(`${shown}: ${Text.line(Scrubber.scrub(text))}\n`);
      const told = {
        timestamp: date.toISOString(),
        level: severityOf(logLevel),
        event: "Log",
        message: text,
        ...aboutOf(fiber.getRef(References.CurrentLogAnnotations)),
      } as const;
      for (const listener of fiber.getRef(listeners)) listener(told);
    }),
  ]);

/** Hears what is said until the scope closes. */
export const listening = Effect.fnUntraced(function* (listener: (told: Told) => void) {
  const all = yield* listeners;
  yield* Effect.acquireRelease(
    Effect.sync(() => all.add(listener)),
    () => Effect.sync(() => all.delete(listener)),
  );
});

/** How much something matters. */
export type Severity = "debug" | "info" | "warning" | "error";

const severities: Readonly<Record<string, Severity>> = {
  All: "debug",
  Trace: "debug",
  Debug: "debug",
  Info: "info",
  Warn: "warning",
};

/** How much a message of a level matters. */
export const severityOf = (level: LogLevel.LogLevel): Severity => severities[level] ?? "error";

const aboutOf = ({
  agent,
  attempt,
  task,
}: Readonly<Record<string, unknown>>): Pick<Told, "agent" | "attempt" | "task"> => ({
  ...(typeof task === "string" ? { task } : {}),
  ...(typeof agent === "string" ? { agent } : {}),
  ...(typeof attempt === "number" ? { attempt } : {}),
});

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

const textOf = (message: unknown, cause: Cause.Cause<unknown>): string => {
  const parts = Array.isArray(message) ? message : [message];
  const text = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
  return cause.reasons.length === 0 ? text : `${text}: ${Cause.pretty(cause)}`;
};
