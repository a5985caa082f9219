/** The file that holds the template of all prompts. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import * as Schema from "effect/Schema";
import { problems } from "./internal/template.ts";

/** A file that holds no template; each problem says where and what. */
export class PromptFileInvalid extends Schema.TaggedError<PromptFileInvalid>()(
  "PromptFileInvalid",
  { problems: Schema.Array(Schema.String) },
) {
  override get message(): string {
    return this.problems.join("\n");
  }
}

/** The largest file, in bytes: most of a prompt is to be what the task says. */
export const mostBytes = 65_536;

const shownProblems = 20;

/** Reads a template; fails unless every prompt can be made by it. */
export const read = Effect.fn("PromptFile.read")(function* (file: string) {
  const text = yield* textOf(file);
  const found = problems(text);
  if (found.length === 0) return text;
  const lines = found
    .slice(0, shownProblems)
    .map(({ column, line, message }) => `${file}:${line}:${column} ${message}`);
  const rest = found.length - lines.length;
  return yield* new PromptFileInvalid({
    problems: rest > 0 ? [...lines, `${file} and ${rest} more`] : lines,
  });
});

const textOf = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const invalid = (message: string) => new PromptFileInvalid({ problems: [`${file} ${message}`] });
  const cannotOpen = (error: PlatformError) =>
    invalid(reasons[error.reason._tag] ?? `cannot be read: ${error.message}`);
  const { size, type } = yield* Effect.mapError(fs.stat(file), cannotOpen);
  // A pipe or a device may never end.
  if (type !== "File") return yield* invalid("is no file; name a text file with a template");
  if (size > mostBytes) {
    return yield* invalid(`has ${size} bytes, at most ${mostBytes} are allowed; shorten it`);
  }
  const bytes = yield* Effect.mapError(fs.readFile(file), cannotOpen);
  return yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => invalid("is not UTF-8; save it as UTF-8"),
  });
});

const reasons: Readonly<Record<string, string>> = {
  NotFound: "does not exist; a relative name counts from the folder of the configuration file",
  PermissionDenied: "may not be read; check its permissions",
};
