/**
 * How one process asks something of another that works on a run.
 *
 * ```
 * <run>/inbox/<id>.request.json    what is asked, and until when it counts
 * <run>/inbox/<id>.answer.json     what became of it
 * ```
 *
 * Each file appears as a whole. Whoever asks waits for the answer and removes
 * both files; a request that nobody waits for any more is not done.
 */
import { randomBytes } from "node:crypto";
import { Journal, Operator, Task } from "@orchestrator/core";
import * as Changes from "@orchestrator/local/Changes";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as ExitCode from "../ExitCode.ts";
import * as Project from "../run/Project.ts";
import * as RunRecord from "../run/RunRecord.ts";
import type { RunWanted } from "../run/RunWanted.ts";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** What may be asked of a run. */
export const Wish = Schema.Union([
  Schema.TaggedStruct("CancelRun", {}),
  Schema.TaggedStruct("CancelTask", { task: Schema.String }),
  Schema.TaggedStruct("Change", { change: Operator.Change }),
  /** Adds tasks, all or none. */
  Schema.TaggedStruct("AddTasks", { tasks: Schema.Array(Task.Task) }),
]);
export type Wish = typeof Wish.Type;

export const Request = Schema.fromJsonString(
  Schema.Struct({
    version: Schema.Literal(1),
    /** Milliseconds since the epoch: from then on nobody waits for the answer. */
    until: Schema.Finite,
    wish: Wish,
  }),
);

export const Answer = Schema.fromJsonString(
  Schema.Union([
    /** It is done: it is in the journal. */
    Schema.TaggedStruct("Done", { message: Schema.String }),
    Schema.TaggedStruct("Refused", { message: Schema.String }),
  ]),
);
export type Answer = typeof Answer.Type;

const encodeRequest = Schema.encodeSync(Request);

export const suffixes = { request: ".request.json", answer: ".answer.json" } as const;

/** The inbox of a run, in its folder. */
export const folderOf = (path: Path.Path, run: string): string => path.join(run, "inbox");

/** The process that works on the run did not answer. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", {
  run: Schema.String,
  pid: Schema.UndefinedOr(Schema.Int),
  seconds: Schema.Finite,
  /** Whether nobody works on the run any more. */
  isLeft: Schema.optionalKey(Schema.Boolean),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.locked;
  override get message(): string {
    if (this.isLeft === true) {
      return `the process that worked on the run ${Text.line(this.run)} has left it without an answer; nothing more was changed. Try again.`;
    }
    const who = this.pid === undefined ? "the process" : `process ${this.pid}`;
    const end = this.pid === undefined ? "end it" : `have it leave the run (kill -INT ${this.pid})`;
    return `${who} that works on the run ${Text.line(this.run)} did not answer within ${this.seconds} s; nothing more was changed. Try again; if it hangs, ${end}: agents go on, and the run can be resumed.`;
  }
}

/** How long an answer is waited for. Cancelling an agent is answered once it is asked, not once it ended. */
const patienceSeconds = 15;

/** How often a run is tried again that was left by the process that was asked. */
const mostTries = 3;

/** Does something to a run that nobody works on; else asks the process that does, one wish after another, and prints its answers. */
export const orAsk = Effect.fn("Inbox.orAsk")(function* <E, R>(
  wanted: RunWanted,
  wishes: ReadonlyArray<Wish>,
  alone: Effect.Effect<void, E, R>,
) {
  for (let tries = 1; ; tries++) {
    const holder = yield* holderAfter(alone);
    if (holder === undefined) return;
    const asked = yield* Effect.result(askAll(wanted, wishes, holder.pid));
    if (Result.isSuccess(asked)) return;
    // A process that has ended its run, but still had its lock, leaves it without an answer.
    const { failure } = asked;
    const isFree = failure instanceof NoAnswer && failure.isLeft === true;
    if (!isFree || tries === mostTries) return yield* failure;
  }
});

/** Does something to a run; answers who works on it if somebody does, and it is not done. */
const holderAfter = <E, R>(alone: Effect.Effect<void, E, R>) =>
  Effect.catchIf(
    alone,
    (error): error is Extract<E, Journal.RunLocked> => error instanceof Journal.RunLocked,
    ({ holder }) => Effect.succeed({ pid: holder?.pid }),
  );

/** Asks the process that works on a run, and prints its answers; what was done already is not left for another to do again. */
const askAll = Effect.fnUntraced(function* (
  { project, run }: RunWanted,
  wishes: ReadonlyArray<Wish>,
  pid: number | undefined,
) {
  const path = yield* Path.Path;
  const { out } = yield* Screen;
  const folder = path.join(project.root, ...RunRecord.home, run);
  const isLeft = Effect.map(Effect.option(Project.isLive(project, run)), Option.contains(false));
  for (const [index, wish] of wishes.entries()) {
    const left = index === 0 ? { isLeft } : {};
    yield* out.print(Text.line(yield* ask({ run, folder, pid, wish, ...left })));
  }
});

export interface Question {
  readonly run: string;
  /** The folder of the run. */
  readonly folder: string;
  /** Who works on it, if that is known. */
  readonly pid: number | undefined;
  readonly wish: Wish;
  /** Whether nobody works on the run any more, so that no answer will come (default: it is not looked at). */
  readonly isLeft?: Effect.Effect<boolean>;
}

/** Asks, waits for the answer, and tells what it says; a refusal is an error. */
export const ask = Effect.fn("Inbox.ask")(function* (question: Question) {
  const { folder, pid, run, wish } = question;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const inbox = folderOf(path, folder);
  const now = yield* Clock.currentTimeMillis;
  const id = `${now}-${randomBytes(6).toString("hex")}`;
  const [request, answer] = [suffixes.request, suffixes.answer].map((suffix) =>
    path.join(inbox, `${id}${suffix}`),
  ) as [string, string];
  yield* fs
    .makeDirectory(inbox, { recursive: true, mode: 0o700 })
    .pipe(Effect.mapError(SafeFile.failed(inbox)));
  const until = now + patienceSeconds * 1000;
  const cleanUp = Effect.forEach([request, answer], (file) =>
    Effect.ignore(fs.remove(file, { force: true })),
  );
  const answered = yield* Effect.gen(function* () {
    yield* SafeFile.write(request, encodeRequest({ version: 1, until, wish }));
    return yield* Changes.of(fs, inbox).pipe(
      Stream.mapEffect(() => look(answer, question.isLeft)),
      Stream.filter((found) => found !== undefined),
      Stream.runHead,
      Effect.timeoutOption(`${patienceSeconds} seconds`),
      Effect.map(Option.flatten),
    );
  }).pipe(Effect.ensuring(cleanUp));
  if (Option.isNone(answered)) return yield* new NoAnswer({ run, pid, seconds: patienceSeconds });
  if (answered.value === "left") {
    return yield* new NoAnswer({ run, pid, seconds: 0, isLeft: true });
  }
  const { _tag, message } = answered.value;
  if (_tag === "Refused") return yield* new Operator.ChangeRefused({ message });
  return message;
});

/** The answer, or that none will come; undefined if it has to be waited for. */
const look = Effect.fnUntraced(function* (
  file: string,
  isLeft: Effect.Effect<boolean> = Effect.succeed(false),
) {
  const found = yield* readAnswer(file);
  if (found !== undefined || !(yield* isLeft)) return found;
  // It may have been given just before the run was left.
  return (yield* readAnswer(file)) ?? ("left" as const);
});

const readAnswer = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const text = yield* Effect.option(fs.readFileString(file));
  return Option.getOrUndefined(Option.flatMap(text, Schema.decodeUnknownOption(Answer)));
});
