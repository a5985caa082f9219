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
  /** Whether a token is written in it, and not taken from a variable. */
  readonly holdsToken: boolean;
  /** A problem of the value at a path, with its place. */
  readonly problem: (path: Path, message: string) => DataFile.Problem;
  /** Whether the value at a path must not be shown. */
  readonly isSecret: (path: Path) => boolean;
}

type Path = ReadonlyArray<string>;

/** Reads a file, with the keys that its section `codegen` may have. */
export const parse = (
  text: string,
  file: string,
  lookup: ConfigVariables.Lookup,
  codegenKeys: ReadonlyArray<string>,
): Result.Result<ConfigFile, ReadonlyArray<DataFile.Problem>> =>
  Result.flatMap(DataFile.parse(text, file, kind), (source) => {
    const token = at(source.located.value, ["codegen", "api_token"]);
    const { missing, secrets, value } = ConfigVariables.fill(source.located.value, lookup);
    const placed = (path: ReadonlyArray<string | number>, message: string) => ({
      offset: DataFile.offsetAt(source, path),
      path: path.join("."),
      message,
    });
    const lacking = [
      ...source.problems,
      ...missing.map(({ message, path }) => placed(path, message)),
    ];
    // What a missing variable left empty is not told a second time.
    if (lacking.length > 0) return Result.fail(source.place(lacking));
    const parsed = v.safeParse(ConfigSchema.make(codegenKeys), value);
    if (!parsed.success) {
      const issues = parsed.issues.map((issue) => hidden(issue, secrets));
      return Result.fail(source.place(DataFile.issues(source, issues)));
    }
    return Result.succeed({
      sections: parsed.output,
      holdsToken: typeof token === "string" && !token.includes("${"),
      problem: (path, message) => source.place([placed(path, message)])[0]!,
      isSecret: (path) => secrets.has(String(at(value, path))),
    });
  });

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );

/** Where a token stands, also by a slip: after a forgotten colon the section, or the whole file, is one text. */
const secretKeys = new Set<unknown>(["token", "api_token", "github", "codegen", undefined]);

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
