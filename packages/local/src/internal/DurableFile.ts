/** Files that are there whole or not at all, whatever happens to the process or the machine. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";

const encoder = new TextEncoder();

/** Only their owner reads them: they may hold what a task keeps to itself. */
const mode = 0o600;

/** Replaces the content of a file in one step, which survives a power failure once it has succeeded. */
export const write = Effect.fnUntraced(function* (file: string, text: string) {
  const path = yield* Path.Path;
  yield* replace(file, text, true);
  yield* syncFolder(path.dirname(file));
});

/** Replaces the content of a file in one step, for content that may be lost with the machine's power. */
export const replace = Effect.fnUntraced(function* (file: string, text: string, isSynced = false) {
  const fs = yield* FileSystem.FileSystem;
  yield* put(`${file}.new`, "w", text, isSynced);
  yield* fs.rename(`${file}.new`, file);
});

/** Adds to the end of a file; the addition survives a power failure. */
export const append = (file: string, text: string) => put(file, "a", text, true);

/** Makes a file that does not exist; fails with `AlreadyExists` if somebody made it before. */
export const create = (file: string, text: string) => put(file, "wx", text, true);

/** Makes the names in a folder survive a power failure. */
export const syncFolder = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  yield* Effect.scoped(Effect.flatMap(fs.open(folder, { flag: "r" }), (opened) => opened.sync));
});

const put = (file: string, flag: "w" | "a" | "wx", text: string, isSynced: boolean) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const opened = yield* fs.open(file, { flag, mode });
      yield* opened.writeAll(encoder.encode(text));
      if (isSynced) yield* opened.sync;
    }),
  );

/** The text of a file, or undefined if there is none. */
export const read = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const found = fs.readFileString(file).pipe(
    Effect.asSome,
    Effect.catchIf(
      (error) => error.reason._tag === "NotFound",
      () => Effect.succeedNone,
    ),
  );
  return Option.getOrUndefined(yield* found);
});
