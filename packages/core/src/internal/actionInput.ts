/** What an action is given: as a plan states it, and filled in as it is launched. */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as SchemaIssue from "effect/SchemaIssue";
import type { Signature } from "../Action.ts";
import { quote } from "../Quote.ts";
import * as Template from "../Template.ts";

type Path = ReadonlyArray<string | number>;

/** What is wrong with a step, and where: a path into the payload, as `["with", "url"]`. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** It is about the key, whatever its value. */
  readonly isKey?: boolean;
  /** It is about a reference, which those who check all texts of a plan find too. */
  readonly isReference?: boolean;
}

/** What a step says that is an action. */
interface Stated {
  readonly uses?: Schema.Json;
  readonly with?: Schema.Json;
}

const options = { errors: "all", onExcessProperty: "error", reportInput: true } as const;

/** How messages mark a key that the schema does not know. */
const unexpected = "\0";

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) =>
    issue._tag === "UnexpectedKey" ? unexpected : SchemaIssue.defaultLeafHook(issue),
});

/** Everything wrong with a step that can be told before it is launched. */
export const problems = (
  actions: Iterable<Signature>,
  payload: Schema.Json | undefined,
): ReadonlyArray<Problem> => {
  const { uses, with: input = {} } = isObject(payload) ? (payload as Stated) : {};
  if (typeof uses !== "string") {
    return [{ path: ["uses"], message: "must be the name of an action, as shell.run" }];
  }
  const known = [...actions];
  const action = known.find(({ name }) => name === uses);
  if (action === undefined) return [{ path: ["uses"], message: unknown(uses, known) }];
  if (!isObject(input)) {
    return [{ path: ["with"], message: `must be a mapping, the input of ${uses}` }];
  }
  return [...misplaced(action, input), ...unfit(action, input)].map((problem) => ({
    ...problem,
    path: ["with", ...problem.path],
  }));
};

const unknown = (uses: string, known: ReadonlyArray<Signature>): string => {
  const names = known.map(({ name }) => name);
  const listed = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  return `${quote(uses)} is no action; ${listed}${Template.didYouMean(uses, names)}`;
};

/** References that are malformed, or stand where none may. */
const misplaced = ({ literal = [], name }: Signature, input: Schema.JsonObject) =>
  textsOf(input, []).flatMap(({ path, text }): Array<Problem> => {
    const found = Template.references(text);
    if (Result.isFailure(found))
      return [{ path, message: found.failure.message, isReference: true }];
    const [first] = found.success;
    const isLiteral = path.length === 1 && literal.includes(String(path[0]));
    if (!isLiteral || first === undefined) return [];
    const message = `${quote(first.text)} may not stand in a text that ${name} runs: pass the value by env, or as an item of an argument list`;
    return [{ path, message }];
  });

/** What the schema says; a value that holds a reference is not known yet. */
const unfit = (action: Signature, input: Schema.JsonObject): ReadonlyArray<Problem> =>
  issuesOf(action, input).filter(({ isKey, path }) => isKey || !hasReference(at(input, path)));

const issuesOf = (action: Signature, input: Schema.Json): ReadonlyArray<Problem> => {
  const decoded = Schema.decodeResult(action.input)(input, options);
  if (Result.isSuccess(decoded)) return [];
  const byPath = new Map<string, Problem>();
  for (const { message, path = [] } of format(decoded.failure.issue).issues) {
    const keys = path.map((key) => (typeof key === "number" ? key : String(key))) as Path;
    const id = JSON.stringify(keys);
    const before = byPath.get(id);
    const said = message === unexpected ? unknownKey(action, keys) : wording(message);
    const all = before === undefined ? said : `${before.message}, or ${said.replace(/^must /, "")}`;
    byPath.set(id, { path: keys, message: all, isKey: message === unexpected });
  }
  return [...byPath.values()];
};

const longest = 300;

const wording = (message: string): string => {
  const said = message === "Missing key" ? "is missing; add it" : message;
  const text = said
    .replace(/^Expected (.*), got ([^]*)$/s, "must be $1, found $2")
    .replace(/^Expected /, "must be ");
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};

