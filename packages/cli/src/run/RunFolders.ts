/** Folders of runs that the journal does not know: what is left where a journal lost its latest events. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type * as Project from "./Project.ts";
import { Screen } from "../terminal/Screen.ts";
import { count } from "../view/Words.ts";

/** Where the runs of a project have their folders. */
export const home = (path: Path.Path, { folder }: Project.Project): string =>
  path.join(folder, "runs");

/** The names of the folders of which the journal has no run. */
export const unknown = Effect.fn("RunFolders.unknown")(function* ({
  journal,
  project,
}: Project.Opened) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  // First the folders: a run that starts meanwhile is then not among them.
  const names = yield* Effect.orElseSucceed(fs.readDirectory(home(path, project)), () => []);
  const known = new Set(yield* journal.runs);
  return names.filter((name) => !name.startsWith(".") && !known.has(name)).toSorted();
});

/** Says on standard error that there are such folders, if there are. */
export const tell = Effect.fn("RunFolders.tell")(function* (opened: Project.Opened) {
  const { command, error } = yield* Screen;
  const { length } = yield* unknown(opened);
  if (length === 0) return;
  const folders = `${count(length, "run folder")} ${length === 1 ? "is" : "are"} not in the journal`;
  yield* error.print(`warning: ${folders}: was journal.db-wal lost? See ${command} gc --orphans`);
});
