/**
 * What can be said about the tasks of a plan file however wrong the rest of it is.
 *
 * The outline takes what has the right shape and leaves out what has not, so
 * that one look at a file can report mistakes of every kind together.
 */
import * as Presets from "../presets/Presets.ts";
import { type Place, textsOf } from "../Variables.ts";
import { offsetAt } from "./PlanIssues.ts";
import { promptKeys } from "./PlanSchema.ts";
import type { Located } from "./SourceText.ts";

/** A dependency and where it is stated. */
export interface OutlinedDependency {
  readonly task: string;
  readonly offset: number;
}

/** A text that may hold references. */
export interface OutlinedText {
  readonly text: string;
  /** Where its value goes; a condition is no text with references, but names tasks too. */
  readonly place: Place | "condition";
  readonly path: ReadonlyArray<string | number>;
  readonly offset: number;
}

export interface OutlinedTask {
  readonly index: number;
  readonly offset: number;
  readonly id: string | undefined;
  readonly idOffset: number;
  readonly dependsOn: ReadonlyArray<OutlinedDependency>;
  /** Whether it says itself what to do. */
  readonly hasWork: boolean;
  /** All that it states, as it was read. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly texts: ReadonlyArray<OutlinedText>;
}

/** A value that asks for a change of files. */
export interface OutlinedNeed {
  readonly need: "expect" | "merge";
  readonly path: ReadonlyArray<string | number>;
  readonly offset: number;
}

export interface Outline {
  readonly tasks: ReadonlyArray<OutlinedTask>;
  /** Whether the defaults say what to do for all tasks. */
  readonly defaultWork: boolean;
  readonly defaultTexts: ReadonlyArray<OutlinedText>;
  /** What asks for changes though the plan has `isolation: none`. */
  readonly unmetNeeds: ReadonlyArray<OutlinedNeed>;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const items = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : []);

const isText = (value: unknown): value is string => typeof value === "string";

const texts = (
  located: Located,
  fields: Fields,
  path: ReadonlyArray<string | number>,
): ReadonlyArray<OutlinedText> => {
  const { prompt, run, env } = fields;
  const all = textsOf({
    ...(isText(prompt) ? { prompt } : {}),
    ...(isText(run) ? { run } : Array.isArray(run) ? { run } : {}),
    ...(isFields(env) ? { env: env as Record<string, string> } : {}),
  });
  const { when, with: input } = fields;
  const condition = isText(when)
    ? [{ text: when, place: "condition" as const, path: ["when"] }]
    : [];
  const stated = [...all, ...besidePrompt(fields), ...within(input, ["with"])];
  return [...stated.filter(({ text }) => isText(text) && text.includes("{{")), ...condition].map(
    (found) => {
      const whole = [...path, ...found.path];
      return { ...found, path: whole, offset: offsetAt(located, whole) };
    },
  );
};

/** Every text within the input of an action. */
const within = (
  value: unknown,
  path: ReadonlyArray<string | number>,
): ReadonlyArray<Omit<OutlinedText, "offset">> => {
  if (isText(value)) return [{ text: value, place: "raw", path }];
  if (Array.isArray(value)) return value.flatMap((item, index) => within(item, [...path, index]));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => within(inner, [...path, key]));
};

/** The texts of the keys that agents read beside the prompt, of the shape they should have. */
const besidePrompt = (fields: Fields) =>
  promptKeys.flatMap((key) => {
    const stated = fields[key];
    const place = "raw" as const;
    return isText(stated)
      ? [{ text: stated, place, path: [key] }]
      : items(stated).flatMap((text, index) =>
          isText(text) ? [{ text, place, path: [key, index] }] : [],
        );
  });

const dependsOn = (
  located: Located,
  stated: ReadonlyArray<unknown>,
): ReadonlyArray<OutlinedDependency> => {
  const offsets = located.marks.get(stated)?.offsets ?? [];
  return stated.flatMap((item, at) => {
    const offset = offsets[at] ?? located.offset;
    if (isText(item)) return [{ task: item, offset }];
    if (!isFields(item) || !isText(item["task"])) return [];
    const inItem = { value: item, offset, marks: located.marks };
    return [{ task: item["task"], offset: offsetAt(inItem, ["task"]) }];
  });
};

const task = (located: Located, fields: Fields, index: number, offset: number): OutlinedTask => {
  const inTask = { value: fields, offset, marks: located.marks };
  return {
    index,
    offset,
    id: isText(fields["id"]) ? fields["id"] : undefined,
    idOffset: offsetAt(inTask, ["id"]),
    dependsOn: dependsOn(located, items(fields["dependsOn"])),
    hasWork: "run" in fields || "prompt" in fields || "uses" in fields,
    fields,
    texts: texts(located, fields, ["tasks", index]),
  };
};

/** Where a task, or the defaults, ask for changes. */
const needs = (
  located: Located,
  fields: Fields,
  path: ReadonlyArray<string | number>,
  isCommand = true,
): ReadonlyArray<OutlinedNeed> => {
  const at = (need: OutlinedNeed["need"], ...rest: ReadonlyArray<string | number>) => {
    const whole = [...path, ...rest];
    return { need, path: whole, offset: offsetAt(located, whole) };
  };
  return [
    // What agents elsewhere change does not lie in the folder.
    ...(isCommand && fields["expectChange"] === true ? [at("expect", "expectChange")] : []),
    ...items(fields["dependsOn"]).flatMap((item, index) =>
      isFields(item) && item["until"] === "merged"
        ? [at("merge", "dependsOn", index, "until")]
        : [],
    ),
  ];
};

const allNeeds = (
  located: Located,
  tasks: ReadonlyArray<unknown>,
  defaults: Fields,
): ReadonlyArray<OutlinedNeed> => [
  ...needs(located, defaults, ["defaults"]),
  ...tasks.flatMap((fields, index) =>
    isFields(fields)
      ? needs(located, fields, ["tasks", index], worksHere({ ...defaults, ...fields }))
      : [],
  ),
];

const worksHere = (fields: Fields): boolean =>
  "run" in fields || (isText(fields["agent"]) && Presets.names.includes(fields["agent"]));

/** Outlines a plan file that was read. */
export const outline = (located: Located): Outline => {
  const root = isFields(located.value) ? located.value : {};
  const stated = items(root["tasks"]);
  const offsets = located.marks.get(stated)?.offsets ?? [];
  const defaults = isFields(root["defaults"]) ? root["defaults"] : {};
  return {
    tasks: stated.flatMap((fields, index) =>
      isFields(fields) ? [task(located, fields, index, offsets[index] ?? 0)] : [],
    ),
    defaultWork: "run" in defaults || "prompt" in defaults,
    defaultTexts: texts(located, defaults, ["defaults"]),
    unmetNeeds: root["isolation"] === "none" ? allNeeds(located, stated, defaults) : [],
  };
};
