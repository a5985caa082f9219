/**
 * Reads files of plain data that people write, in YAML or JSON: every value
 * keeps its place, so that each mistake is told with line, column and path.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { BaseIssue } from "valibot";
import * as JsonText from "./plan/JsonText.ts";
import * as PlanIssues from "./plan/PlanIssues.ts";
import {
  type Located,
  type Position,
  positions,
  type Reading,
  type TextProblem,
} from "./plan/SourceText.ts";
import * as YamlText from "./plan/YamlText.ts";

/** One mistake in a file. Lines and columns begin at 1. */
export const Problem = Schema.Struct({
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  /** The value concerned, as `tasks[3].retry.attempts`. */
  path: Schema.optionalKey(Schema.String),
  message: Schema.String,
});
export type Problem = typeof Problem.Type;

/** What messages call the kind of file, and what one holds. */
export interface Kind {
  readonly noun: string;
  /** Follows "the file is empty; ". */
  readonly example: string;
  /** The largest file of the kind, in bytes; absent: what its format allows. */
  readonly maxBytes?: number;
}

/** The value of a file with the places of its parts. */
export interface Source {
  readonly located: Located;
  /** What was wrong, though there is a value. */
  readonly problems: ReadonlyArray<TextProblem>;
  readonly positionOf: (offset: number) => Position;
  /** Problems as people are told them, in the order of the file. */
  readonly place: (problems: ReadonlyArray<TextProblem>) => ReadonlyArray<Problem>;
}

/** One problem as compilers write it: `file:3:5  path: message`. */
export const line = (file: string, { line: row, column, path, message }: Problem): string => {
  const place = row === undefined ? file : `${file}:${row}:${column ?? 1}`;
  return `${place}  ${path === undefined ? "" : `${path}: `}${message}`;
};

/** The largest JSON file, in bytes. */
export const maxJsonBytes = 64 * 1024 * 1024;
/** The largest YAML file, in bytes; reading YAML costs about 100 times its size in memory. */
export const maxYamlBytes = 16 * 1024 * 1024;

type Format = "json" | "yaml";

const formatOf = (file: string): Format | undefined =>
  /\.json$/i.test(file) ? "json" : /\.ya?ml$/i.test(file) ? "yaml" : undefined;

const nameless = ({ noun }: Kind): string =>
  `a ${noun} must end in .yaml, .yml or .json; rename it`;

const read = (text: string, format: Format, { example }: Kind): Reading => {
  const empty = { offset: 0, message: `the file is empty; ${example}` };
  if (text.trim() === "") return { located: undefined, problems: [empty] };
  const reading = format === "json" ? JsonText.read(text) : YamlText.read(text);
  if (reading.located?.value !== null || reading.problems.length > 0) return reading;
  return { located: undefined, problems: [empty] };
};

/** Reads the text of a file; the ending of its name says whether it is YAML or JSON. */
export const parse = (
  text: string,
  file: string,
  kind: Kind,
): Result.Result<Source, ReadonlyArray<Problem>> => {
  const format = formatOf(file);
  if (format === undefined) return Result.fail([{ message: nameless(kind) }]);
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const positionOf = positions(source);
  const place = (problems: ReadonlyArray<TextProblem>) =>
    problems
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, path, message }) => ({
        ...positionOf(offset),
        ...(path === undefined ? {} : { path }),
        message,
      }));
  const { located, problems } = read(source, format, kind);
  return located === undefined
    ? Result.fail(place(problems))
    : Result.succeed({ located, problems, positionOf, place });
};

/** What issues of valibot say about the value of a file, each at its place in the text. */
export const issues = (
  { located }: Source,
  found: ReadonlyArray<BaseIssue<unknown>>,
): ReadonlyArray<TextProblem> => PlanIssues.problems(located, found);

/** Where in the text the value at a path begins, or the nearest value around it. */
export const offsetAt = ({ located }: Source, path: ReadonlyArray<string | number>): number =>
  PlanIssues.offsetAt(located, path);

/** Reads a file as text. What is no regular file may have no end, and is not opened. */
export const text = Effect.fn("DataFile.text")(function* (file: string, kind: Kind) {
  const fs = yield* FileSystem.FileSystem;
  const info = yield* Effect.mapError(fs.stat(file), cannotOpen);
  if (info.type === "Directory") {
    return yield* unplaced(`this is a folder; name the ${kind.noun} in it`);
  }
  if (formatOf(file) === undefined) return yield* unplaced(nameless(kind));
  if (info.type !== "File") {
    return yield* unplaced("this is a pipe or a device; name a regular file");
  }
  yield* refuseLarge(file, info.size, kind);
  const bytes = yield* Effect.mapError(fs.readFile(file), cannotOpen);
  // It may have grown meanwhile.
  yield* refuseLarge(file, bytes.length, kind);
  return yield* decode(bytes);
});

const unplaced = (message: string): Effect.Effect<never, ReadonlyArray<Problem>> =>
  Effect.fail([{ message }]);

const cannotOpen = (error: PlatformError): ReadonlyArray<Problem> => {
  const messages: Readonly<Record<string, string>> = {
    NotFound: "the file does not exist; check the name and the folder",
    PermissionDenied: "the file may not be read; check its permissions",
  };
  return [{ message: messages[error.reason._tag] ?? `the file cannot be read: ${error.message}` }];
};

const decode = (bytes: Uint8Array): Effect.Effect<string, ReadonlyArray<Problem>> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => {
      const wide =
        (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
      const lossy = new TextDecoder().decode(bytes);
      const message = `the file is not UTF-8${wide ? " but UTF-16" : ""}; save it as UTF-8`;
      const place = positions(lossy)(wide ? 0 : Math.max(0, lossy.indexOf("\ufffd")));
      return [{ ...place, message }];
    },
  });

const refuseLarge = (
  file: string,
  size: bigint | number,
  { maxBytes }: Kind,
): Effect.Effect<void, ReadonlyArray<Problem>> => {
  const format = formatOf(file);
  const most = maxBytes ?? (format === "yaml" ? maxYamlBytes : maxJsonBytes);
  if (size <= most) return Effect.void;
  const isDense = format === "yaml" && maxBytes === undefined;
  const hint = isDense ? "write it as JSON or split it" : "split it";
  return unplaced(`the file has ${size} bytes; at most ${most} are read; ${hint}`);
};
