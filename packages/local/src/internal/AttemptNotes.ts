/**
 * What is written down about an attempt, so that any process can go on with it.
 *
 * ```
 * attempt.json      what it is and where it works, before anything is made for it
 * started-<ticket>  the claim of the start: see `Wrapper`
 * exit-<ticket>     the exit status of the command
 * cancelled         it is to be cancelled
 * end.json          how it ended, and what becomes of its worktree
 * ```
 */
import { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as DurableFile from "./DurableFile.ts";
import * as ProcessIdentity from "./ProcessIdentity.ts";
import * as Wrapper from "./Wrapper.ts";

/** What becomes of the place of an attempt: remove all, leave the branch to be landed, or leave all. */
export const Fate = Schema.Literals(["discard", "deliver", "keep"]);
export type Fate = typeof Fate.Type;

export const AttemptNote = Schema.Struct({
  key: Schema.String,
  run: Schema.String,
  task: Task.Task,
  attempt: Schema.Int,
  /** Which try at starting the command this is: one that was given up is never taken again. */
  ticket: Schema.Int,
  /** The boot of the machine in which it was noted. */
  boot: Schema.String,
  log: Schema.String,
  /** The hash of the token that its command is given: see `AgentToken`. */
  token: Schema.optionalKey(Schema.String),
  worktree: Schema.optionalKey(
    Schema.Struct({
      path: Schema.String,
      branch: Schema.String,
      start: Schema.String,
      /** Absent until git has made it. */
      gitDir: Schema.optionalKey(Schema.String),
    }),
  ),
});
export type AttemptNote = typeof AttemptNote.Type;

export const EndNote = Schema.Struct({ end: Agent.AgentRunEnd, fate: Fate });
export type EndNote = typeof EndNote.Type;

/** Whether the command was started. */
export type Start =
  | { readonly _tag: "Started"; readonly identity: ProcessIdentity.ProcessIdentity }
  /** It never was, and never will be with this ticket. */
  | { readonly _tag: "Void" }
  /** The machine was restarted, and the note may have gone with it. */
  | { readonly _tag: "Lost" };

const attemptJson = Schema.fromJsonString(AttemptNote);
const endJson = Schema.fromJsonString(EndNote);

/** The notes could not be understood; somebody else wrote them. */
export class NotesInvalid extends Schema.TaggedError<NotesInvalid>()("NotesInvalid", {
  message: Schema.String,
}) {}

const invalid = (file: string) => (error: { readonly message: string }) =>
  new NotesInvalid({ message: `The file ${file} cannot be used: ${error.message}` });

/** Reads what an attempt is; undefined if nothing was noted. */
export const read = Effect.fnUntraced(function* (notes: string) {
  const path = yield* Path.Path;
  const file = path.join(notes, "attempt.json");
  const text = yield* Effect.mapError(DurableFile.read(file), invalid(file));
  if (text === undefined) return undefined;
  return yield* Schema.decodeEffect(attemptJson)(text).pipe(Effect.mapError(invalid(file)));
});

/** Notes what an attempt is, before anything is made for it. Survives a power failure. */
export const announce = Effect.fnUntraced(function* (notes: string, note: AttemptNote) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  yield* fs.makeDirectory(notes, { recursive: true, mode: 0o700 });
  yield* DurableFile.write(path.join(notes, "attempt.json"), encodeAttempt(note));
  yield* DurableFile.syncFolder(path.dirname(notes));
});

/** Adds what became known; after a power failure the attempt counts as lost in any case. */
export const complete = Effect.fnUntraced(function* (notes: string, note: AttemptNote) {
  const path = yield* Path.Path;
  yield* DurableFile.replace(path.join(notes, "attempt.json"), encodeAttempt(note));
});

const encodeAttempt = Schema.encodeSync(attemptJson);

/**
 * Finds out whether the command was started; if not, it gives the ticket up, so
 * that a wrapper which is late starts nothing.
 */
export const settle = (notes: string, { ticket, boot }: AttemptNote) =>
  Effect.gen(function* () {
    const file = Wrapper.startedFile(notes, ticket);
    const isRestarted = boot !== (yield* ProcessIdentity.boot);
    const found = yield* DurableFile.read(file);
    if (found !== undefined) return startOf(found, isRestarted);
    if (isRestarted) return { _tag: "Lost" } satisfies Start;
    return yield* DurableFile.create(file, givenUp).pipe(
      Effect.as<Start>({ _tag: "Void" }),
      Effect.catchIf(
        (error) => error.reason._tag === "AlreadyExists",
        () => Effect.map(DurableFile.read(file), (text) => startOf(text ?? "", false)),
      ),
    );
  });

/** Whether the command was started, without deciding anything. */
export const isStarted = Effect.fnUntraced(function* (
  notes: string,
  { ticket, boot }: AttemptNote,
) {
  const isRestarted = boot !== (yield* ProcessIdentity.boot);
  const found = yield* DurableFile.read(Wrapper.startedFile(notes, ticket));
  return found === undefined ? isRestarted : startOf(found, isRestarted)._tag !== "Void";
});

const givenUp = "void\n";

/** A claim is always whole, but for a power failure; what else is not whole is somebody who gave up. */
const startOf = (text: string, isRestarted: boolean): Start => {
  const identity = ProcessIdentity.parse(text);
  if (identity !== undefined) return { _tag: "Started", identity };
  return { _tag: isRestarted && text !== givenUp ? "Lost" : "Void" };
};

/** Notes that the attempt is to be cancelled, for whoever finds it ended. */
export const cancel = Effect.fnUntraced(function* (notes: string) {
  const path = yield* Path.Path;
  yield* DurableFile.replace(path.join(notes, "cancelled"), "");
});

export const isCancelled = Effect.fnUntraced(function* (notes: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  return yield* Effect.orElseSucceed(fs.exists(path.join(notes, "cancelled")), () => false);
});

/** Notes how it ended. Survives a power failure. */
export const end = Effect.fnUntraced(function* (notes: string, note: EndNote) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  yield* fs.makeDirectory(notes, { recursive: true, mode: 0o700 });
  const text = yield* Effect.orDie(Schema.encodeEffect(endJson)(note));
  yield* DurableFile.write(path.join(notes, "end.json"), text);
});

/** Reads how it ended; undefined if nothing was noted. */
export const readEnd = Effect.fnUntraced(function* (notes: string) {
  const path = yield* Path.Path;
  const file = path.join(notes, "end.json");
  const text = yield* Effect.mapError(DurableFile.read(file), invalid(file));
  if (text === undefined) return undefined;
  return yield* Schema.decodeEffect(endJson)(text).pipe(Effect.mapError(invalid(file)));
});
