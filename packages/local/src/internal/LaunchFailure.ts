/** Says in a launch error why a command did not start, and whether trying again can help. */
import { Agent } from "@orchestrator/core";
import type { PlatformError } from "effect/PlatformError";
import type { GitError } from "../Git.ts";
import type { CommandLine } from "./CommandLine.ts";
import type { NotStarted } from "./CommandProcess.ts";
import type * as Program from "./Program.ts";

const notSent = (message: string) => new Agent.LaunchError({ reason: "NotSent", message });

export const rejected = (message: string) => new Agent.LaunchError({ reason: "Rejected", message });

/** The files of the attempt could not be made: a full disk, missing rights. */
export const ofFiles = (error: PlatformError) =>
  notSent(`The files of the attempt could not be written: ${error.message}`);

/** The worktree could not be made. */
export const ofGit = (error: GitError) =>
  error.reason === "BranchExists" ? rejected(error.message) : notSent(error.message);

/** The notes of an earlier launch with the key cannot be read, so nobody knows what became of it. */
export const ofNotes = (error: { readonly message: string }) =>
  new Agent.LaunchError({
    reason: "Ambiguous",
    message: `Whether the command was started before is not known. ${error.message}`,
  });

/** An earlier launch could not be given up. */
export const ofSettling = (error: PlatformError) =>
  ofNotes({ message: `An earlier launch could not be looked at: ${error.message}` });

/** The attempt was launched before with another key. */
export const otherKey = (
  before: { readonly key: string },
  { attempt, key, task }: Agent.LaunchRequest,
) =>
  rejected(
    `Attempt ${attempt} at the task ${task.id} was launched with the key ${before.key}, and cannot be with ${key} too.`,
  );

/** The program cannot be started. */
export const ofProgram = (
  found: Program.Found,
  { command }: CommandLine,
  searched: string | undefined,
  hint: string | undefined,
) =>
  found === "missing"
    ? rejected(
        `The program ${JSON.stringify(command)} was not found. ${hint ?? `PATH is ${searched ?? "not set"}`}`,
      )
    : rejected(
        `The program ${JSON.stringify(command)} is not executable. Try: chmod +x, or name its interpreter`,
      );

/** What the system may have more of a moment later. */
const passing = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);

/** The system did not start the command. */
export const ofSpawn = (error: NotStarted, line: CommandLine, folder: string) => {
  if (passing.has(error.code)) {
    return notSent(`The system has no room for another process now (${error.code}).`);
  }
  if (error.code === "ENOENT") return rejected(`The folder to run in does not exist: ${folder}`);
  if (error.code === "E2BIG" || error.code.startsWith("ERR_")) {
    return rejected(`The command cannot be run: ${error.message}`);
  }
  return notSent(`The program ${JSON.stringify(line.command)} was not started: ${error.message}`);
};
