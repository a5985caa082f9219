/** All that says something about the configuration: files, then variables, each place going before those before it. */
import * as DataFile from "@orchestrator/local/DataFile";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as v from "valibot";
import * as ConfigChoice from "./ConfigChoice.ts";
import * as ConfigFile from "./ConfigFile.ts";
import * as ConfigKeys from "./ConfigKeys.ts";
import * as ConfigLayers from "./ConfigLayers.ts";
import * as ConfigMode from "./ConfigMode.ts";
import * as ConfigOverrides from "./ConfigOverrides.ts";
import * as ConfigSchema from "./ConfigSchema.ts";
import * as ConfigTrust from "./ConfigTrust.ts";
import { Screen } from "../terminal/Screen.ts";
import * as SecretText from "./SecretText.ts";
import * as Text from "../terminal/Text.ts";

type Path = ReadonlyArray<string | number>;

/** Where a value stands. */
export type Origin =
  | {
      readonly _tag: "File";
      readonly file: string;
      readonly line: number | undefined;
      readonly column: number | undefined;
      /** What it was put together from. */
      readonly variables: ReadonlyArray<string>;
    }
  | { readonly _tag: "Variable"; readonly name: string };

/** One place. */
export interface Source extends ConfigLayers.Layer {
  /** The file; undefined for a variable. */
  readonly file: string | undefined;
  readonly written: ReadonlyArray<string>;
  /** A problem of the value at a path. */
  readonly problem: (path: Path, message: string) => Told;
  readonly originOf: (path: Path) => Origin;
}

/** A problem, in the order of the places. */
export interface Told extends DataFile.Problem {
  /** The file or the variable of a key; undefined if it stands in none. */
  readonly where: string | undefined;
  readonly order: number;
}

export interface Sources {
  /** The files that were read, in their order. */
  readonly files: ReadonlyArray<string>;
  readonly value: ConfigFile.Sections;
  /** All values as they were written. */
  readonly raw: unknown;
  readonly warnings: ReadonlyArray<string>;
  /** The problem of a value, where it stands. */
  readonly problem: (path: Path, message: string) => Told;
  /** Undefined if nothing says it. */
  readonly originOf: (path: Path) => Origin | undefined;
  /** Whether a file has the section, be it empty of keys. */
  readonly isInFile: (section: string) => boolean;
}

/** What reading depends on. */
export interface Options {
  /** Absolute names. */
  readonly files: ReadonlyArray<string>;
  /** Files that nobody named. */
  readonly found: ReadonlyArray<string>;
  readonly keys: ConfigSchema.Sections;
  readonly look: ConfigFile.Look;
}

/** How files are called from where the command was started. */
export const nearby = Effect.gen(function* () {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  return (file: string): string => {
    const way = path.relative(folder, file);
    return way.startsWith("..") ? file : way;
  };
});

/** More mistakes than anybody reads at once. */
const shownProblems = 100;

/** Problems as people read them, in the order of the places. */
export const lines = (problems: ReadonlyArray<Told>): ReadonlyArray<string> => {
  const all = inOrder(problems);
  const rest = all.length - shownProblems;
  return rest <= 0 ? all : [...all.slice(0, shownProblems), `and ${rest} more`];
};

const inOrder = (problems: ReadonlyArray<Told>): ReadonlyArray<string> =>
  problems
    .toSorted(
      (one, other) =>
        one.order - other.order ||
        (one.line ?? 0) - (other.line ?? 0) ||
        (one.column ?? 0) - (other.column ?? 0),
    )
    .map((problem) => Text.block(textOf(problem)));

const textOf = ({ where, ...problem }: Told): string =>
  where === undefined ? `${problem.path}: ${problem.message}` : DataFile.line(where, problem);

/** The files that are meant: those that are named, else those of a run, else the one of the folder. */
export const choose = Effect.fn("ConfigSources.choose")(function* (
  named: ReadonlyArray<string>,
  usual: ReadonlyArray<string>,
) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  if (named.length > 0) {
    return { files: named.map((name) => path.resolve(folder, name)), found: [], warnings: [] };
  }
  const [first, ...others] = yield* ConfigChoice.find;
  const found = first === undefined ? [] : [first];
  const files = usual.length > 0 ? usual : found;
  const near = yield* nearby;
  const warnings = files === found ? others.map((other) => unread(near(other), near(first!))) : [];
  return { files, found, warnings };
});

const unread = (other: string, first: string): string =>
  `${Text.line(other)} is not read, because ${Text.line(first)} is there; remove one, or name both: --config`;

