/**
 * Reads what a command wrote to its output file: a JSON object, or one
 * `name=value` a line. Values of the second form are texts of one line.
 */
import { isTooDeep, mostLevels } from "@orchestrator/core/JsonDepth";
import * as Schema from "effect/Schema";
import * as Result from "effect/Result";

/** The most that an output file may hold, in bytes. */
export const maxBytes = 1024 * 1024;

/** An output file that cannot be understood. */
export class OutputInvalid extends Schema.TaggedError<OutputInvalid>()("OutputInvalid", {
  message: Schema.String,
}) {}

/** The named outputs of a task. */
export type Outputs = { readonly [name: string]: Schema.Json };

const name = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Reads the text of an output file; a blank one has no outputs. */
export const parse = (text: string): Result.Result<Outputs | undefined, OutputInvalid> => {
  const content = text.replace(/^\uFEFF/, "");
  const start = content.trimStart();
  if (start === "") return Result.succeed(undefined);
  return start.startsWith("{") || start.startsWith("[") ? parseJson(content) : parseLines(content);
};

/** The error for a file that is too large. */
export const tooLarge = (bytes: number): OutputInvalid =>
  invalid(
    `it has ${bytes} bytes; at most ${maxBytes} are allowed. Commit large results, or write them to a file and name it`,
  );

const invalid = (what: string) =>
  new OutputInvalid({ message: `The file of ORCHESTRATOR_OUTPUT cannot be used: ${what}.` });

const parseJson = (text: string): Result.Result<Outputs, OutputInvalid> => {
  try {
    const value = JSON.parse(text) as Schema.Json;
    if (isTooDeep(value)) {
      return Result.fail(invalid(`it is nested more than ${mostLevels} levels deep`));
    }
    return isObject(value)
      ? Result.succeed(value)
      : Result.fail(invalid('it holds a JSON list; write an object, as {"name": "value"}'));
  } catch (error) {
    return Result.fail(
      invalid(
        `it begins as JSON but is not: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  }
};

const isObject = (value: Schema.Json): value is Outputs =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parseLines = (text: string): Result.Result<Outputs, OutputInvalid> => {
  const entries: Array<[string, string]> = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/, "");
    if (line.trim() === "") continue;
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(equals, 0)).trim();
    if (!name.test(key)) return Result.fail(badLine(index + 1, line));
    entries.push([key, line.slice(equals + 1)]);
  }
  return Result.succeed(Object.fromEntries(entries));
};

const badLine = (number: number, line: string) =>
  invalid(
    `line ${number} is not name=value: ${JSON.stringify(line.slice(0, 80))}. ` +
      "Names have letters, digits, _, . and -; for values of several lines write JSON",
  );
