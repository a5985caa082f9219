/** Reads the text of a configuration file: what it says, and all that is wrong with it. */
import { describe } from "@orchestrator/local/DataSchema";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import * as v from "valibot";
import { at } from "./ConfigLayers.ts";
import * as ConfigSchema from "./ConfigSchema.ts";
import * as ConfigVariables from "./ConfigVariables.ts";
import * as SecretText from "./SecretText.ts";

/** What messages call such a file. */
export const kind: DataFile.Kind = {
  noun: "configuration file",
  example: "a configuration has sections, for example\ncodegen:\n  org_id: 42",
  maxBytes: 256 * 1024,
};

export type Sections = v.InferOutput<ReturnType<typeof ConfigSchema.make>>;

/** A file, checked in form. */
export interface ConfigFile {
  /** What it says, with variables put in. */
  readonly value: unknown;
  /** The secrets that are written in it, and not taken from a variable: `codegen.api_token`. */
  readonly written: ReadonlyArray<string>;
  /** A problem of the value at a path, with its place. */
  readonly problem: (path: Path, message: string) => DataFile.Problem;
  /** Whether the value at a path must not be shown in a message. */
  readonly isSecret: (path: Path) => boolean;
  /** The variables that a value was put together from. */
  readonly variablesIn: (path: Path) => ReadonlyArray<string>;
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
export const secretPaths: ReadonlyArray<string> = [
  "codegen.api_token",
  "github.token",
  "github.private_key",
];

/** Whether a secret belongs at a path. */
export const isSecretPath = (path: string): boolean =>
  secretPaths.includes(path) || /^webhooks\[\d+\]\.secret$/.test(path);

/** Some services put a secret into the address that they are told events at. */
const isAddress = (path: string): boolean => /^webhooks\[\d+\]\.url$/.test(path);

/** The paths at which a file may have a secret. */
const secretPathsIn = (value: unknown): ReadonlyArray<Path> => {
  const webhooks = at(value, ["webhooks"]);
  const count = Array.isArray(webhooks) ? webhooks.length : 0;
  return [
    ...secretPaths.map((path) => path.split(".")),
    ...Array.from({ length: count }, (_, index) => ["webhooks", index, "secret"]),
  ];
};

/** How a file is read. */
export interface Options {
  readonly lookup: ConfigVariables.Lookup;
  /** The keys that the sections of adapters may have. */
  readonly keys: ConfigSchema.Sections;
  readonly look?: Look;
  /** Which variables the file may not take. */
  readonly refuse?: ConfigVariables.Refuse;
  /** Whether another place goes before this file at a path: then a variable may be missing there. */
  readonly isOverridden?: (path: Path) => boolean;
}

/** Reads a file. */
export const parse = (
  text: string,
  file: string,
  { isOverridden = () => false, keys, look = () => [], lookup, refuse }: Options,
): Result.Result<ConfigFile, ReadonlyArray<DataFile.Problem>> =>
  Result.flatMap(DataFile.parse(text, file, kind), (source) => {
    const written = secretPathsIn(source.located.value)
      .filter((path) => isWritten(at(source.located.value, path)))
      .map(named);
    const filled = ConfigVariables.fill(source.located.value, lookup, refuse);
    const { missing, secrets, value } = filled;
    const placed = (path: Path, message: string) => ({
      offset: DataFile.offsetAt(source, path),
      ...(path.length === 0 ? {} : { path: named(path) }),
      message,
    });
    const isSecret = (path: Path) => secrets.has(String(at(value, path)));
    const lacking = missing.filter(({ path }) => !isOverridden(path));
    // What a missing variable left empty is not told a second time.
    if (source.problems.length > 0 || lacking.length > 0) {
      const problems = lacking.map(({ message, path }) => placed(path, message));
      return Result.fail(source.place([...source.problems, ...problems]));
    }
    const misplaced = SecretText.places(value)
      .filter(({ path }) => !isSecretPath(named(path)) && !isAddress(named(path)))
      .map(({ path }) => placed(path, misplacedText));
    const { issues = [] } = v.safeParse(ConfigSchema.make(keys), value);
    const told = DataFile.issues(
      source,
      issues.map((issue) => hidden(issue, secrets)),
    );
    const remarks = issues.length > 0 && isRecord(value) ? look(value) : [];
    const more = [
      ...remarks.map(({ message, path }) =>
        placed(path, isSecret(path) ? unseen(message) : message),
      ),
      ...misplaced,
    ];
    // What is inside of a value that is wrong as a whole says nothing more.
    const isTold = alreadyIn(told.map(({ path }) => path ?? ""));
    const news = more.filter(({ path }) => !isTold(path ?? ""));
    if (told.length + news.length > 0) return Result.fail(source.place([...told, ...news]));
    return Result.succeed({
      value,
      written,
      problem: (path, message) => source.place([placed(path, message)])[0]!,
      isSecret,
      variablesIn: (path) =>
        filled.references.find((one) => named(one.path) === named(path))?.names ?? [],
    });
  });

const misplacedText = `holds what looks like a token, which belongs in ${secretPaths.join(", ")}; what was found is not shown`;

/** Whether a path is one of some, or leads into one. */
const alreadyIn = (paths: ReadonlyArray<string>) => {
  const told = new Set(paths);
  return (path: string): boolean => {
    const ends = Array.from(path.matchAll(/[.[]/g), ({ index }) => index);
    return [0, ...ends, path.length].some((end) => told.has(path.slice(0, end)));
  };
};

/** A path as people write it: `github.sources[0].issues`. */
export const named = (path: Path): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .slice(1);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes what was found out of a message: it came from a variable. */
export const unseen = (message: string): string =>
  message.replace(/[;,] found [^]*$/, "; what was found is not shown");

const isWritten = (value: unknown): boolean => typeof value === "string" && !value.includes("${");

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
  const text = String(input);
  const isSecret = secretKeys.has(path?.at(-1)?.key) || secrets.has(text) || SecretText.isIn(text);
  const isShown = !isSecret || (typeof input !== "string" && typeof input !== "number");
  return isShown
    ? issue
    : {
        ...issue,
        message: `${message.split(`, found ${describe(input)}`)[0]}; what was found is not shown`,
      };
};
