/** Finds out whether a program can be started, before anything depends on it. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";

/** What the system says about a program that it was asked to start. */
export type Found = "found" | "missing" | "not executable";

/** Where programs are looked for if PATH is not set. */
const standardPath = "/bin:/usr/bin";

/** Looks for a program as the system would, from a folder. */
export const find = Effect.fnUntraced(function* (
  command: string,
  searched: string | undefined,
  folder: string,
) {
  const path = yield* Path.Path;
  let best: Found = "missing";
  for (const place of placesOf(path, command, searched, folder)) {
    const found = yield* look(place);
    if (found === "found") return found;
    if (found === "not executable") best = found;
  }
  return best;
});

/** Where a program is that can be started; undefined if there is none. */
export const locate = Effect.fnUntraced(function* (
  command: string,
  searched: string | undefined,
  folder: string,
) {
  const path = yield* Path.Path;
  for (const place of placesOf(path, command, searched, folder)) {
    if ((yield* look(place)) === "found") return place;
  }
  return undefined;
});

const placesOf = (
  path: Path.Path,
  command: string,
  searched: string | undefined,
  folder: string,
): ReadonlyArray<string> =>
  command.includes("/")
    ? [path.resolve(folder, command)]
    : (searched ?? standardPath)
        .split(":")
        .map((entry) => path.join(path.resolve(folder, entry), command));

const look = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const info = yield* Effect.option(fs.stat(file));
  if (info._tag === "None") return "missing" satisfies Found;
  const isProgram = info.value.type === "File" && (info.value.mode & 0o111) !== 0;
  return (isProgram ? "found" : "not executable") satisfies Found;
});
