/**
 * Starts the command of an attempt, at most once for its key.
 *
 * Every step leaves a note first, so that whoever launches again after a crash
 * at any point finds out whether the command was started: see `AttemptNotes`.
 */
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { CommandAgentOptions } from "../CommandAgent.ts";
import type { GitError } from "../Git.ts";
import * as AgentToken from "../AgentToken.ts";
import * as RunFolder from "../RunFolder.ts";
import * as Worktree from "../Worktree.ts";
import * as Attempt from "./Attempt.ts";
import * as AttemptNotes from "./AttemptNotes.ts";
import * as CommandLine from "./CommandLine.ts";
import * as CommandProcess from "./CommandProcess.ts";
import * as LaunchFailure from "./LaunchFailure.ts";
import * as ProcessIdentity from "./ProcessIdentity.ts";
import * as Program from "./Program.ts";
import * as Uncommitted from "./Uncommitted.ts";

/** Starts the command; answers with nothing if it was started before. */
export const launch = Effect.fnUntraced(function* (
  options: CommandAgentOptions,
  notes: string,
  request: Agent.LaunchRequest,
) {
  const before = yield* Effect.mapError(AttemptNotes.read(notes), LaunchFailure.ofNotes);
  if (before !== undefined) {
    if (before.key !== request.key) return yield* LaunchFailure.otherKey(before, request);
    const start = yield* Effect.mapError(
      AttemptNotes.settle(notes, before),
      LaunchFailure.ofSettling,
    );
    if (start._tag !== "Void") return undefined;
  }
  const line = yield* CommandLine.resolve(request, options);
  const ticket = (before?.ticket ?? 0) + 1;
  if (before !== undefined) yield* clear(options, before);
  const started = yield* Effect.result(begin(options, notes, request, line, ticket));
  if (Result.isSuccess(started)) return started.success;
  yield* giveUp(options, notes);
  return yield* started.failure;
});

const begin = Effect.fnUntraced(function* (
  options: CommandAgentOptions,
  notes: string,
  request: Agent.LaunchRequest,
  line: CommandLine.CommandLine,
  ticket: number,
) {
  const { folder, isolation } = options;
  const { attempt, key, run, task } = request;
  const files = yield* folder
    .prepare(task.id, attempt, line.prompt)
    .pipe(Effect.mapError(LaunchFailure.ofFiles));
  const log = folder.log(task.id, attempt);
  const boot = yield* ProcessIdentity.boot;
  const token = AgentToken.make();
  const basis = { key, run, task, attempt, ticket, boot, log, token: AgentToken.hash(token) };
  const note =
    isolation._tag === "None"
      ? yield* announced(notes, basis)
      : yield* inWorktree(options, notes, basis, request.startFrom);
  const place = note.worktree?.path ?? (isolation._tag === "None" ? isolation.folder : "");
  const environment: Readonly<Record<string, string>> = {
    ...line.fallbacks,
    ...options.environment,
    ...line.environment,
    ...CommandLine.variables(request, files),
    [AgentToken.variable]: token,
  };
  const found = yield* Program.find(line.command, environment["PATH"], place);
  if (found !== "found") {
    const hint =
      isolation._tag === "None"
        ? undefined
        : yield* Uncommitted.hint(line.command, place, isolation.base.repository);
    const install = options.preset && `Install it: ${options.preset.preset.install}`;
    return yield* LaunchFailure.ofProgram(found, line, environment["PATH"], install ?? hint);
  }
  const process = yield* CommandProcess.start({
    ...Attempt.tracesOf(notes, note, options),
    command: line.command,
    args: line.args,
    folder: place,
    environment,
    ...(line.readsPrompt ? { input: files.prompt } : {}),
  }).pipe(Effect.mapError((error) => LaunchFailure.ofSpawn(error, line, place)));
  return yield* Attempt.make(options, notes, note, process);
});

const announced = Effect.fnUntraced(function* (notes: string, note: AttemptNotes.AttemptNote) {
  yield* Effect.mapError(AttemptNotes.announce(notes, note), LaunchFailure.ofFiles);
  return note;
});

const inWorktree = Effect.fnUntraced(function* (
  { folder, isolation }: CommandAgentOptions,
  notes: string,
  basis: AttemptNotes.AttemptNote,
  startFrom: Agent.StartFrom | undefined,
) {
  if (isolation._tag === "None") return basis;
  const { attempt, run, task } = basis;
  const path = folder.worktree(task.id, attempt);
  const branch = RunFolder.branch(run, task.id, attempt);
  const announce = (start: string) =>
    announced(notes, { ...basis, worktree: { path, branch, start } });
  const worktree = yield* Worktree.add(isolation.base, path, branch, announce, startFrom).pipe(
    Effect.mapError((error) => (error._tag === "GitError" ? LaunchFailure.ofGit(error) : error)),
  );
  const note = { ...basis, worktree };
  yield* Effect.mapError(AttemptNotes.complete(notes, note), LaunchFailure.ofFiles);
  return note;
});

/** Removes what was half made for a start that was given up. */
const clear = (options: CommandAgentOptions, { worktree }: AttemptNotes.AttemptNote) => {
  const { isolation } = options;
  if (worktree === undefined || isolation._tag === "None") return Effect.void;
  return Worktree.removeUnused(isolation.base, worktree).pipe(
    Effect.mapError((error: GitError) => LaunchFailure.ofGit(error)),
  );
};

/** After a failure nothing is left of the attempt, unless the command was started all the same. */
const giveUp = (options: CommandAgentOptions, notes: string) =>
  Effect.gen(function* () {
    const note = yield* AttemptNotes.read(notes);
    if (note === undefined) return;
    const start = yield* AttemptNotes.settle(notes, note);
    if (start._tag === "Void") yield* clear(options, note);
  }).pipe(
    Effect.catch((error) =>
      Effect.logWarning(`What was left of a launch was not removed: ${error.message}`),
    ),
  );
