/** The file by which a project is known, and the projects that are here. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";

/** What a project remembers of how it was made. */
export const Made = Schema.Struct({
  name: Schema.String,
  template: Schema.String,
  /** The first command to type. */
  first: Schema.String,
});
export type Made = typeof Made.Type;

/** Relative to the project. */
export const fileName = ".orchestrator/project.json";

export interface ProjectHome extends Made {
  /** An absolute path. */
  readonly folder: string;
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Made));

/** The project whose folder this is; undefined if it is none. */
export const at = Effect.fn("ProjectHome.at")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const text = yield* Effect.option(fs.readFileString(path.join(folder, fileName)));
  const made = Option.getOrUndefined(Option.flatMap(text, decode));
  return made === undefined ? undefined : ({ ...made, folder } satisfies ProjectHome);
});

/** The nearest project from a folder upward. */
export const upward = Effect.fn("ProjectHome.upward")(function* (folder: string) {
  const path = yield* Path.Path;
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const found = yield* at(place);
    if (found !== undefined || place === path.dirname(place)) return found;
  }
});

/** The project that a folder is in, and those in the folders of it. */
export const list = Effect.fn("ProjectHome.list")(function* (folder: string) {
  const own = yield* upward(folder);
  const inner = yield* Effect.forEach(yield* foldersIn(folder), at);
  return [own, ...inner].filter((one) => one !== undefined);
});

/** Folders that people look into; links are left alone. */
export const foldersIn = Effect.fn("ProjectHome.foldersIn")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = yield* Effect.orElseSucceed(fs.readDirectory(folder), () => []);
  const isOne = Effect.fnUntraced(function* (file: string) {
    const isLink = Option.isSome(yield* Effect.option(fs.readLink(file)));
    const info = yield* Effect.option(fs.stat(file));
    return !isLink && Option.isSome(info) && info.value.type === "Directory";
  });
  const shown = names.filter((name) => !isHidden(name)).toSorted();
  return yield* Effect.filter(
    shown.map((name) => path.join(folder, name)),
    isOne,
  );
});

/** Names that documentation does not tell of. */
export const isHidden = (name: string): boolean =>
  name.startsWith(".") || ["node_modules", "dist", "coverage"].includes(name);

/** The names in some folders of a project (`""` is its own), as they are once some files are written. */
export const entries = Effect.fn("ProjectHome.entries")(function* (
  root: string,
  folders: ReadonlyArray<string>,
  planned: ReadonlyArray<string>,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const found = new Map<string, ReadonlyArray<string>>();
  for (const folder of ["", ...folders]) {
    const prefix = folder === "" ? "" : `${folder}/`;
    const there = yield* Effect.orElseSucceed(fs.readDirectory(path.join(root, folder)), () => []);
    const added = planned
      .filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length).split("/")[0]!);
    found.set(folder, [...there, ...added]);
  }
  return (folder: string) => found.get(folder) ?? [];
});
