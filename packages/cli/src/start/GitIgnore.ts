/** Keeps runs out of git, and workflows, which lie beside them, in it. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Project from "../run/Project.ts";
import * as SafeFile from "../run/SafeFile.ts";

/** Git looks into no folder that is left out as a whole. */
const entry = [
  `/${Project.folderName}/*`,
  `!/${Project.folderName}/workflows/`,
  `!/${Project.folderName}/project.json`,
].join("\n");

/** Whether the text leaves out the whole folder, with the workflows in it. */
export const leavesAllOut = (text: string): boolean =>
  text.split(/\r?\n/).some((line) => /^\/?\.orchestrator\/?$/.test(line.trim()));

/** Adds the folder to the `.gitignore` of a repository; answers with the file, or undefined if nothing had to be changed. */
export const add = Effect.fn("GitIgnore.add")(function* (root: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(root, ".gitignore");
  const isThere = yield* Effect.mapError(fs.exists(file), SafeFile.failed(file));
  const text = isThere
    ? yield* Effect.mapError(fs.readFileString(file), SafeFile.failed(file))
    : "";
  const changed = added(text);
  if (changed === undefined) return undefined;
  yield* SafeFile.writeInRepository(file, changed);
  return file;
});

/** The text with the folder in it; undefined if it is there. */
export const added = (text: string): string | undefined => {
  const isThere = (line: string) => /^\/?\.orchestrator\/\*$/.test(line.trim());
  if (leavesAllOut(text) || text.split(/\r?\n/).some(isThere)) return undefined;
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${end}${entry}\n`;
};
