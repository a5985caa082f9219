/** Files that are there as a whole or not at all. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "./ExitCode.ts";
import * as Text from "./Text.ts";

/** A file could not be written. */
export class WriteFailed extends Schema.TaggedError<WriteFailed>()("WriteFailed", {
  file: Schema.String,
  reason: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.inputOutput;
  override get message(): string {
    return `${Text.line(this.file)} could not be written: ${Text.line(this.reason)}. Check the folder, its permissions and the space on the disk.`;
  }
}

/** Says of which file a failure tells. */
export const failed =
  (file: string) =>
  (error: PlatformError): WriteFailed =>
    new WriteFailed({ file, reason: error.reason.message });

/** Writes a file through a neighbour that takes its place once it is on the disk. */
export const write = Effect.fn("SafeFile.write")(
  function* (file: string, content: string) {
    const fs = yield* FileSystem.FileSystem;
    const temporary = `${file}.part`;
    yield* Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* fs.open(temporary, { flag: "w" });
        yield* handle.writeAll(new TextEncoder().encode(content));
        yield* handle.sync;
      }),
    ).pipe(Effect.tapError(() => Effect.ignore(fs.remove(temporary, { force: true }))));
    yield* fs.rename(temporary, file);
  },
  (effect, file) => Effect.mapError(effect, failed(file)),
);

/** Makes sure, before anything depends on it, that a file can be written. */
export const prepare = Effect.fn("SafeFile.prepare")(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const folder = path.dirname(path.resolve(file));
    yield* fs.makeDirectory(folder, { recursive: true });
    yield* fs.access(folder, { writable: true });
  },
  (effect, file) => Effect.mapError(effect, failed(file)),
);
