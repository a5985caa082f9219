import { createHash, randomBytes } from "node:crypto";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as PlatformError from "effect/PlatformError";
import * as Schema from "effect/Schema";
import * as Semaphore from "effect/Semaphore";
import type { Entry, ResponseCache } from "../ResponseCache.ts";

const Stored = Schema.fromJsonString(
  Schema.Struct({
    version: Schema.Literal(1),
    /** Something that no header can carry would fail every request. */
    etag: Schema.String.check(Schema.isPattern(/^[\x20-\x7e]+$/)),
    link: Schema.optional(Schema.String),
    /** Of the body: a file may be damaged and still be JSON. */
    sha256: Schema.String,
    body: Schema.String,
  }),
);
const read = Schema.decodeUnknownOption(Stored);
const write = Schema.encodeSync(Stored);

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The names that are given here: nothing else in the folder is ever removed, wherever it leads. */
const suffix = ".answer";
const own = /\.answer(?:\.[0-9a-f]{12}\.tmp)?$/;

/** What is left when the folder was too full: less than full, so that not every entry has to make room. */
const keptShare = 0.8;

interface File {
  readonly path: string;
  readonly size: number;
  readonly writtenAt: number;
}

/** Answers as files, each written beside its place and then renamed into it. */
export class FolderCache implements ResponseCache {
  readonly #files: FileSystem.FileSystem;
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #turn = Semaphore.makeUnsafe(1);
  /** Undefined until the folder was looked at. */
  #bytes: number | undefined;
  #isWarned = false;

  constructor(files: FileSystem.FileSystem, folder: string, mostBytes: number) {
    this.#files = files;
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  readonly get = (key: string): Effect.Effect<Entry | undefined> =>
    this.#files.readFileString(this.#pathOf(key)).pipe(
      Effect.map(entryIn),
      Effect.catch((error) =>
        error.reason._tag === "NotFound" ? Effect.undefined : this.#warn(error),
      ),
    );

  readonly set = (key: string, entry: Entry): Effect.Effect<void> =>
    this.#turn.withPermit(
      Effect.catch(this.#put(this.#pathOf(key), textOf(entry)), (error) => this.#warn(error)),
    );

  #pathOf(key: string): string {
    return `${this.#folder}/${key}${suffix}`;
  }

  #put(path: string, text: string): Effect.Effect<void, PlatformError.PlatformError> {
    const files = this.#files;
    const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    return Effect.gen({ self: this }, function* () {
      this.#bytes ??= yield* this.#open();
      yield* files.writeFileString(beside, text, { flag: "wx", mode: 0o600 });
      yield* files.rename(beside, path);
      this.#bytes += Buffer.byteLength(text);
      if (this.#bytes > this.#mostBytes) this.#bytes = yield* this.#makeRoom();
    }).pipe(Effect.onError(() => Effect.ignore(files.remove(beside, { force: true }))));
  }

  /** Answers with how many bytes are there. */
  #open(): Effect.Effect<number, PlatformError.PlatformError> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#files.makeDirectory(this.#folder, { recursive: true, mode: 0o700 });
      yield* this.#files.chmod(this.#folder, 0o700);
      return sizeOf(yield* this.#listed());
    });
  }

  /** The oldest go first, also what a process that died has left half written. */
  #makeRoom(): Effect.Effect<number, PlatformError.PlatformError> {
    return Effect.gen({ self: this }, function* () {
      const listed = [...(yield* this.#listed())].sort((a, b) => a.writtenAt - b.writtenAt);
      let bytes = sizeOf(listed);
      for (const { path, size } of listed) {
        if (bytes <= this.#mostBytes * keptShare) break;
        yield* this.#files.remove(path, { force: true });
        bytes -= size;
      }
      return bytes;
    });
  }

  #listed(): Effect.Effect<ReadonlyArray<File>, PlatformError.PlatformError> {
    return Effect.gen({ self: this }, function* () {
      const all = yield* this.#files.readDirectory(this.#folder);
      const names = all.filter((name) => own.test(name));
      const found = yield* Effect.forEach(names, (name) => this.#look(`${this.#folder}/${name}`));
      return found.filter((file) => file !== undefined);
    });
  }

  /** Another process may have made room meanwhile. */
  #look(path: string): Effect.Effect<File | undefined> {
    return this.#files.stat(path).pipe(
      Effect.map(({ mtime, size, type }) =>
        type === "File"
          ? {
              path,
              size: Number(size),
              writtenAt: Option.match(mtime, { onNone: () => 0, onSome: (at) => at.getTime() }),
            }
          : undefined,
      ),
      Effect.orElseSucceed(() => undefined),
    );
  }

  #warn(error: PlatformError.PlatformError): Effect.Effect<undefined> {
    if (this.#isWarned) return Effect.undefined;
    this.#isWarned = true;
    return Effect.as(
      Effect.logWarning(
        `Answers of GitHub cannot be kept in ${this.#folder}, so each is read whole: ${error.message}`,
      ),
      undefined,
    );
  }
}

const sizeOf = (files: ReadonlyArray<File>): number =>
  files.reduce((bytes, { size }) => bytes + size, 0);

const textOf = ({ body, etag, link }: Entry): string =>
  write({
    version: 1,
    etag,
    ...(link === undefined ? {} : { link }),
    sha256: sha256(body),
    body,
  });

const entryIn = (text: string): Entry | undefined => {
  const stored = read(text);
  if (stored._tag === "None") return undefined;
  const { body, etag, link } = stored.value;
  return sha256(body) === stored.value.sha256 ? { etag, link, body } : undefined;
};
