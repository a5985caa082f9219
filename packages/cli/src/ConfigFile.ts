/** Reads the text of a configuration file: its sections, and all that is wrong with it. */
import { describe } from "@orchestrator/local/DataSchema";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import * as v from "valibot";
import * as ConfigSchema from "./ConfigSchema.ts";
import * as ConfigVariables from "./ConfigVariables.ts";

/** What messages call such a file. */
export const kind: DataFile.Kind = {
  noun: "configuration file",
  example: "a configuration has sections, for example\ncodegen:\n  org_id: 42",
};

/** The sections of a file, checked in form. */
export interface ConfigFile {
  readonly sections: v.InferOutput<ReturnType<typeof ConfigSchema.make>>;
  /** The secrets that are written in it, and not taken from a variable: `codegen.api_token`. */
  readonly written: ReadonlyArray<string>;
  /** A problem of the value at a path, with its place. */
  readonly problem: (path: Path, message: string) => DataFile.Problem;
  /** Whether the value at a path must not be shown. */
  readonly isSecret: (path: Path) => boolean;
}

type Path = ReadonlyArray<string | number>;

/** What is wrong with a value, as the adapter says that reads it. */
export interface Remark {
  readonly path: Path;
  readonly message: string;
}

/** Looks at the sections of a file whose keys are wrong, so that all mistakes are told at once. */
export type Look = (sections: Readonly<Record<string, unknown>>) => ReadonlyArray<Remark>;

/** Where secrets belong. */
const secretPaths = ["codegen.api_token", "github.token", "github.private_key"];

/** Reads a file, with the keys that the sections of adapters may have. */
export const parse = (
  text: string,
  file: string,
  lookup: ConfigVariables.Lookup,
  keys: ConfigSchema.Sections,
  look: Look = () => [],
): Result.Result<ConfigFile, ReadonlyArray<DataFile.Problem>> =>
  Result.flatMap(DataFile.parse(text, file, kind), (source) => {
    const written = secretPaths.filter((path) =>
      isWritten(at(source.located.value, path.split("."))),
    );
    const { missing, secrets, value } = ConfigVariables.fill(source.located.value, lookup);
    const placed = (path: Path, message: string) => ({
      offset: DataFile.offsetAt(source, path),
      path: named(path),
      message,
    });
    const lacking = [
      ...source.problems,
      ...missing.map(({ message, path }) => placed(path, message)),
    ];
    // What a missing variable left empty is not told a second time.
    if (lacking.length > 0) return Result.fail(source.place(lacking));
    const parsed = v.safeParse(ConfigSchema.make(keys), value);
    if (!parsed.success) {
      const issues = parsed.issues.map((issue) => hidden(issue, secrets));
      const told = DataFile.issues(source, issues);
      const remarks = isRecord(value) ? look(value) : [];
      const more = remarks.map(({ message, path }) =>
        placed(path, secrets.has(String(at(value, path))) ? unseen(message) : message),
      );
      const news = more.filter(({ path }) => !told.some((issue) => issue.path === path));
      return Result.fail(source.place([...told, ...news]));
    }
    return Result.succeed({
      sections: parsed.output,
      written,
      problem: (path, message) => source.place([placed(path, message)])[0]!,
      isSecret: (path) => secrets.has(String(at(value, path))),
    });
  });

/** A path as people write it: `github.sources[0].issues`. */
const named = (path: Path): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .slice(1);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes what was found out of a message: it came from a variable. */
export const unseen = (message: string): string =>
  message.replace(/; found [^]*$/, "; what was found is not shown");

const isWritten = (value: unknown): boolean => typeof value === "string" && !value.includes("${");

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );

/** Where a token stands, also by a slip: after a forgotten colon the section, or the whole file, is one text. */
const secretKeys = new Set<unknown>([
  "token",
  "api_token",
  "private_key",
  "github",
  "codegen",
  undefined,
]);

/** Takes a value that came from the environment, or stands where a token belongs, out of a message. */
const hidden = <I extends v.BaseIssue<unknown>>(issue: I, secrets: ReadonlySet<string>): I => {
  const { input, message, path } = issue;
  const isSecret = secretKeys.has(path?.at(-1)?.key) || secrets.has(String(input));
  const isShown = !isSecret || input === null || typeof input === "object";
  return isShown
    ? issue
    : {
        ...issue,
        message: `${message.split(`, found ${describe(input)}`)[0]}; what was found is not shown`,
      };
};
