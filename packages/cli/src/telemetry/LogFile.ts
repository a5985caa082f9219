/**
 * The log of a run as a file in its folder, a record a line, for its owner's eyes only.
 *
 * It only tells: when it cannot be written, that is said once and the run goes on without it.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import * as LogRecord from "./LogRecord.ts";

const mebibyte = 2 ** 20;

/** One file of this size is kept beside the one that is written. */
const most = 16 * mebibyte;

/** How much is looked through for the last event: more than the longest line. */
const tailBytes = 256 * 1024;

/** Lines that wait for a slow disk; what is beyond them is lost. */
const mostWaiting = 100_000;

export interface LogFile {
  /** The last event that is in it already; 0 if there is none. */
  readonly last: number;
  readonly add: (record: LogRecord.LogRecord) => void;
  /** Comes when all that was added before is written, or cannot be. */
  readonly flush: Effect.Effect<void>;
}

/** Where the log of a run is. */
export const nameOf = (path: Path.Path, folder: string): string => path.join(folder, "log.ndjson");

/** The log that was full before. */
const olderOf = (file: string): string => file.replace(/\.ndjson$/, ".1.ndjson");

/** Opens the log of a run, and makes it if there is none, until the scope closes. */
export const open = Effect.fn("LogFile.open")(function* (folder: string, limit: number = most) {
  const path = yield* Path.Path;
  const file = nameOf(path, folder);
  const queue = yield* Queue.dropping<LogRecord.LogRecord | (() => void)>(mostWaiting);
  const last = yield* Effect.orElseSucceed(lastOf(file), () => 0);
  const writing = Effect.gen(function* () {
    let size = yield* begin(file);
    for (;;) {
      const taken = yield* Queue.takeAll(queue);
      const lines = taken.filter((one) => typeof one !== "function").map(LogRecord.encode);
      if (lines.length > 0) size = yield* append(file, `${lines.join("\n")}\n`, size, limit);
      for (const one of taken) if (typeof one === "function") one();
    }
  });
  yield* writing.pipe(
    Effect.catch((error) => Effect.andThen(tellOnce(file, error.message), ignoring(queue))),
    Effect.forkScoped,
  );
  return {
    last,
    add: (record) => void Queue.offerUnsafe(queue, record),
    flush: Effect.callback<void>((resume) => {
      if (!Queue.offerUnsafe(queue, () => resume(Effect.void))) resume(Effect.void);
    }),
  } satisfies LogFile;
});

/** How long it is; a process that was killed may have left half a line. */
const begin = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  yield* fs.writeFileString(file, "", { flag: "a", mode: 0o600 });
  yield* fs.chmod(file, 0o600);
  const size = Number((yield* fs.stat(file)).size);
  if (size === 0 || (yield* textFrom(file, size - 1)) === "\n") return size;
  yield* fs.writeFileString(file, "\n", { flag: "a" });
  return size + 1;
});

/** Answers with how long it is now. A full log becomes the older one, in place of what that was. */
const append = Effect.fnUntraced(function* (
  file: string,
  lines: string,
  size: number,
  limit: number,
) {
  const fs = yield* FileSystem.FileSystem;
  const bytes = new TextEncoder().encode(lines);
  const isFull = size > 0 && size + bytes.length > limit;
  if (isFull) yield* fs.rename(file, olderOf(file));
  yield* fs.writeFile(file, bytes, { flag: "a", mode: 0o600 });
  return (isFull ? 0 : size) + bytes.length;
});

const tellOnce = (file: string, reason: string) =>
  Effect.logWarning(`The log of the run, ${file}, cannot be written any more: ${reason}`);

/** Whoever waits for it goes on. */
const ignoring = (queue: Queue.Dequeue<LogRecord.LogRecord | (() => void)>) =>
  Effect.forever(
    Effect.map(Queue.takeAll(queue), (taken) => {
      for (const one of taken) if (typeof one === "function") one();
    }),
  );

/** The last event in the log, or in the older one where that is new. */
const lastOf = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  for (const name of [file, olderOf(file)]) {
    if (!(yield* fs.exists(name))) continue;
    const { size } = yield* fs.stat(name);
    const text = yield* textFrom(name, Math.max(0, Number(size) - tailBytes));
    const found = [...text.matchAll(/^\{.*"sequence":(\d+).*\}$/gm)].at(-1);
    if (found !== undefined) return Number(found[1]);
  }
  return 0;
});

const textFrom = (file: string, offset: number) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stream(file, { offset }).pipe(Stream.decodeText, Stream.mkString),
  );
