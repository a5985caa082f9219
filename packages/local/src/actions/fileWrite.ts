/** `file.write`: a file in the folder of the run, written whole or not at all. */
import { Action, Failure } from "@orchestrator/core";
import { quote } from "@orchestrator/core/Quote";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as DurableFile from "../internal/DurableFile.ts";

/** The largest content, in bytes of UTF-8. */
const maxBytes = 16 * 1024 * 1024;

const pathRule =
  'a path inside of the files of the run: names with "/" between, none of them "." or ".."';
// No absolute path, no empty, "." or ".." part, no backslash and no control character.
const pathPattern = /^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\\u0000-\u001f\u007f]{1,1000}$/;

const Input = Schema.Struct({
  path: Schema.String.check(Schema.isPattern(pathPattern, { expected: pathRule })),
  content: Schema.String,
});

const Output = Schema.Struct({
  /** Where the file lies, as an absolute path. */
  path: Schema.String,
  bytes: Schema.Int,
});

const typed = {
  name: "file.write",
  description: "Writes a file in the folder of the run.",
  input: Input,
  output: Output,
  // The same file is put in the place of what is there.
  repeatable: true,
};

export const signature = Action.signature(typed);

/** Writes below a folder, which is made if it is missing. */
export const make = Effect.fnUntraced(function* (folder: string) {
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>();
  return Action.make({
    ...typed,
    run: (input: typeof Input.Type) => Effect.provideContext(write(folder, input), services),
  });
});

const write = Effect.fnUntraced(function* (folder: string, { content, path }: typeof Input.Type) {
  const paths = yield* Path.Path;
  const bytes = Buffer.byteLength(content);
  if (bytes > maxBytes) {
    return yield* refused(`it has ${bytes} bytes, and at most ${maxBytes} are written`);
  }
  const parts = path.split("/");
  yield* makeFolders(folder, parts.slice(0, -1));
  const file = paths.join(folder, ...parts);
  const found = yield* kindOf(file);
  if (found !== undefined && found !== "File") {
    return yield* refused(`${quote(path)} is there, and no regular file`);
  }
  yield* Effect.mapError(DurableFile.write(file, content), failed(path));
  return { path: file, bytes };
});

/** Makes one folder after the other; none may be a link to somewhere else. */
const makeFolders = Effect.fnUntraced(function* (root: string, names: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem;
  const paths = yield* Path.Path;
  yield* Effect.mapError(fs.makeDirectory(root, { recursive: true }), failed(root));
  let folder = root;
  for (const name of names) {
    folder = paths.join(folder, name);
    const found = yield* kindOf(folder);
    if (found === "Directory") continue;
    if (found !== undefined) return yield* refused(`${quote(name)} is there, and no folder`);
    yield* Effect.mapError(fs.makeDirectory(folder), failed(folder));
  }
});

/** What lies at a path; a symbolic link counts as one, wherever it leads. */
const kindOf = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const link = yield* Effect.option(fs.readLink(file));
  if (link._tag === "Some") return "SymbolicLink";
  const info = yield* Effect.option(fs.stat(file));
  return info._tag === "None" ? undefined : info.value.type;
});

const refused = (why: string) => Failure.make("permanent", `The file is not written: ${why}.`);

const failed =
  (path: string) =>
  ({ message }: { readonly message: string }) =>
    Failure.make("agent", `${quote(path)} cannot be written: ${message}`);
