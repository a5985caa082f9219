/**
 * Files that are there as a whole or not at all.
 *
 * What is not a regular file (a device, a pipe, `/dev/stdout`) is written to and
 * never replaced. Symbolic links are followed.
 */
import { randomBytes } from "node:crypto";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";
import * as Text from "../terminal/Text.ts";

/** A file could not be written. */
export class WriteFailed extends Schema.TaggedError<WriteFailed>()("WriteFailed", {
  file: Schema.String,
  reason: Schema.String,
  /** What to try. */
  hint: Schema.optionalKey(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.inputOutput;
  override get message(): string {
    const hint = this.hint ?? "Check the folder, its permissions and the space on the disk.";
    return `${Text.line(this.file)} could not be written: ${Text.line(this.reason)}. ${hint}`;
  }
}

/** Says of which file a failure tells. */
export const failed =
  (file: string) =>
  (error: PlatformError | WriteFailed): WriteFailed =>
    error._tag === "WriteFailed" ? error : new WriteFailed({ file, reason: reasonOf(error) });

/** The words of the system say more than its class, as "ENOSPC: no space left on device". */
const reasonOf = ({ reason }: PlatformError): string =>
  reason.cause instanceof Error ? reason.cause.message : reason.message;

/** Writes a file, without secrets, through a neighbour that takes its place once it is on the disk; keeps its mode. */
export const write = Effect.fn("SafeFile.write")(
  function* (file: string, content: string) {
    const target = yield* look(file);
    const bytes = new TextEncoder().encode(Scrubber.scrub(content));
    return yield* target._tag === "Through" ? through(file, bytes) : replace(target, bytes);
  },
  (effect, file) => Effect.mapError(effect, failed(file)),
);

/** Writes a file of a repository, which may come from anybody: a link in it could lead anywhere. */
export const writeInRepository = Effect.fn("SafeFile.writeInRepository")(function* (
  file: string,
  content: string,
) {
  const fs = yield* FileSystem.FileSystem;
  const isLink = yield* Effect.isSuccess(fs.readLink(file));
  if (!isLink) return yield* write(file, content);
  const hint = "Remove the link, or write the file it leads to by hand.";
  return yield* new WriteFailed({ file, reason: "it is a symbolic link", hint });
});

/** Makes sure, before anything depends on it, that a file can be written. */
export const prepare = Effect.fn("SafeFile.prepare")(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const target = yield* look(file);
    if (target._tag === "Through") return yield* fs.access(file, { writable: true });
    yield* makeFolder(path.dirname(target.file));
    // Permissions alone do not tell: the file system may be full or read-only.
    yield* Effect.scoped(neighbour(target));
  },
  (effect, file) => Effect.mapError(effect, failed(file)),
);

/** Makes a folder that is not there only below the current one: elsewhere its name may be a slip. */
const makeFolder = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  if (yield* fs.exists(folder)) return;
  const way = path.relative(path.resolve("."), folder);
  if (way.startsWith("..") || path.isAbsolute(way)) {
    return yield* new WriteFailed({
      file: folder,
      reason: "there is no such folder",
      hint: "Make it, or name a file in a folder that is there.",
    });
  }
  yield* fs.makeDirectory(folder, { recursive: true });
});

/** How a name is written: in place, or by a file that replaces the one at the end of its links. */
type Target =
  | { readonly _tag: "Through" }
  | {
      readonly _tag: "Replace";
      /** An absolute path without links at its end. */
      readonly file: string;
      readonly existing: FileSystem.File.Info | undefined;
    };

/** Names of what a process has open; it belongs to whoever opened it, as the log in `>> log`. */
const opened = /^\/(?:dev\/(?:stdout|stderr|fd\/\d+)|proc\/[^/]+\/fd\/\d+)$/;

const look = Effect.fnUntraced(function* (
  file: string,
): Effect.fn.Return<Target, PlatformError | WriteFailed, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const existing = yield* ifThere(fs.stat(file));
  if (existing?.type === "Directory") {
    return yield* new WriteFailed({ file, reason: "it is a folder", hint: "Name a file in it." });
  }
  const isOpen = opened.test(path.resolve(file));
  if (existing !== undefined && (isOpen || existing.type !== "File")) return { _tag: "Through" };
  return { _tag: "Replace", file: yield* endOfLinks(path.resolve(file)), existing };
});

/** Undefined if there is no such file. */
const ifThere = <A, R>(
  effect: Effect.Effect<A, PlatformError, R>,
): Effect.Effect<A | undefined, PlatformError, R> =>
  Effect.catchIf(
    effect,
    (error) => error.reason._tag === "NotFound",
    () => Effect.undefined,
  );

/** Where a file is, or would be if links to nothing were filled. */
const endOfLinks = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  let at = file;
  for (;;) {
    const real = yield* ifThere(fs.realPath(at));
    if (real !== undefined) return real;
    const link = yield* Effect.orElseSucceed(fs.readLink(at), () => undefined);
    if (link === undefined) return at;
    at = path.resolve(yield* fs.realPath(path.dirname(at)), link);
  }
});

/** Appends: to empty what is there is not ours to do. */
const through = Effect.fnUntraced(function* (file: string, bytes: Uint8Array) {
  const fs = yield* FileSystem.FileSystem;
  const handle = yield* fs.open(file, { flag: "a" });
  yield* handle.writeAll(bytes);
}, Effect.scoped);

const replace = Effect.fnUntraced(function* (
  target: Extract<Target, { readonly _tag: "Replace" }>,
  bytes: Uint8Array,
) {
  const fs = yield* FileSystem.FileSystem;
  const { handle, name } = yield* neighbour(target);
  yield* handle.writeAll(bytes);
  yield* handle.sync;
  yield* fs.rename(name, target.file);
}, Effect.scoped);

/** An empty file in the same folder under a name of its own, gone with the scope unless it was renamed. */
const neighbour = Effect.fnUntraced(function* ({
  existing,
  file,
}: Extract<Target, { readonly _tag: "Replace" }>) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  if (existing !== undefined) yield* fs.access(file, { writable: true });
  // As short as can be: the file's own name may be as long as names can be.
  const name = path.join(path.dirname(file), `.${randomBytes(6).toString("hex")}.part`);
  const mode = existing === undefined ? 0o666 : 0o600;
  const handle = yield* fs.open(name, { flag: "wx", mode });
  yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(name, { force: true })));
  if (existing !== undefined) yield* takeOver(name, existing);
  return { handle, name };
});

/** Owner and mode of the file that is replaced; the owner only where that may be changed. */
const takeOver = Effect.fnUntraced(function* (
  name: string,
  { gid, mode, uid }: FileSystem.File.Info,
) {
  const fs = yield* FileSystem.FileSystem;
  if (Option.isSome(uid) && Option.isSome(gid)) {
    yield* Effect.ignore(fs.chown(name, uid.value, gid.value));
  }
  yield* fs.chmod(name, mode & 0o777);
});
