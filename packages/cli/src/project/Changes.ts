/** What becomes of the files of a project: seen before it is done, and done so that nothing of a person is lost. */
import { createTwoFilesPatch } from "diff";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as SafeFile from "../run/SafeFile.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";
import { ProjectProblem } from "./ProjectProblem.ts";

/** A file as it is and as it is to be. `before` is undefined for one that is not there. */
export interface Change {
  /** Relative to the project, with `/` between its parts. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

export interface Done {
  readonly file: string;
  readonly did: "written" | "updated" | "kept";
}

/** What a change is, for people and programs. */
export const did = ({ after, before }: Change): Done["did"] =>
  before === undefined ? "written" : before === after ? "kept" : "updated";

/** The changes that change something, as `diff -u` writes them. */
export const diff = (changes: ReadonlyArray<Change>): string =>
  changes
    .filter((change) => did(change) !== "kept")
    .map(({ after, before, path }) =>
      createTwoFilesPatch(
        before === undefined ? "/dev/null" : `a/${path}`,
        `b/${path}`,
        before ?? "",
        after,
      )
        .split("\n")
        .filter((line) => !/^=+$/.test(line))
        .join("\n"),
    )
    .join("");

/** The text of a file of a project; undefined if there is none. One that is a link or a folder is a person's, too. */
export const current = Effect.fn("Changes.current")(function* (root: string, file: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const whole = path.join(root, file);
  const text = yield* Effect.result(fs.readFileString(whole));
  if (Result.isSuccess(text)) return text.success;
  const isLink = Result.isSuccess(yield* Effect.result(fs.readLink(whole)));
  return isLink || text.failure.reason._tag !== "NotFound" ? "" : undefined;
});

/** Carries changes out. A file that somebody made meanwhile stays as it is. */
export const carryOut = Effect.fn("Changes.carryOut")(function* (
  root: string,
  changes: ReadonlyArray<Change>,
) {
  const fs = yield* FileSystem.FileSystem;
  yield* Effect.mapError(fs.makeDirectory(root, { recursive: true }), SafeFile.failed(root));
  // Nothing is written unless all of it can be.
  yield* Effect.forEach(changes, ({ path: file }) => inside(root, file));
  const done: Array<Done> = [];
  for (const change of changes) {
    const file = change.path;
    const what = did(change);
    if (what === "written") done.push({ file, did: yield* create(root, change) });
    else if (what === "kept") done.push({ file, did: "kept" });
    else {
      yield* SafeFile.write(yield* inside(root, file), change.after);
      done.push({ file, did: "updated" });
    }
  }
  return done;
});

const create = Effect.fnUntraced(function* (root: string, { after, path: file }: Change) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const whole = yield* inside(root, file);
  const folder = path.dirname(whole);
  yield* Effect.mapError(fs.makeDirectory(folder, { recursive: true }), SafeFile.failed(whole));
  const text = Scrubber.scrub(after);
  const written = yield* Effect.result(fs.writeFileString(whole, text, { flag: "wx" }));
  if (Result.isSuccess(written)) return "written";
  if (written.failure.reason._tag === "AlreadyExists") return "kept";
  return yield* SafeFile.failed(whole)(written.failure);
});

/** The whole name of a file, unless a link on its way leads out of the project. */
const inside = Effect.fnUntraced(function* (root: string, file: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const whole = path.join(root, file);
  const real = yield* Effect.mapError(fs.realPath(root), SafeFile.failed(root));
  for (let at = path.dirname(whole); at.length > root.length; at = path.dirname(at)) {
    const found = yield* Effect.result(fs.realPath(at));
    if (Result.isFailure(found)) continue;
    if (found.success.startsWith(real + path.sep)) break;
    return yield* new ProjectProblem({
      problems: [`${whole}  the folder ${at} is a link that leads out of the project`],
    });
  }
  return whole;
});
