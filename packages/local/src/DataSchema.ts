/**
 * Parts of the schemas of files that people write.
 *
 * Messages say what is allowed and what was found, and what to try where the
 * found value gives a hint.
 */
import * as v from "valibot";
import { quote } from "@orchestrator/core/Quote";
import { suggestion } from "./plan/Suggest.ts";

/** Stands for a list where only a mapping is allowed; valibot takes both for objects. */
const listInstead = Symbol("a list");

/** Names a value for people: `the text "abc"`, `the number 5`, `a list`, `nothing`. */
export const describe = (value: unknown): string => {
  if (value === null || value === undefined) return "nothing";
  if (value === listInstead || Array.isArray(value)) return "a list";
  if (typeof value === "string") return value === "" ? "an empty text" : `the text ${quote(value)}`;
  if (typeof value === "number") return `the number ${value}`;
  return typeof value === "boolean" ? String(value) : "a mapping";
};

type Message = (issue: v.BaseIssue<unknown>) => string;

/** "must …, found …", and what to try where the found value gives a hint. */
export const must =
  (allowed: string, hint: (found: unknown) => string = () => ""): Message =>
  (issue) =>
    `must ${allowed}, found ${describe(issue.input)}${hint(issue.input)}`;

/** The hint for a number or a truth value that was meant as text. */
export const inQuotes = (found: unknown): string =>
  typeof found === "number" || typeof found === "boolean" ? `; put it in quotes: "${found}"` : "";

const inBrackets = (found: unknown): string =>
  typeof found === "string" ? `; write [${quote(found)}]` : "";

const inList = (words: ReadonlyArray<string>): string =>
  `${words.slice(0, -1).map(quote).join(", ")} or ${quote(words.at(-1) ?? "")}`;

/** Runs a schema of mappings on lists as on any other wrong value. */
const notOnLists = <S extends v.GenericSchema>(schema: S): S => ({
  ...schema,
  "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
    schema["~run"](Array.isArray(dataset.value) ? { value: listInstead } : dataset, config),
});

const unknownKey =
  (keys: ReadonlyArray<string>): Message =>
  (issue) => {
    const found = String(issue.path?.at(-1)?.key ?? "");
    return `unknown key; allowed are ${keys.join(", ")}${suggestion(found, keys)}`;
  };

/**
 * A mapping with exactly these keys.
 *
 * It is a strict object that reports every unknown key; valibot's own stops at
 * the first. The entries have no prototype, or `toString` would be a known key.
 */
export const mapping = <E extends v.ObjectEntries>(entries: E, allowed: string) => {
  const keys = Object.keys(entries).filter((key) => key !== "$schema");
  const missing: Message = (issue) =>
    issue.expected === "Object"
      ? must(`be ${allowed}`)(issue)
      : `${issue.expected} is missing; add it`;
  const own = Object.assign(Object.create(null) as object, entries) as E;
  const schema = v.objectWithRest(own, v.never(), missing);
  const named = unknownKey(keys);
  return notOnLists({
    ...schema,
    // the message names the key, which is in the path only after the run
    "~run": (dataset, config) => {
      const result = schema["~run"](dataset, config);
      for (const issue of result.issues ?? []) {
        const isOwn = issue.type === "never" && issue.path?.length === 1;
        if (isOwn) Object.assign(issue, { message: named(issue) });
      }
      return result;
    },
  } as typeof schema);
};

/** A mapping of any names to values. */
export const record = <K extends v.GenericSchema<string, string>, V extends v.GenericSchema>(
  key: K,
  value: V,
  allowed: string,
) => notOnLists(v.record(key, value, must(`be ${allowed}`)));

/** A text that is not empty. */
export const text = (allowed = "be text") =>
  v.pipe(v.string(must(allowed, inQuotes)), v.minLength(1, must(allowed)));

/** A finite number. */
export const number = (allowed: string) => v.pipe(v.number(must(allowed)), v.finite(must(allowed)));

/** A number above 0. */
export const positive = (allowed = "be a number above 0") =>
  v.pipe(number(allowed), v.gtValue(0, must(allowed)));

/** A whole number that is not below a least one. */
export const whole = (least: number) => {
  const allowed = `be a whole number of ${least} or more`;
  return v.pipe(number(allowed), v.integer(must(allowed)), v.minValue(least, must(allowed)));
};

/** One of some words. */
export const choice = <const W extends ReadonlyArray<string>>(words: W) =>
  v.picklist(
    words,
    must(`be ${inList(words)}`, (found) =>
      typeof found === "string" ? suggestion(found, words) : "",
    ),
  );

/** A list of items of one shape. */
export const list = <S extends v.GenericSchema>(item: S, allowed: string) =>
  v.array(item, must(`be ${allowed}`, inBrackets));
