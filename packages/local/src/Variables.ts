/**
 * References to outputs of finished tasks: `{{ tasks.<id>.output.<name> }}`.
 *
 * They may stand in `prompt`, in `run` and in the values of `env`. A name is a
 * dotted path into the JSON of the output; without a name the whole output is
 * meant. `\{{` stands for a literal `{{`.
 *
 * Outputs are written by agents and must not be trusted. In a command line for
 * the shell a value is therefore put in single quotes and is refused where
 * these would not hold; everywhere else it is inserted as it is.
 */
import type { Agent, Task } from "@orchestrator/core";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { CommandPayload } from "./CommandPayload.ts";
import { quoteForShell, ShellScanner } from "./plan/ShellQuoting.ts";
import { quote } from "./plan/SourceText.ts";
import { suggestion } from "./plan/Suggest.ts";

/** A reference that is not understood, or whose value is not there. */
export class VariableError extends Schema.TaggedError<VariableError>()("VariableError", {
  /**
   * - `Malformed`: not a reference at all.
   * - `Quoted`: stands where a value cannot be quoted safely for the shell.
   * - `UnknownTask`: not among the dependencies.
   * - `NoOutput`: the dependency left no output.
   * - `UnknownName`: its output has no such name.
   * - `Unusable`: the value holds a NUL, which no command line can carry.
   */
  reason: Schema.Literals([
    "Malformed",
    "Quoted",
    "UnknownTask",
    "NoOutput",
    "UnknownName",
    "Unusable",
  ]),
  /** The reference as it was written. */
  reference: Schema.String,
  task: Schema.optionalKey(Schema.String),
  /** The dotted name; empty for the whole output. */
  name: Schema.optionalKey(Schema.String),
  /** The names that exist where the missing one was looked for. */
  known: Schema.optionalKey(Schema.Array(Schema.String)),
  message: Schema.String,
}) {}

/** Where a text goes: to a shell, or anywhere that takes it as it is. */
export type Place = "raw" | "shell";

/** One `{{ tasks.<id>.output.<name> }}` in a text. */
export interface Reference {
  readonly task: Task.TaskId;
  /** The dotted name; empty for the whole output. */
  readonly name: string;
  /** The reference as it was written. */
  readonly text: string;
  /** Where it begins in the text. */
  readonly offset: number;
}

/** Finds the end of a dependency; undefined if the task is none. */
export type Lookup = (
  task: Task.TaskId,
) => Pick<Agent.DependencyResult, "outcome" | "output"> | undefined;

const form = "{{ tasks.<id>.output.<name> }}";
const literalHint = "for a literal {{ write \\{{";

type Part = string | Reference;
type Fault = ConstructorParameters<typeof VariableError>[0];

const fail = (fault: Fault): Result.Result<never, VariableError> =>
  Result.fail(new VariableError(fault));

const parse = (text: string, offset: number): Result.Result<Reference, VariableError> => {
  const end = text.indexOf("}}", offset + 2);
  if (end < 0) {
    const reference = text.slice(offset, offset + 40);
    const message = `${quote(reference)} is not closed by }}; allowed is ${form}; ${literalHint}`;
    return fail({ reason: "Malformed", reference, message });
  }
  const reference = text.slice(offset, end + 2);
  const found = /^tasks\.([^\s{}]+?)\.output(?:\.([^\s{}]+))?$/.exec(
    text.slice(offset + 2, end).trim(),
  );
  if (found === null) {
    const message = `${quote(reference)} is not known; allowed is ${form}; ${literalHint}`;
    return fail({ reason: "Malformed", reference, message });
  }
  return Result.succeed({ task: found[1]!, name: found[2] ?? "", text: reference, offset });
};

const split = (text: string): Result.Result<ReadonlyArray<Part>, VariableError> => {
  const parts: Array<Part> = [];
  let literal = "";
  let from = 0;
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", from)) {
    if (text[at - 1] === "\\" && at > from) {
      literal += `${text.slice(from, at - 1)}{{`;
      from = at + 2;
      continue;
    }
    const reference = parse(text, at);
    if (Result.isFailure(reference)) return Result.fail(reference.failure);
    parts.push(literal + text.slice(from, at), reference.success);
    literal = "";
    from = at + reference.success.text.length;
  }
  parts.push(literal + text.slice(from));
  return Result.succeed(parts);
};

const misplaced = (parts: ReadonlyArray<Part>): VariableError | undefined => {
  const scanner = new ShellScanner();
  for (const part of parts) {
    if (typeof part === "string") {
      scanner.pass(part);
      continue;
    }
    if (scanner.obstacle !== undefined) {
      const message = `${quote(part.text)} stands ${scanner.obstacle}, where its value cannot be quoted safely; put it outside of quotes (the value is quoted for you), or pass it by env or in an argument list`;
      return new VariableError({
        reason: "Quoted",
        reference: part.text,
        task: part.task,
        message,
      });
    }
    scanner.passValue();
  }
  return undefined;
};

const partsOf = (text: string, place: Place): Result.Result<ReadonlyArray<Part>, VariableError> => {
  if (!text.includes("{{")) return Result.succeed([text]);
  const parts = split(text);
  if (place === "raw" || Result.isFailure(parts)) return parts;
  const error = misplaced(parts.success);
  return error === undefined ? parts : Result.fail(error);
};

