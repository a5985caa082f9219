/** The texts of a task in which references may stand, and how they are filled in as far as is known. */
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import type { Task, TaskId } from "../../Task.ts";
import * as Template from "../../Template.ts";

export type Path = ReadonlyArray<string | number>;

/** A text and where it stands, as plan files have it. */
export interface Placed {
  readonly text: string;
  readonly path: Path;
}

export const isObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The payload of a task, if it has keys. */
export const payloadOf = ({ payload }: Pick<Task, "payload">): Schema.JsonObject =>
  isObject(payload) ? payload : {};

/** What is filled in only as a task is launched, because only its agent knows how. */
const filledAtLaunch: ReadonlySet<string> = new Set(["run", "env", "with"]);

/** What holds no texts with references. */
const withoutTexts: ReadonlySet<string> = new Set(["when", "params", "uses", "outputs", "forEach"]);

/** The texts within a value. */
export const textsIn = (value: Schema.Json | undefined, path: Path): ReadonlyArray<Placed> => {
  if (typeof value === "string") return [{ text: value, path }];
  if (Array.isArray(value)) {
    return value.flatMap((item: Schema.Json, index) => textsIn(item, [...path, index]));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
};

/** The texts of a task in which references may stand. */
export const textsOf = (task: Task): ReadonlyArray<Placed> => [
  ...textsIn(task.title, ["title"]),
  ...textsIn(task.prompt, ["prompt"]),
  ...textsIn(task.claims, ["claims"]),
  ...Object.entries(payloadOf(task)).flatMap(([key, value]) =>
    withoutTexts.has(key) ? [] : textsIn(value, [key]),
  ),
];

/** The references in a text; one that is none is not there, and told elsewhere. */
export const referencesIn = (text: string): ReadonlyArray<Template.Reference> =>
  Result.getOrElse(Template.references(text), () => []);

/** The name of the parameter that a reference is to; undefined for one to a task. */
export const parameterOf = ({ name, task }: Template.Reference): string | undefined =>
  task === undefined ? name.split(".")[0] : undefined;

/** What is known when texts are filled in. */
export interface Known {
  readonly params: Template.Parameters;
  readonly rename: (task: TaskId) => TaskId;
}

/** What a reference to a known parameter stands for; undefined if it has to stay. */
const valueOf = (reference: Template.Reference, { params }: Known): Schema.Json | undefined => {
  const name = parameterOf(reference);
  if (name === undefined || !Object.hasOwn(params, name)) return undefined;
  const value = Template.valueOf(reference, Template.lookupIn([], params));
  return Result.isSuccess(value) ? value.success : undefined;
};

const renamed = ({ name, task, text }: Template.Reference, { rename }: Known): string => {
  if (task === undefined || rename(task) === task) return text;
  return `{{ tasks.${rename(task)}.output${name === "" ? "" : `.${name}`} }}`;
};

const replaced = (text: string, by: (reference: Template.Reference) => string): string => {
  let result = "";
  let from = 0;
  for (const reference of referencesIn(text)) {
    result += text.slice(from, reference.offset) + by(reference);
    from = reference.offset + reference.text.length;
  }
  return result + text.slice(from);
};

/**
 * A text with known parameters in it, and with other ids of tasks.
 *
 * Whoever launches the task looks through it again: a value that would be
 * taken for a reference then stays out.
 */
const filledText = (text: string, known: Known): string =>
  replaced(text, (reference) => {
    const value = valueOf(reference, known);
    const filled = value === undefined ? undefined : Template.textOf(value);
    return filled === undefined || filled.includes("{{") ? renamed(reference, known) : filled;
  });

/** JSON with known parameters in it; a text that is one reference alone becomes its value. */
export const filledJson = (json: Schema.Json, known: Known): Schema.Json => {
  if (typeof json === "string") {
    const only = Template.alone(json);
    const value = only === undefined ? undefined : valueOf(only, known);
    return value ?? filledText(json, known);
  }
  if (Array.isArray(json)) return json.map((item: Schema.Json) => filledJson(item, known));
  return isObject(json) ? mapped(json, (value) => filledJson(value, known)) : json;
};

const mapped = (
  object: Schema.JsonObject,
  by: (value: Schema.Json, key: string) => Schema.Json,
): Schema.JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, by(value, key)]));

/** JSON with other ids of tasks, parameters left for later. */
const renamedJson = (json: Schema.Json, { rename }: Known): Schema.Json =>
  filledJson(json, { params: {}, rename });

type Mutable<A> = { -readonly [K in keyof A]: A[K] };

/** A task with known parameters in all texts but those that its agent fills in itself. */
export const filled = (task: Task, known: Known): Task => {
  const result: Mutable<Task> = { ...task };
  if (task.title !== undefined) result.title = filledText(task.title, known);
  if (task.prompt !== undefined) result.prompt = filledText(task.prompt, known);
  if (task.claims !== undefined) result.claims = task.claims.map((one) => filledText(one, known));
  if (isObject(task.payload)) {
    result.payload = mapped(task.payload, (value, key) => {
      if (withoutTexts.has(key)) return value;
      return filledAtLaunch.has(key) ? renamedJson(value, known) : filledJson(value, known);
    });
  }
  return result;
};

/** The parameters that are left in the texts of a task. */
export const parametersLeft = (task: Task): ReadonlyArray<string> =>
  textsOf(task).flatMap(({ text }) =>
    referencesIn(text).flatMap((reference) => parameterOf(reference) ?? []),
  );
