/** Parameters of workflows: whether values fit, and values from texts. */
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import { quote } from "../../Quote.ts";
import { didYouMean, type Parameters } from "../../Template.ts";
import type { Parameter, Workflow } from "../../Workflow.ts";

/** The values of all parameters of a workflow. */
export type Arguments = Parameters;

/** A value that does not fit, or that is missing or too many. */
export interface ArgumentProblem {
  readonly parameter: string;
  readonly message: string;
}

type Declared = Pick<Workflow, "parameters">;

const typeNames: Readonly<Record<Parameter["type"], string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  list: "a list",
};

const describe = (value: Schema.Json): string => {
  if (value === null) return "nothing";
  if (typeof value === "string") return `the text ${quote(value)}`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : JSON.stringify(value);
};

const isOf = (type: Parameter["type"], value: Schema.Json): boolean =>
  type === "list" ? Array.isArray(value) : typeof value === type;

const same = (one: Schema.Json, other: Schema.Json): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** What is wrong with a value for a parameter, as "must be …, found …". */
export const unfit = (parameter: Parameter, value: Schema.Json): string | undefined => {
  const { enum: allowed, type } = parameter;
  if (!isOf(type, value)) return `must be ${typeNames[type]}, found ${describe(value)}`;
  if (allowed === undefined) return undefined;
  const items = type === "list" ? (value as ReadonlyArray<Schema.Json>) : [value];
  const stranger = items.find((item) => !allowed.some((one) => same(one, item)));
  if (stranger === undefined) return undefined;
  const listed = allowed.map((one) => JSON.stringify(one)).join(", ");
  const texts = allowed.filter((one) => typeof one === "string");
  const hint = typeof stranger === "string" ? didYouMean(stranger, texts) : "";
  return `must ${type === "list" ? "hold only" : "be one of"} ${listed}, found ${describe(stranger)}${hint}`;
};

/** Whether a workflow cannot do without a value for a parameter. */
export const isRequired = (parameter: Parameter): boolean =>
  parameter.required ?? parameter.default === undefined;

const missing = ({ description, type }: Parameter): string =>
  `is missing, ${typeNames[type]}${description === undefined ? "" : `: ${description}`}`;

/** "unknown parameter; …" */
export const unknownParameter = (name: string, { parameters }: Declared): string => {
  const names = Object.keys(parameters);
  const known = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  return `unknown parameter; ${known}${didYouMean(name, names)}`;
};

/** The values with which a workflow runs: those that are given, then the defaults. */
export const argumentsFor = (
  workflow: Declared,
  given: Parameters,
): Result.Result<Arguments, ReadonlyArray<ArgumentProblem>> => {
  const problems: Array<ArgumentProblem> = [];
  const values: Record<string, Schema.Json> = {};
  for (const parameter of Object.keys(given)) {
    if (Object.hasOwn(workflow.parameters, parameter)) continue;
    problems.push({ parameter, message: unknownParameter(parameter, workflow) });
  }
  for (const [name, declared] of Object.entries(workflow.parameters)) {
    if (!Object.hasOwn(given, name)) {
      if (isRequired(declared)) problems.push({ parameter: name, message: missing(declared) });
      values[name] = declared.default ?? null;
      continue;
    }
    const value = given[name]!;
    const message = unfit(declared, value);
    if (message !== undefined) problems.push({ parameter: name, message });
    values[name] = value;
  }
  return problems.length === 0 ? Result.succeed(values) : Result.fail(problems);
};

const list = (text: string): Schema.Json => {
  if (!text.trimStart().startsWith("[")) {
    return text === "" ? [] : text.split(",").map((item) => item.trim());
  }
  try {
    return JSON.parse(text) as Schema.Json;
  } catch {
    return text;
  }
};

const ofText = (type: Parameter["type"], text: string): Schema.Json => {
  if (type === "list") return list(text);
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  const isNumber = type === "number" && text.trim() !== "" && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
};

/**
 * Values from texts, as a command line gives them: a list is JSON or its items
 * with commas between. What is no such value stays text, and does not fit.
 */
export const ofTexts = (
  { parameters }: Declared,
  texts: Readonly<Record<string, string>>,
): Parameters =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const declared = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      return [name, declared === undefined ? text : ofText(declared.type, text)];
    }),
  );
