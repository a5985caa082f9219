/** Projects, their templates and what becomes of their files, for people. */
import type { Paint } from "../terminal/Paint.ts";
import type { Done } from "../project/Changes.ts";
import type { Created } from "../project/ProjectCreate.ts";
import type { Kept } from "../project/ProjectDocs.ts";
import type { ProjectHome } from "../project/ProjectHome.ts";
import type { Shown } from "../project/ProjectShow.ts";
import type { Listed } from "../project/Templates.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as Table from "./Table.ts";
import { count } from "./Words.ts";

/** What a new project has, and the first command to type in it. */
export const created = (made: Created, folder: string, paint: Paint): ReadonlyArray<string> => {
  if (made.diff !== undefined) return dry(made.diff);
  const place = made.folder === folder ? "" : `${Shell.line("cd", made.name)} && `;
  return [
    ...made.files.map((one) => line(one, paint)),
    "",
    `next: ${place}${Text.verbatim(made.first)}`,
  ];
};

/** What became of the documents. */
export const kept = ({ diff, files, without }: Kept, paint: Paint): ReadonlyArray<string> => {
  if (diff !== undefined) return dry(diff);
  const changed = files.filter(({ did }) => did !== "kept");
  const what = changed.length === 0 ? "document" : "other document";
  return [
    ...changed.map((one) => line(one, paint)),
    `${count(files.length - changed.length, what)} up to date`,
    ...without.map((file) => paint("dim", `– ${Text.line(file)} has no part of ours`)),
  ];
};

const dry = (diff: string): ReadonlyArray<string> =>
  diff === "" ? ["Nothing would change."] : diff.trimEnd().split("\n").map(Text.verbatim);

const line = ({ did, file }: Done, paint: Paint): string =>
  did === "kept"
    ? `${paint("dim", "–")} ${Text.line(file)} is there already and stays as it is`
    : `${paint("green", "✓")} ${Text.line(file)} ${did}`;

/** The projects that are here. */
export const list = (
  all: ReadonlyArray<ProjectHome>,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> =>
  all.length === 0
    ? ["No projects here. Make one: orchestrator project create NAME --template TEMPLATE"]
    : table(
        ["PROJECT", "TEMPLATE", "FOLDER"],
        all.map(({ folder, name, template }) => [name, template, folder]),
        columns,
        paint,
      );

/** The templates to choose from. */
export const templates = (
  all: ReadonlyArray<Listed>,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> =>
  table(
    ["TEMPLATE", "PARAMETERS", "FOR"],
    all.map(({ description, name, parameters }) => [name, parameters.join(", "), description]),
    columns,
    paint,
  );

/** One project. */
export const shown = (project: Shown, paint: Paint): ReadonlyArray<string> => {
  const { documents, first, folder, keys, name, plan, template, workflows } = project;
  const facts = [
    ["template", template],
    ["folder", folder],
    ["first", first],
    ["workflows", workflows.map((one) => one.name).join(", ") || "none"],
    ["plan", plan.length === 0 ? "none" : count(plan.length, "task")],
    ["keys in use", keys.map(({ path }) => path).join(", ") || "none"],
    ["documents", documents.join(", ") || "none"],
  ] as const;
  return [
    paint("bold", Text.line(name)),
    ...facts.map(([what, value]) => `${what.padEnd(12)}${Text.line(value)}`),
  ];
};

const table = (
  titles: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> =>
  Table.lines(
    titles.map((title, index) => (index === titles.length - 1 ? { title, least: 16 } : { title })),
    rows.map((row) => row.map((text) => ({ text: Text.line(text) }))),
    columns,
    (title) => paint("dim", title),
  );
