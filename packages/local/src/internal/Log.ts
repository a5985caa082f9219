/** Reads the log of a command while it grows. The command writes it by itself: nothing passes through here. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Stream from "effect/Stream";
import * as Changes from "../Changes.ts";
import * as Tail from "./Tail.ts";

export interface Log {
  /**
   * Gives what is new to a listener, waiting for it, until `ended` and all that
   * is there then is told. What one listener has heard, the next one does not.
   */
  readonly follow: (
    listener: (chunk: string) => Effect.Effect<void>,
    ended: Effect.Effect<unknown>,
  ) => Effect.Effect<void>;
  /** The last lines, whoever heard them. */
  readonly tail: Effect.Effect<string>;
}

const chunkBytes = 65_536;

/** As much as a tail keeps, were all its characters as long as can be, and one byte more. */
const tailBytes = 4 * Tail.maxCharacters + 1;

/** Follows a log from a byte on. One that cannot be read, as when it was deleted, is empty. */
export const make = Effect.fnUntraced(function* (file: string, from: number) {
  const fs = yield* FileSystem.FileSystem;
  let told = from;

  /** Tells what is there now, from where this listener is. */
  const tell = Effect.fnUntraced(function* (
    reader: { at: number; readonly decoder: InstanceType<typeof TextDecoder> },
    listener: (chunk: string) => Effect.Effect<void>,
  ) {
    const size = yield* sizeOf(fs, file);
    while (reader.at < size) {
      const bytes = yield* readRange(fs, file, reader.at, Math.min(size, reader.at + chunkBytes));
      if (bytes.length === 0) return;
      reader.at += bytes.length;
      told = Math.max(told, reader.at);
      const chunk = reader.decoder.decode(bytes, { stream: true });
      if (chunk !== "") yield* listener(chunk);
    }
  });

  return {
    follow: (listener, ended) =>
      Effect.suspend(() => {
        const reader = { at: told, decoder: new TextDecoder() };
        const changes = Stream.map(Changes.of(fs, file), () => false);
        const end = Stream.map(Stream.fromEffect(ended), () => true);
        return Stream.merge(changes, end).pipe(
          Stream.mapEffect((isEnd) => Effect.as(Effect.ignore(tell(reader, listener)), isEnd)),
          Stream.takeUntil((isEnd) => isEnd),
          Stream.runDrain,
        );
      }),
    tail: Effect.gen(function* () {
      const size = yield* sizeOf(fs, file);
      const bytes = yield* readRange(fs, file, Math.max(0, size - tailBytes), size);
      const tail = Tail.make();
      tail.add(new TextDecoder().decode(bytes));
      return tail.read();
    }).pipe(Effect.orElseSucceed(() => "")),
  } satisfies Log;
});

/** Zero for a log that is not there. */
export const sizeOf = (fs: FileSystem.FileSystem, file: string) =>
  fs.stat(file).pipe(
    Effect.map(({ size }) => Number(size)),
    Effect.orElseSucceed(() => 0),
  );

/** Bytes of a file, fewer if it is shorter. */
export const readRange = (fs: FileSystem.FileSystem, file: string, from: number, to: number) =>
  to <= from
    ? Effect.succeed(new Uint8Array())
    : fs.stream(file, { offset: from, bytesToRead: to - from }).pipe(
        Stream.runCollect,
        Effect.map((chunks) => new Uint8Array(Buffer.concat(chunks))),
      );
