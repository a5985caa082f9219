/** Turns the end of a command into the end of its agent run. */
import type { Agent, Failure } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import type { DiscoveryProblem } from "../DiscoveryFile.ts";
import type { Git, GitError } from "../Git.ts";
import type { CommandAgentOptions } from "../CommandAgent.ts";
import * as Outputs from "../Outputs.ts";
import * as EventStream from "../presets/EventStream.ts";
import type { Preset } from "../presets/Preset.ts";
import * as PresetEnd from "../presets/PresetEnd.ts";
import * as Worktree from "../Worktree.ts";
import * as Attempt from "./Attempt.ts";
import type { EndNote } from "./AttemptNotes.ts";
import type { ProcessExit } from "./CommandProcess.ts";
import * as Subject from "./Subject.ts";
import * as Uncommitted from "./Uncommitted.ts";

type Succeeded = Extract<Agent.AgentRunEnd, { readonly _tag: "Succeeded" }>;
type Failed = Extract<Agent.AgentRunEnd, { readonly _tag: "Failed" }>;
type Waiting = Extract<Agent.AgentRunEnd, { readonly _tag: "Waiting" }>;

/** Waits for the command, collects its outputs and changes, and decides what becomes of its worktree. */
export const decide = Effect.fnUntraced(function* (
  attempt: Attempt.Attempt,
  problem: DiscoveryProblem | undefined,
  options: Pick<CommandAgentOptions, "isolation" | "keepFailed" | "message" | "preset">,
): Effect.fn.Return<EndNote, never, Git | FileSystem.FileSystem | Path.Path> {
  const { isolation, keepFailed = false, message = Worktree.describe, preset } = options;
  const worktree = Attempt.worktreeOf(attempt.note);
  const work = yield* workOf(attempt, preset?.preset);
  const says = message(attempt.note.task);
  const judged = yield* Effect.result(judge(attempt, worktree, problem, work, says));
  if (Result.isFailure(judged)) return yield* keepWork(attempt, worktree, judged.failure, work);
  const end = yield* explained(judged.success, attempt.note, isolation);
  if (end._tag === "Succeeded") {
    return { end, fate: end.change === undefined ? "discard" : "deliver" };
  }
  if (!keepFailed) return { end, fate: "discard" };
  if (end._tag === "Waiting") return { end, fate: "keep" };
  return { end: worktree === undefined ? end : withPlace(end, worktree), fate: "keep" };
});

/** A program that could not be started may be one that only the checkout of people has. */
const explained = Effect.fnUntraced(function* (
  end: Succeeded | Failed | Waiting,
  { task, worktree }: Attempt.Attempt["note"],
  isolation: CommandAgentOptions["isolation"],
) {
  if (end._tag !== "Failed" || worktree === undefined || isolation._tag === "None") return end;
  if (!notStarted.includes(exitCodeOf(end))) return end;
  const word = Uncommitted.wordOf(task.payload);
  const hint = yield* Uncommitted.hint(word, worktree.path, isolation.base.repository);
  return hint === undefined ? end : withNote(end, hint);
});

/** As shells tell it: not executable, not found. */
const notStarted: ReadonlyArray<Schema.Json> = [126, 127];

const exitCodeOf = ({ failure: { detail } }: Failed): Schema.Json =>
  typeof detail === "object" && detail !== null && "exitCode" in detail ? detail.exitCode : null;

const judge = Effect.fnUntraced(function* (
  attempt: Attempt.Attempt,
  worktree: Worktree.Worktree | undefined,
  problem: DiscoveryProblem | undefined,
  work: Work,
  message: string,
): Effect.fn.Return<Succeeded | Failed | Waiting, GitError, Git | FileSystem.FileSystem> {
  const { files, isAdopted, note } = attempt;
  const { log, task } = note;
  const { tail, usage, verdict } = work;
  if (problem !== undefined) {
    const detail = { log, ...(problem.line === undefined ? {} : { line: problem.line }) };
    return { ...failed("agent", problem.message, detail), ...usage };
  }
  const outputs = yield* Effect.result(readOutputs(files.output));
  const named = Result.isSuccess(outputs) ? outputs.success : undefined;
  const output =
    named === undefined && work.output === undefined
      ? {}
      : { output: { ...work.output, ...named } };
  if (verdict._tag === "Waiting") return { ...verdict, ...usage };
  if (verdict._tag === "Failed") return { ...verdict, ...output, ...usage };
  if (Result.isFailure(outputs)) {
    return { ...failed("agent", outputs.failure.message, { log }), ...usage };
  }
  const { summary } = verdict;
  const told = { ...output, ...usage, ...(summary === undefined ? {} : { summary }) };
  if (isAdopted && worktree !== undefined) yield* Worktree.waitForLocks(worktree);
  const change = worktree === undefined ? undefined : yield* Worktree.collect(worktree, message);
  if (change !== undefined) return { _tag: "Succeeded", ...told, change };
  if (task.expectChange !== true) return { _tag: "Succeeded", ...told };
  const unchanged = failed(
    "agent",
    withTail("The command succeeded but changed nothing, and the task has expectChange.", tail),
    { reason: "no-change", log },
  );
  return { ...unchanged, ...usage };
});