/** Reads all places; fails with every mistake in any of them. */
export const read = Effect.fn("ConfigSources.read")(function* (options: Options) {
  const { environment, variables } = yield* Screen;
  const overrides = ConfigOverrides.read(variables(ConfigKeys.prefix));
  const own = sourcesOf(overrides, options);
  const lookup = (name: string) => environment([name])[name];
  const sources: Array<Source> = [...own.sources];
  const problems: Array<Told> = [...own.problems];
  const warnings = [...overrides.warnings];
  // From the last one, which goes before the others.
  for (const [order, file] of Array.from(options.files.entries()).toReversed()) {
    const later = [...sources];
    const isOverridden = (path: Path) => stated(later, path);
    const result = yield* Effect.result(fileAt(file, { ...options, order, isOverridden, lookup }));
    if (Result.isFailure(result)) problems.push(...result.failure);
    else {
      sources.unshift(result.success.source);
      warnings.unshift(...result.success.warnings);
    }
  }
  if (problems.length > 0) return yield* Effect.fail<ReadonlyArray<Told>>(problems);
  const merged = ConfigLayers.merge(sources);
  return {
    files: options.files,
    // Each part was checked where it stands.
    value: v.parse(ConfigSchema.make(options.keys), merged),
    raw: merged,
    warnings,
    problem: (path, message) => {
      const isStated = isSet(ConfigLayers.at(merged, path.slice(0, 1)));
      const source = isStated ? ConfigLayers.originOf(sources, path, merged) : undefined;
      return source?.problem(path, message) ?? nowhere(ConfigFile.named(path), message);
    },
    originOf: (path) => {
      const value = ConfigLayers.at(merged, path);
      if (value === undefined || value === null) return undefined;
      return ConfigLayers.originOf(sources, path, merged)?.originOf(path);
    },
    isInFile: (section) =>
      sources.some(
        ({ file, value }) => file !== undefined && isSet(ConfigLayers.at(value, [section])),
      ),
  } satisfies Sources;
});

/** A problem of what no place says: a key that is missing, or a variable of a service. */
const nowhere = (path: string, message: string): Told => ({
  where: undefined,
  order: 0,
  path,
  message,
});

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

const stated = (sources: ReadonlyArray<Source>, path: Path): boolean =>
  sources.some(({ value }) => ConfigLayers.at(value, path) !== undefined);

/** Variables come after all files. */
const afterFiles = Number.MAX_SAFE_INTEGER;

const sourcesOf = (overrides: ConfigOverrides.Overrides, { keys }: Options) => {
  const schema = ConfigSchema.make(keys);
  const problems = overrides.wrong.map(({ message, path, variable }) =>
    byVariable(variable, path, message),
  );
  const sources = overrides.layers.map((override) => sourceOf(override));
  for (const { key, value, variable } of overrides.layers) {
    const { issues = [] } = v.safeParse(schema, value);
    const isHidden = key.isSecret || SecretText.places(value).length > 0;
    problems.push(
      ...issues.map(({ message }) =>
        byVariable(variable, key.path, isHidden ? ConfigFile.unseen(message) : message),
      ),
    );
  }
  return { sources, problems };
};

const byVariable = (variable: string, path: Path, message: string): Told => ({
  where: variable,
  path: ConfigFile.named(path),
  message,
  order: afterFiles,
});

const sourceOf = ({ key, value, variable }: ConfigOverrides.Override): Source => ({
  value,
  file: undefined,
  written: [],
  problem: (path, message) =>
    byVariable(variable, path, key.isSecret ? ConfigFile.unseen(message) : message),
  originOf: () => ({ _tag: "Variable", name: variable }),
});

interface FileOptions extends Options {
  readonly order: number;
  readonly lookup: (name: string) => string | undefined;
  readonly isOverridden: (path: Path) => boolean;
}

/** The values that name files, seen from the file that they stand in. */
const filePaths = [
  ["codegen", "prompt_file"],
  ["github", "private_key_file"],
] as const;

const fileAt = Effect.fnUntraced(function* (file: string, options: FileOptions) {
  const isFound = options.found.includes(file);
  const where = (yield* nearby)(file);
  const told = (problem: DataFile.Problem): Told => ({
    ...problem,
    where,
    order: options.order,
  });
  const failed = (problems: ReadonlyArray<DataFile.Problem>) => problems.map(told);
  const text = yield* Effect.mapError(DataFile.text(file, ConfigFile.kind), failed);
  const parsed = ConfigFile.parse(
    text,
    file,
    isFound ? { ...options, refuse: ConfigTrust.refuse } : options,
  );
  const config = yield* Effect.mapError(Effect.fromResult(parsed), failed);
  yield* placeFiles(file, config, isFound).pipe(Effect.mapError(failed));
  const exposure = yield* ConfigMode.look(file, where, config.written);
  if (exposure._tag === "Writable")
    return yield* Effect.fail([told({ message: exposure.message })]);
  const source: Source = {
    value: config.value,
    file,
    written: config.written,
    problem: (path, message) =>
      told(config.problem(path, config.isSecret(path) ? ConfigFile.unseen(message) : message)),
    originOf: (path) => {
      const { column, line } = config.problem(path, "");
      return { _tag: "File", file, line, column, variables: config.variablesIn(path) };
    },
  };
  return { source, warnings: exposure._tag === "Readable" ? [exposure.message] : [] };
});

/** Makes names of files absolute, in place; a file that nobody named sends no file from elsewhere to a service. */
const placeFiles = Effect.fnUntraced(function* (
  file: string,
  { problem, value }: ConfigFile.ConfigFile,
  isFound: boolean,
) {
  const path = yield* Path.Path;
  const folder = path.dirname(file);
  for (const way of filePaths) {
    const name = ConfigLayers.at(value, way);
    if (typeof name !== "string" || name.trim() === "") continue;
    const whole = path.resolve(folder, name);
    const parent = ConfigLayers.at(value, way.slice(0, -1));
    Reflect.set(parent as object, way.at(-1)!, whole);
    const isSent = way[0] === "codegen";
    if (!isFound || !isSent || (yield* ConfigTrust.isWithin(folder, whole))) continue;
    const message =
      "lies outside of the folder of this file, which nobody named. Name the file if you trust it: --config FILE";
    return yield* Effect.fail([problem(way, message)]);
  }
});
