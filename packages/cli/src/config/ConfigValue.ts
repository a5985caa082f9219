/** What the text of a variable stands for, as the key that it is for wants it. */
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import type { Shape } from "./ConfigKeys.ts";

/** The value of a text; a failure says what is wrong with it. */
export const parse = (text: string, shape: Shape): Result.Result<unknown, string> => {
  if (shape.items !== undefined) return listIn(text, shape.items);
  if (shape.type === "object") return json(text, "a mapping as JSON");
  return Result.succeed(scalar(text, shape));
};

/** What is no number or truth value stays a text: the schema says what is wrong with it. */
const scalar = (text: string, { anyOf, type }: Shape): unknown => {
  const types = anyOf === undefined ? [type] : anyOf.map((one) => one.type);
  const isNumber = types.some((one) => one === "number" || one === "integer");
  if (isNumber && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return text;
};

const listIn = (text: string, items: Shape): Result.Result<unknown, string> => {
  if (text.startsWith("[")) return json(text, "a list as JSON");
  if (items.type === "object") return Result.fail("must be a list as JSON");
  const parts = text.split(",").map((part) => part.trim());
  return Result.succeed(parts.filter((part) => part !== "").map((part) => scalar(part, items)));
};

/** Read as a file is: with its limits, and without keys that are given twice. */
const json = (text: string, allowed: string): Result.Result<unknown, string> =>
  Result.flatMap(
    Result.mapError(
      DataFile.parse(text, "value.json", { noun: "value", example: "" }),
      ([first]) => `must be ${allowed}: ${first?.message ?? ""}`,
    ),
    ({ located, problems }) =>
      problems.length === 0
        ? Result.succeed(located.value)
        : Result.fail(`must be ${allowed}: ${problems[0]!.message}`),
  );