/** What the work itself amounts to, before anybody looks at its changes. */
interface Work {
  readonly verdict: PresetEnd.Verdict;
  readonly output?: Outputs.Outputs | undefined;
  readonly usage?: Pick<Succeeded, "usage">;
  /** Its last words, for a failure that it does not know of. */
  readonly tail: string;
}

const workOf = Effect.fnUntraced(function* (
  attempt: Attempt.Attempt,
  preset: Preset | undefined,
): Effect.fn.Return<Work, never, FileSystem.FileSystem> {
  const exit = yield* attempt.process.exit;
  if (preset === undefined) return yield* ofCommand(attempt, exit);
  return yield* ofPreset(preset, attempt.note.log, exit);
});

const ofCommand = Effect.fnUntraced(function* (
  { note, process }: Attempt.Attempt,
  exit: ProcessExit,
) {
  const tail = yield* process.tail;
  const failure = failureOf(exit, tail, note.log);
  const verdict: PresetEnd.Verdict =
    failure === undefined ? { _tag: "Succeeded", summary: undefined } : { _tag: "Failed", failure };
  return { verdict, tail } satisfies Work;
});

const ofPreset = Effect.fnUntraced(function* (preset: Preset, log: string, exit: ProcessExit) {
  const printed = yield* EventStream.ofLog(preset, log);
  const { result = "", usage = {} } = printed;
  const now = yield* Clock.currentTimeMillis;
  return {
    verdict: PresetEnd.judge(preset, printed, exit, log, now),
    output: PresetEnd.outputOf(printed),
    ...(Object.keys(usage).length === 0 ? {} : { usage: { usage } }),
    tail: Subject.line(result, maxLastWords),
  } satisfies Work;
});

const maxLastWords = 500;

/**
 * What a command worked for must not vanish because it cannot be committed. It
 * is charged to the task: the command left things as they are.
 */
const keepWork = Effect.fnUntraced(function* (
  { note }: Attempt.Attempt,
  worktree: Worktree.Worktree | undefined,
  error: GitError,
  { usage }: Work,
) {
  const end = { ...failed("agent", error.message, { log: note.log }), ...usage };
  if (worktree === undefined) return { end, fate: "keep" } satisfies EndNote;
  const fs = yield* FileSystem.FileSystem;
  const isThere = yield* Effect.orElseSucceed(fs.exists(worktree.path), () => true);
  if (isThere) return { end: withPlace(end, worktree), fate: "keep" } satisfies EndNote;
  const words = `Its worktree is gone; whatever it committed is on the branch ${worktree.branch}`;
  return { end: withNote(end, words), fate: "deliver" } satisfies EndNote;
});

const readOutputs = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  if (!(yield* fs.exists(file))) return undefined;
  const size = Number((yield* fs.stat(file)).size);
  if (size > Outputs.maxBytes) return yield* Outputs.tooLarge(size);
  return yield* Effect.fromResult(Outputs.parse(yield* fs.readFileString(file)));
});

/** EX_TEMPFAIL of sysexits.h: "temporary failure, the user is invited to retry". */
const temporaryFailure = 75;

const hints: Readonly<Record<number, string>> = {
  126: " (a program it names is not executable)",
  127: " (a program it names was not found on PATH)",
};

const failureOf = (exit: ProcessExit, tail: string, log: string): Failure.Failure | undefined => {
  if (exit._tag === "Unknown") {
    return {
      class: "infrastructure",
      message: withTail(
        "The command ended without telling its exit status; the machine may have been restarted.",
        tail,
      ),
      detail: { log },
    };
  }
  if (exit._tag === "Signal") {
    const cause = exit.signal === "SIGKILL" ? " (out of memory is a usual cause)" : "";
    return {
      class: "agent",
      message: withTail(`The command was ended by ${exit.signal}${cause}.`, tail),
      detail: { signal: exit.signal, log },
    };
  }
  if (exit.code === 0) return undefined;
  return {
    class: exit.code === temporaryFailure ? "infrastructure" : "agent",
    message: withTail(
      `The command ended with exit code ${exit.code}${hints[exit.code] ?? ""}.`,
      tail,
    ),
    detail: { exitCode: exit.code, log },
  };
};

const withTail = (message: string, tail: string) =>
  tail === "" ? `${message} It printed nothing.` : `${message} Its last lines:\n${tail}`;

const failed = (
  failureClass: Failure.FailureClass,
  message: string,
  detail: { readonly [name: string]: Schema.Json },
): Failed => ({ _tag: "Failed", failure: { class: failureClass, message, detail } });

const withPlace = (end: Failed, { path, branch }: Worktree.Worktree) =>
  withNote(end, `Its worktree is kept: ${path} (branch ${branch})`);

const withNote = (end: Failed, note: string): Failed => ({
  ...end,
  failure: { ...end.failure, message: `${end.failure.message}\n${note}` },
});
