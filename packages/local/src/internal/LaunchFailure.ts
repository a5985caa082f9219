/** Says in a launch error why a command did not start, and whether trying again can help. */
import { Agent } from "@orchestrator/core";
import type { PlatformError } from "effect/PlatformError";
import type { GitError } from "../Git.ts";
import type { CommandLine } from "./CommandLine.ts";

const notSent = (message: string) => new Agent.LaunchError({ reason: "NotSent", message });

export const rejected = (message: string) => new Agent.LaunchError({ reason: "Rejected", message });

/** The files of the attempt could not be made: a full disk, missing rights. */
export const ofFiles = (error: PlatformError) =>
  notSent(`The files of the attempt could not be written: ${error.message}`);

/** The worktree could not be made. */
export const ofGit = (error: GitError) =>
  error.reason === "BranchExists" ? rejected(error.message) : notSent(error.message);

/** What the system may have more of a moment later. */
const passing = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);

/** The command could not be started. */
export const ofSpawn = (
  error: PlatformError,
  line: CommandLine,
  environment: Readonly<Record<string, string>>,
) => {
  const { reason } = error;
  const code = codeOf(reason.cause);
  if (code !== undefined && passing.has(code)) {
    return notSent(`The system has no room for another process now (${code}).`);
  }
  if (reason._tag === "BadArgument") return rejected(`The command cannot be run: ${error.message}`);
  if (reason.module === "FileSystem") {
    return reason._tag === "NotFound"
      ? rejected(`The folder to run in does not exist: ${reason.pathOrDescriptor}`)
      : notSent(`The command's folder or log cannot be opened: ${error.message}`);
  }
  const searched = line.environment["PATH"] ?? environment["PATH"] ?? "nothing, it is not set";
  if (reason._tag === "NotFound") {
    return rejected(
      `The program ${JSON.stringify(line.command)} was not found (nor its interpreter, if it is a script). PATH is ${searched}`,
    );
  }
  if (reason._tag === "PermissionDenied") {
    return rejected(
      `The program ${JSON.stringify(line.command)} is not executable. Try: chmod +x, or name its interpreter`,
    );
  }
  return rejected(`The program ${JSON.stringify(line.command)} was not started: ${error.message}`);
};

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined;
