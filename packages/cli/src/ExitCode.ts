/** The exit codes of the command, and how the end of a program maps to them. */
import type { RunEvent, RunState } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import * as CliError from "effect/cli/CliError";
import * as Exit from "effect/Exit";
import * as Runtime from "effect/Runtime";

/**
 * The numbers from 64 on are those of sysexits.h; 128 and more stand for
 * signals, see `Signals`.
 */
export const codes = {
  succeeded: 0,
  /** At least one task failed, or the run was stopped. */
  failed: 1,
  usage: 2,
  /** Nothing failed, but tasks wait for a decision. */
  held: 3,
  /** Another orchestrator works on the repository. */
  taken: 4,
  /** One launch has several agent runs. */
  duplicates: 5,
  /** A plan, a request or a journal that is not in order. */
  badPlan: 65,
  /** There is nothing to read: no such plan, no such run. */
  noInput: 66,
  /** Something the plan needs is not there, as git. */
  unavailable: 69,
  bug: 70,
  /** The journal or a file could not be written or read. */
  inputOutput: 74,
  /** Another process works on the run, or does not answer: try again later. */
  locked: 75,
  /** The configuration cannot be used. */
  configuration: 78,
  /** A later version of the program wrote it. */
  newer: 78,
} as const;

/** The exit code of a run that ended by itself. Agent runs that nobody asked for are told above all. */
export const ofRun = (
  outcome: RunEvent.RunOutcome,
  { duplicates }: Pick<RunState.RunState, "duplicates"> = { duplicates: [] },
): number => {
  if (duplicates.length > 0) return codes.duplicates;
  switch (outcome) {
    case "succeeded":
      return codes.succeeded;
    case "held":
      return codes.held;
    case "failed":
    case "cancelled":
      return codes.failed;
  }
};

/** The exit code of a run that was left: at a limit a person must decide, and what time heals is to be tried later. */
export const ofLeft = ({
  paused,
  pausedAgents,
}: Pick<RunState.RunState, "paused" | "pausedAgents">): number => {
  const [first] = paused === undefined ? pausedAgents.values() : [paused];
  if (first === undefined || first.cause === "operator") return codes.failed;
  return first.until === undefined ? codes.held : codes.locked;
};

const byTag: Readonly<Record<string, number>> = {
  GitError: codes.unavailable,
  LeaseHeld: codes.taken,
  LeaseLost: codes.taken,
  PlatformError: codes.inputOutput,
};

/** The exit code of an error: its own, or that of its kind. */
export const ofError = (error: unknown): number => {
  if (CliError.isCliError(error)) return isHelp(error) ? codes.succeeded : codes.usage;
  const own = Runtime.getErrorExitCode(error);
  const tag = typeof error === "object" && error !== null && "_tag" in error ? error._tag : "";
  return own === 1 ? (byTag[String(tag)] ?? own) : own;
};

/** The command without a subcommand asks for help as `--help` does. */
export const isHelp = (error: CliError.CliError): boolean =>
  error._tag === "ShowHelp" && error.errors.length === 0;

/** The exit code of a program; interruption is the caller's to tell. */
export const ofExit = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return codes.succeeded;
  if (Cause.hasDies(exit.cause)) return codes.bug;
  return ofError(Cause.squash(exit.cause));
};