/** The references in a text, in order; fails with the first one that cannot be used there. */
export const references = (
  text: string,
  place: Place = "raw",
): Result.Result<ReadonlyArray<Reference>, VariableError> =>
  Result.map(partsOf(text, place), (parts) => parts.filter((part) => typeof part !== "string"));

const namesIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

/**
 * Follows a dotted name into a value. Keys may hold dots themselves, as from
 * `a.b=1`; the longest key that fits is taken.
 */
const follow = (
  value: unknown,
  names: ReadonlyArray<string>,
): { readonly found: Schema.Json } | { readonly known: ReadonlyArray<string> } => {
  if (names.length === 0) return { found: value as Schema.Json };
  if (typeof value === "object" && value !== null) {
    for (let length = names.length; length > 0; length--) {
      const key = names.slice(0, length).join(".");
      if (Object.hasOwn(value, key) && !(Array.isArray(value) && key === "length")) {
        return follow((value as Record<string, unknown>)[key], names.slice(length));
      }
    }
  }
  return { known: namesIn(value) };
};

const knownNames = (known: ReadonlyArray<string>): string => {
  if (known.length === 0) return "there are no names in it";
  const shown = known.slice(0, 20).map(quote).join(", ");
  return `there are ${shown}${known.length > 20 ? ` and ${known.length - 20} more` : ""}`;
};

const valueOf = (reference: Reference, lookup: Lookup): Result.Result<string, VariableError> => {
  const { task, name, text } = reference;
  const about = { reference: text, task, name };
  const dependency = lookup(task);
  if (dependency === undefined) {
    const message = `${quote(text)}: task ${quote(task)} is not a dependency of this task; add it to dependsOn`;
    return fail({ ...about, reason: "UnknownTask", message });
  }
  if (dependency.output === undefined) {
    const message = `${quote(text)}: task ${quote(task)} left no output (it ended as ${dependency.outcome ?? "unknown"}); let it write ${name === "" ? "one" : `${name}=value`} to the file in $ORCHESTRATOR_OUTPUT`;
    return fail({ ...about, reason: "NoOutput", message });
  }
  const step = follow(dependency.output, name === "" ? [] : name.split("."));
  if ("known" in step) {
    const message = `${quote(text)}: the output of task ${quote(task)} has no ${quote(name)}; ${knownNames(step.known)}${suggestion(name.split(".").at(-1)!, step.known)}`;
    return fail({ ...about, reason: "UnknownName", known: step.known, message });
  }
  const value = typeof step.found === "string" ? step.found : JSON.stringify(step.found);
  if (!value.includes("\0")) return Result.succeed(value);
  const message = `${quote(text)}: the value holds a NUL character, which a command cannot take`;
  return fail({ ...about, reason: "Unusable", message });
};

/** Puts the values of outputs in place of their references: texts as they are, other JSON as JSON. */
export const substitute = (
  text: string,
  lookup: Lookup,
  place: Place = "raw",
): Result.Result<string, VariableError> => {
  const parts = partsOf(text, place);
  if (Result.isFailure(parts)) return Result.fail(parts.failure);
  let filled = "";
  for (const part of parts.success) {
    if (typeof part === "string") {
      filled += part;
      continue;
    }
    const value = valueOf(part, lookup);
    if (Result.isFailure(value)) return value;
    filled += place === "shell" ? quoteForShell(value.success) : value.success;
  }
  return Result.succeed(filled);
};

/** The texts of a task that may hold references. */
export interface Texts extends CommandPayload {
  readonly prompt?: string;
}

/** The texts of a task one by one, with the place each goes to and its path. */
export const textsOf = (
  texts: Texts,
): ReadonlyArray<{ text: string; place: Place; path: ReadonlyArray<string | number> }> => [
  ...(texts.prompt === undefined
    ? []
    : [{ text: texts.prompt, place: "raw" as const, path: ["prompt"] }]),
  ...(typeof texts.run === "string"
    ? [{ text: texts.run, place: "shell" as const, path: ["run"] }]
    : (texts.run ?? []).map((text, index) => ({
        text,
        place: "raw" as const,
        path: ["run", index],
      }))),
  ...Object.entries(texts.env ?? {}).map(([name, text]) => ({
    text,
    place: "raw" as const,
    path: ["env", name],
  })),
];

/** Fills in all texts of a task; fails with the first reference that has no value. */
export const fill = (texts: Texts, lookup: Lookup): Result.Result<Texts, VariableError> =>
  Result.gen(function* () {
    const filled: { -readonly [K in keyof Texts]: Texts[K] } = {};
    if (texts.prompt !== undefined) filled.prompt = yield* substitute(texts.prompt, lookup);
    if (typeof texts.run === "string") filled.run = yield* substitute(texts.run, lookup, "shell");
    else if (texts.run !== undefined) {
      const words: Array<string> = [];
      for (const word of texts.run) words.push(yield* substitute(word, lookup));
      filled.run = words;
    }
    if (texts.env !== undefined) {
      const env: Record<string, string> = {};
      for (const name of Object.keys(texts.env)) {
        env[name] = yield* substitute(texts.env[name]!, lookup);
      }
      filled.env = env;
    }
    return filled;
  });

/** Looks tasks up among the dependencies that an agent was given. */
export const lookupIn = (dependencies: ReadonlyArray<Agent.DependencyResult>): Lookup => {
  const byTask = new Map(dependencies.map((dependency) => [dependency.task, dependency]));
  return (task) => byTask.get(task);
};
