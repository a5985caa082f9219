/** Which configuration file is read where none is named. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import { Screen } from "../terminal/Screen.ts";

/** The files that are looked for, in this order. */
export const candidates: ReadonlyArray<string> = ["yaml", "yml", "json"].map(
  (ending) => `orchestrator.${ending}`,
);

/** Those of the first folder that has any, from the current one up to the top of its clone. */
export const find = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const isThere = (file: string) => Effect.orElseSucceed(fs.exists(file), () => false);
  const above: Array<string> = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    above.push(at);
    if (yield* isThere(path.join(at, ".git"))) break;
    // Outside of a clone nothing says where the project ends.
    if (at === path.dirname(at)) {
      above.splice(1);
      break;
    }
  }
  for (const at of above) {
    const files = candidates.map((name) => path.join(at, name));
    const found = yield* Effect.filter(files, isThere);
    if (found.length > 0) return found;
  }
  return [];
});
