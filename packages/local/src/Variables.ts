/**
 * References to outputs of finished tasks, `{{ tasks.<id>.output.<name> }}`, and to parameters,
 * `{{ params.<name> }}`, in what a command is given: see `Template` of core.
 *
 * They may stand in `prompt`, in `run` and in the values of `env`. A name is a
 * dotted path into the JSON of the output; without a name the whole output is
 * meant. `\{{` stands for a literal `{{`.
 *
 * Outputs are written by agents and must not be trusted. In a command line for
 * the shell a value is therefore put in single quotes and is refused where
 * these would not hold; everywhere else it is inserted as it is.
 */
import { Template } from "@orchestrator/core";
import { quote } from "@orchestrator/core/Quote";
import * as Result from "effect/Result";
import type { CommandPayload } from "./CommandPayload.ts";
import { quoteForShell, ShellScanner } from "./plan/ShellQuoting.ts";

/** A reference that is not understood, or whose value is not there. */
export const VariableError = Template.VariableError;
export type VariableError = Template.VariableError;

/** Where a text goes: to a shell, or anywhere that takes it as it is. */
export type Place = "raw" | "shell";

/** One reference in a text. */
export type Reference = Template.Reference;

/** Finds the end of a dependency; undefined if the task is none. */
export type Lookup = Template.Lookup;

export { lookupFor, lookupIn } from "@orchestrator/core/Template";

type Part = Template.Part;
type Fault = ConstructorParameters<typeof VariableError>[0];

const fail = (fault: Fault): Result.Result<never, VariableError> =>
  Result.fail(new VariableError(fault));

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
        ...(part.task === undefined ? {} : { task: part.task }),
        message,
      });
    }
    scanner.passValue();
  }
  return undefined;
};

const partsOf = (text: string, place: Place): Result.Result<ReadonlyArray<Part>, VariableError> => {
  if (!text.includes("{{")) return Result.succeed([text]);
  const parts = Template.parts(text);
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

const valueOf = (reference: Reference, lookup: Lookup): Result.Result<string, VariableError> => {
  const found = Template.valueOf(reference, lookup);
  if (Result.isFailure(found)) return Result.fail(found.failure);
  const value = Template.textOf(found.success);
  if (!value.includes("\0")) return Result.succeed(value);
  const { name, task, text } = reference;
  const message = `${quote(text)}: the value holds a NUL character, which a command cannot take`;
  const about = { reference: text, name, ...(task === undefined ? {} : { task }) };
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
