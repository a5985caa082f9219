/** The templates that there are: those that come along, and those of a folder. */
import { fileURLToPath } from "node:url";
import { quote } from "@orchestrator/core/Quote";
import * as Suggest from "@orchestrator/core/Suggest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import { ProjectProblem } from "./ProjectProblem.ts";
import * as Template from "./Template.ts";

export interface Listed {
  readonly name: string;
  readonly description: string;
  readonly parameters: ReadonlyArray<string>;
  /** Whether it comes along. */
  readonly built_in: boolean;
}

/** Beside the bundle, and beside the sources. */
const places = ["../templates/", "../../templates/"].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);

const builtIn = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  for (const folder of places) {
    if (yield* Effect.orElseSucceed(fs.exists(`${folder}library`), () => false)) return folder;
  }
  return yield* Effect.die(
    new Error(`the templates of projects are missing, looked in ${places.join(" and ")}`),
  );
});

const namesIn = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const entries = yield* Effect.mapError(
    fs.readDirectory(folder),
    ({ message }) =>
      new ProjectProblem({
        problems: [`${folder}  the folder of templates cannot be read: ${message}`],
      }),
  );
  const isTemplate = (name: string) =>
    Effect.orElseSucceed(fs.exists(path.join(folder, name, Template.manifestName)), () => false);
  return (yield* Effect.filter(entries, isTemplate)).toSorted();
});

/** All of them, own ones first; an own one goes before one of the same name that comes along. */
const folders = Effect.fnUntraced(function* (own: string | undefined) {
  const path = yield* Path.Path;
  const found = new Map<string, { readonly folder: string; readonly built_in: boolean }>();
  const usual = yield* builtIn;
  const all = [...(own === undefined ? [] : [[own, false] as const]), [usual, true] as const];
  for (const [folder, built_in] of all) {
    for (const name of yield* namesIn(folder)) {
      if (!found.has(name)) found.set(name, { folder: path.join(folder, name), built_in });
    }
  }
  return found;
});

/** What there is to choose from. */
export const list = Effect.fn("Templates.list")(function* (own: string | undefined) {
  const path = yield* Path.Path;
  return yield* Effect.forEach(yield* folders(own), ([name, { built_in, folder }]) =>
    Effect.map(
      Template.readManifest(path.join(folder, Template.manifestName)),
      ({ description, parameters = {} }): Listed => ({
        name,
        description,
        parameters: Object.keys(parameters),
        built_in,
      }),
    ),
  );
});

/** The template of a name. */
export const find = Effect.fn("Templates.find")(function* (name: string, own: string | undefined) {
  const all = yield* folders(own);
  const found = all.get(name);
  if (found !== undefined) return yield* Template.read(found.folder);
  const meant = Suggest.closest(name, all.keys());
  const hint = meant === undefined ? "" : ` Did you mean ${quote(meant)}?`;
  return yield* new ProjectProblem({
    problems: [
      `There is no template ${quote(name)}.${hint} There are ${[...all.keys()].join(", ")}.`,
    ],
  });
});
