import { closest } from "@orchestrator/core/Suggest";

/** The names that a template may use. */
export const names = [
  "title",
  "body",
  "acceptance",
  "links",
  "dependencies",
  "branch",
  "rules",
  "previous",
] as const;
export type Name = (typeof names)[number];

/** Something that is wrong with a template. Lines and columns begin at 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `{{name}}`, or `\{{`, which is a literal `{{`. */
const placeholder = /\\\{\{|\{\{([^{}\n]*)\}\}/g;

const known: ReadonlyArray<string> = names;
const allowed = `allowed are ${names.map((name) => `{{${name}}}`).join(", ")}`;
const nothing = `says nothing of the task; use {{title}} and {{body}}; ${allowed}`;

/** Everything that is wrong with a template, in its order. */
export const problems = (template: string): ReadonlyArray<Problem> => {
  if (template.trim() === "") return [{ line: 1, column: 1, message: `is empty; ${allowed}` }];
  const used = template.split("\n").flatMap((text, index) => usedIn(text, index + 1));
  const odd = used.filter(({ name }) => !known.includes(name));
  if (odd.length > 0) return odd.map(unknown);
  const isAboutTask = used.some(({ name }) => name === "title" || name === "body");
  return isAboutTask ? [] : [{ line: 1, column: 1, message: nothing }];
};

interface Used {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

const usedIn = (text: string, line: number): ReadonlyArray<Used> =>
  Array.from(text.matchAll(placeholder)).flatMap(({ index, 1: name }) =>
    name === undefined ? [] : [{ name: name.trim(), line, column: index + 1 }],
  );

const longest = 60;

const unknown = ({ column, line, name }: Used): Problem => {
  const shown = name.length > longest ? `${name.slice(0, longest)}…` : name;
  const near = closest(name, names);
  const hint = near === undefined ? "; write \\{{ for a literal {{" : `; did you mean {{${near}}}?`;
  return { line, column, message: `{{${shown}}} stands for nothing; ${allowed}${hint}` };
};

/** Puts blocks in their places, in one pass: what a block says is never taken for a placeholder. */
export const fill = (template: string, blocks: Readonly<Record<Name, string>>): string => {
  const lines = template.split(/\r?\n/).flatMap((line) => {
    const used = usedIn(line, 1).map(({ name }) => blocks[name as Name]);
    const isOnlyParts = used.length > 0 && line.replaceAll(placeholder, "").trim() === "";
    if (isOnlyParts && used.every((block) => block === "")) return [];
    return [line.replaceAll(placeholder, (_, name?: string) => block(blocks, name))];
  });
  return `${lines
    .filter((line, index) => line.trim() !== "" || (lines[index - 1] ?? "").trim() !== "")
    .join("\n")
    .trim()}\n`;
};

const block = (blocks: Readonly<Record<Name, string>>, name: string | undefined): string =>
  name === undefined ? "{{" : blocks[name.trim() as Name];
