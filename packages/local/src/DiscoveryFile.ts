/**
 * Follows the file in which a command writes new tasks, one JSON object a line, and how far it is, as
 * `{"progress":"half of the files"}`.
 *
 * Lines are taken as soon as they are complete; those that are there at one
 * moment are offered together. The first line that is not a task, or batch that
 * is rejected, ends it: nothing after it is taken.
 */
import type { Agent, Task } from "@orchestrator/core";
import { isTooDeep, mostLevels } from "@orchestrator/core/JsonDepth";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Result from "effect/Result";
import * as Semaphore from "effect/Semaphore";
import * as Stream from "effect/Stream";
import * as Changes from "./Changes.ts";
import * as Lines from "./internal/Lines.ts";
import { readRange } from "./internal/Log.ts";

/** Why nothing more is taken from the file. */
export interface DiscoveryProblem {
  readonly message: string;
  /** The line, from 1 on; absent if it is not about one line. */
  readonly line?: number;
}

/** What is done with the tasks of one moment: the report to the engine. */
export type Offer = (
  tasks: ReadonlyArray<Task.Task>,
) => Effect.Effect<void, Agent.DiscoveryRejected>;

/** What is done with the last that was said of the progress. */
export type Tell = (progress: string) => Effect.Effect<void>;

/** Reads one task from the JSON of a line; the failure is a sentence. */
export type DecodeTask = (json: unknown) => Result.Result<Task.Task, string>;

/** A file that a command appends new tasks to, followed while it grows. */
export interface DiscoveryFile {
  /** Offers tasks as they appear. Ends only with a problem. */
  readonly follow: (offer: Offer, tell?: Tell) => Effect.Effect<DiscoveryProblem>;
  /** Reads what is left, when the command has ended. Answers with the problem of the whole file, if any. */
  readonly finish: (offer: Offer, tell?: Tell) => Effect.Effect<DiscoveryProblem | undefined>;
}

/** A line may have at most this many bytes. */
const maxLineBytes = 1024 * 1024;
const maxReadBytes = 4 * maxLineBytes;

/** Follows a file that exists. */
export const make = Effect.fnUntraced(function* (file: string, decode: DecodeTask) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const turn = yield* Semaphore.make(1);
  const lines = Lines.make();
  let problem: DiscoveryProblem | undefined;

  const next = Effect.fnUntraced(function* (isEnd: boolean) {
    const size = Number((yield* fs.stat(file)).size);
    if (size < lines.taken()) return truncated;
    const bytes = yield* readRange(
      fs,
      file,
      lines.taken(),
      Math.min(size, lines.taken() + maxReadBytes),
    );
    const more = lines.taken() + bytes.length < size;
    const complete = lines.add(bytes, isEnd && !more);
    return lines.waiting() > maxLineBytes ? tooLong : { lines: complete, more };
  });

  const step = Effect.fnUntraced(function* (offer: Offer, tell: Tell, isEnd: boolean) {
    while (problem === undefined) {
      const read = yield* next(isEnd).pipe(
        Effect.catch((error) => Effect.succeed(unreadable(error))),
      );
      if ("message" in read) return void (problem = read);
      const said = decodeAll(read.lines, decode);
      if (Result.isFailure(said)) return void (problem = said.failure);
      const { progress, tasks } = said.success;
      if (progress !== undefined) yield* tell(progress);
      if (tasks.length > 0) {
        const offered = yield* Effect.result(offer(tasks));
        if (Result.isFailure(offered)) return void (problem = { message: offered.failure.message });
      }
      if (!read.more) return;
    }
  });
  // What was read and what was offered must not part company.
  const take = (offer: Offer, tell: Tell, isEnd: boolean) =>
    turn.withPermit(Effect.uninterruptible(step(offer, tell, isEnd)));

  const made: DiscoveryFile = {
    follow: (offer, tell = silent) =>
      Changes.of(fs, path.dirname(file)).pipe(
        Stream.mapEffect(() => take(offer, tell, false)),
        Stream.filter(() => problem !== undefined),
        Stream.runHead,
        Effect.flatMap(() => (problem === undefined ? Effect.never : Effect.succeed(problem))),
      ),
    finish: (offer, tell = silent) => Effect.map(take(offer, tell, true), () => problem),
  };
  return made;
});

const silent: Tell = () => Effect.void;

const truncated: DiscoveryProblem = {
  message: "The file of ORCHESTRATOR_DISCOVERED became shorter. Append to it: >> in a shell",
};

const tooLong: DiscoveryProblem = {
  message: `A line of the file of ORCHESTRATOR_DISCOVERED has more than ${maxLineBytes} bytes.`,
};

const unreadable = (error: PlatformError): DiscoveryProblem => ({
  message: `The file of ORCHESTRATOR_DISCOVERED cannot be read: ${error.message}`,
});

/** What a command said in some lines. */
interface Said {
  readonly tasks: ReadonlyArray<Task.Task>;
  readonly progress: string | undefined;
}

const decodeAll = (
  lines: ReadonlyArray<Lines.Line>,
  decode: DecodeTask,
): Result.Result<Said, DiscoveryProblem> => {
  const tasks: Array<Task.Task> = [];
  let progress: string | undefined;
  for (const line of lines) {
    if (line.text.trim() === "") continue;
    const said = decodeLine(line.text, decode);
    if (Result.isFailure(said)) return Result.fail(badLine(line, said.failure));
    if (typeof said.success === "string") progress = said.success;
    else tasks.push(said.success);
  }
  return Result.succeed({ tasks, progress });
};

/** A task has an id, so nothing that is one is taken for progress. */
const progressIn = (json: unknown): string | undefined =>
  typeof json === "object" && json !== null && "progress" in json && !("id" in json)
    ? String(json.progress)
    : undefined;

const decodeLine = (
  text: string,
  decode: DecodeTask,
): Result.Result<Task.Task | string, string> => {
  try {
    const json: unknown = JSON.parse(text);
    if (isTooDeep(json)) return Result.fail(`nested more than ${mostLevels} levels deep`);
    const progress = progressIn(json);
    return progress === undefined ? decode(json) : Result.succeed(progress);
  } catch (error) {
    return Result.fail(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const badLine = (line: Lines.Line, why: string): DiscoveryProblem => ({
  line: line.number,
  message:
    `Line ${line.number} of the file of ORCHESTRATOR_DISCOVERED is not a task: ${why}. ` +
    `Found: ${line.text.slice(0, 120)}. Write one task a line, as {"id":"x","run":"make x","dependsOn":["a"]}`,
});