const unknownKey = (action: Signature, path: Path): string => {
  const keys = path.length === 1 ? keysOf(action) : [];
  const allowed = keys.length === 0 ? "" : `; allowed are ${keys.join(", ")}`;
  return `unknown key${allowed}${Template.didYouMean(String(path.at(-1)), keys)}`;
};

const keysOf = ({ input }: Signature): ReadonlyArray<string> => {
  const { ast } = input;
  return ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : [];
};

/** Every text within a value, with its path. */
export const textsOf = (
  value: Schema.Json | undefined,
  path: Path,
): ReadonlyArray<{ readonly text: string; readonly path: Path }> => {
  if (typeof value === "string") return [{ text: value, path }];
  if (typeof value !== "object" || value === null) return [];
  const entries: ReadonlyArray<readonly [string | number, Schema.Json]> = Array.isArray(value)
    ? value.map((item: Schema.Json, index) => [index, item] as const)
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => textsOf(inner, [...path, key]));
};

const hasReference = (value: Schema.Json | undefined): boolean =>
  textsOf(value, []).some(({ text }) => text.replaceAll("\\{{", "").includes("{{"));

const at = (value: Schema.Json, path: Path): Schema.Json | undefined => {
  let found: Schema.Json | undefined = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, Schema.Json>)[key];
  }
  return found;
};

/**
 * The input with its references filled in and decoded, or what is wrong with it.
 *
 * A text that is one reference alone keeps the type of its value; where the
 * action takes only text, it gets the value as text.
 */
export const decode = (
  action: Signature,
  stated: Schema.Json,
  lookup: Template.Lookup,
): Result.Result<unknown, string> => {
  const typed = filled(stated, lookup, () => false, []);
  if (Result.isFailure(typed)) return Result.fail(typed.failure.message);
  const first = issuesOf(action, typed.success);
  const paths = new Set(first.map(({ path }) => JSON.stringify(path)));
  const input =
    first.length === 0
      ? typed
      : filled(stated, lookup, (path) => paths.has(JSON.stringify(path)), []);
  if (Result.isFailure(input)) return Result.fail(input.failure.message);
  const left = first.length === 0 ? [] : issuesOf(action, input.success);
  if (left.length > 0)
    return Result.fail(left.map((one) => sentence(given(one, first))).join("; "));
  return Result.mapError(
    Schema.decodeResult(action.input)(input.success, options),
    ({ message }) => message,
  );
};

/** What is wrong with a value as it was given, unless a text is wanted and its text does not fit either. */
const given = (problem: Problem, before: ReadonlyArray<Problem>): Problem => {
  const id = JSON.stringify(problem.path);
  const found = before.find(({ path }) => JSON.stringify(path) === id);
  return found === undefined || /\bstring\b/.test(found.message) ? problem : found;
};

/** A problem as one clause. */
export const sentence = ({ message, path }: Problem): string =>
  path.length === 0 ? message : `${path.join(".")}: ${message}`;

const filled = (
  value: Schema.Json,
  lookup: Template.Lookup,
  asText: (path: Path) => boolean,
  path: Path,
): Result.Result<Schema.Json, Template.VariableError> =>
  Result.gen(function* () {
    if (typeof value === "string") {
      if (!value.includes("{{")) return value;
      const only = asText(path) ? undefined : Template.alone(value);
      if (only !== undefined) return yield* Template.valueOf(only, lookup);
      return yield* Template.fill(value, lookup);
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      const items: Array<Schema.Json> = [];
      for (const [index, item] of value.entries()) {
        items.push(yield* filled(item as Schema.Json, lookup, asText, [...path, index]));
      }
      return items;
    }
    const fields: Record<string, Schema.Json> = {};
    for (const [key, inner] of Object.entries(value)) {
      fields[key] = yield* filled(inner, lookup, asText, [...path, key]);
    }
    return fields;
  });

export const isObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
