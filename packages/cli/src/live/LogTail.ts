/** Reads the end of a log file, however long the file is. */
import * as ByteSize from "effect/ByteSize";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";

/** As many bytes hold more lines than a screen has. */
const most = 64 * 1024;

/** The last characters of a file; undefined if it cannot be read. */
export const read = Effect.fn("LogTail.read")(
  function* (path: string) {
    const fs = yield* FileSystem.FileSystem;
    const file = yield* fs.open(path, { flag: "r" });
    const { size } = yield* file.stat;
    const from = Number(ByteSize.toBigInt(size)) - most;
    if (from > 0) yield* file.seek(ByteSize.bytes(from), "start");
    const bytes = yield* file.readAlloc(most);
    return Option.isNone(bytes) ? "" : new TextDecoder().decode(bytes.value);
  },
  Effect.scoped,
  // A log that cannot be read is one that there is not.
  Effect.orElseSucceed(() => undefined),
);
