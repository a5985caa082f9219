/** Says in one short line what a coding agent does. */
import { line } from "../internal/Subject.ts";
import * as Field from "./Field.ts";
import type { Fields } from "./Preset.ts";

const maxCharacters = 160;

/** Longer texts are not looked at as a whole. */
const maxLooked = 10_000;

/** Anything as one line of at most 160 characters. */
export const of = (text: string): string => line(text.slice(0, maxLooked), maxCharacters);

/** The last line of what an agent said; undefined if it said nothing. */
export const last = (said: unknown): string | undefined => {
  if (typeof said !== "string") return undefined;
  const lines = said.slice(-maxLooked).trimEnd().split("\n");
  const found = Field.text(lines.at(-1));
  return found === undefined ? undefined : of(found);
};

/** The keys under which tools are given a file. */
const fileKeys = ["file_path", "filePath", "notebook_path", "absolute_path", "path"];

const edits = /^(?:(?:multi|notebook)?edit|write(?:_file)?|replace|patch|apply_patch)$/i;
const reads = /^read(?:_file)?$/i;

/** What using a tool with these arguments means, for an agent that works in a folder. */
export const tool = (name: string, input: Fields, folder: string): string => {
  const file = fileKeys.map((key) => Field.text(input[key])).find((found) => found !== undefined);
  const command = Field.text(input["command"]);
  if (file !== undefined && edits.test(name)) return edit(file, folder);
  if (file !== undefined && reads.test(name)) return of(`Reads ${inside(file, folder)}`);
  if (command !== undefined) return run(command);
  return of(`Uses ${name}`);
};

/** A file is changed. */
export const edit = (file: string, folder: string): string => of(`Edits ${inside(file, folder)}`);

/** A command is run. */
export const run = (command: string): string => of(`Runs ${command}`);

const inside = (file: string, folder: string): string =>
  folder !== "" && file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
