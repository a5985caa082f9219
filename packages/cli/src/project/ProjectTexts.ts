/** The texts of a project's files, as far as they lie in it. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Documents from "./Documents.ts";
import { workflowFolder } from "./ProjectFacts.ts";

/** The texts of those files that are there, and do not lead out of the project. */
export const existing = Effect.fn("ProjectTexts.existing")(function* (
  root: string,
  files: ReadonlyArray<string>,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const real = yield* Effect.orElseSucceed(fs.realPath(root), () => root);
  const found = new Map<string, string>();
  for (const file of files) {
    const whole = path.join(root, file);
    const target = yield* Effect.orElseSucceed(fs.realPath(whole), () => undefined);
    if (target === undefined || !target.startsWith(real + path.sep)) continue;
    const text = yield* Effect.orElseSucceed(fs.readFileString(target), () => undefined);
    if (text !== undefined) found.set(file, text);
  }
  return found;
});

/** The files that documentation tells of. */
export const told = Effect.fn("ProjectTexts.told")(function* (root: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const namesIn = (folder: string) =>
    Effect.orElseSucceed(fs.readDirectory(path.join(root, folder)), () => []);
  const own = yield* namesIn("");
  const workflows = yield* namesIn(workflowFolder);
  const all = [...own, ...workflows.map((name) => `${workflowFolder}/${name}`)];
  return yield* existing(root, all.filter(Documents.isTold));
});
