/** Finds what old runs left behind, and removes it. */
import { lstatSync, readdirSync } from "node:fs";
import { Journal } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type * as Project from "../run/Project.ts";
import * as RunFolders from "../run/RunFolders.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunWork from "../run/RunWork.ts";
import * as SafeFile from "../run/SafeFile.ts";

/** What there is of a run. */
export interface Remains {
  readonly run: string;
  /** Undefined for a folder of a run that the journal does not know. */
  readonly look: RunLook.RunLook | undefined;
  /** Its folder, if there is one. */
  readonly folder: string | undefined;
  /** The newest change in the folder of an unknown run, in milliseconds since the epoch. */
  readonly changedAt: number;
  readonly bytes: number;
  readonly work: RunWork.RunWork;
}

/** Everything of a run. */
export const remains = Effect.fn("Gc.remains")(function* (
  project: Project.Project,
  run: string,
  look: RunLook.RunLook | undefined,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const folder = path.join(RunFolders.home(path, project), run);
  // An id that is no plain name never had a folder.
  const isPlain =
    path.dirname(folder) === RunFolders.home(path, project) && path.basename(folder) === run;
  const isThere = isPlain && (yield* Effect.orElseSucceed(fs.exists(folder), () => false));
  const size = isThere ? yield* sizeOf(folder) : { bytes: 0, changedAt: 0 };
  const { measure } = yield* removal;
  return {
    run,
    look,
    folder: isThere ? folder : undefined,
    changedAt: size.changedAt,
    bytes: size.bytes + (yield* measure(project.root, run)),
    work: yield* RunWork.find(project.root, folder, run),
  } satisfies Remains;
});

/** The runs of which there is a folder, but nothing in the journal. */
export const orphans = Effect.fn("Gc.orphans")(function* (opened: Project.Opened) {
  const unknown = yield* RunFolders.unknown(opened);
  return yield* Effect.forEach(unknown, (name) => remains(opened.project, name, undefined));
});

/** Removes everything of a run; fails if somebody works on it, or did since it was looked at. */
export const remove = Effect.fn("Gc.remove")(function* (
  opened: Project.Opened,
  { folder, look, run, work }: Remains,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { project } = opened;
  const { lock, remove: removeRows } = yield* removal;
  yield* lock(project.root, run);
  const now = yield* RunLook.look(opened, run);
  const found = yield* RunWork.find(
    project.root,
    path.join(RunFolders.home(path, project), run),
    run,
  );
  if (now.last !== (look?.last ?? 0) || found.unmerged.join() !== work.unmerged.join()) {
    return yield* new Journal.RunLocked({ run });
  }
  yield* RunWork.remove(project.root, found);
  if (folder !== undefined) {
    yield* Effect.mapError(fs.remove(folder, { recursive: true }), SafeFile.failed(folder));
  }
  yield* removeRows(project.root, run);
}, Effect.scoped);

const removal = Effect.promise(() => import("@orchestrator/local/RunRemoval"));

/** The files of a folder; one that cannot be read through counts as just changed, so that it stays. */
const sizeOf = (folder: string) =>
  Effect.orElseSucceed(
    Effect.try(() => measured(folder)),
    () => ({ bytes: 0, changedAt: Infinity }),
  );

const measured = (folder: string) => {
  const names = [".", ...readdirSync(folder, { recursive: true, encoding: "utf8" })];
  let [bytes, changedAt] = [0, 0];
  for (const name of names) {
    const stat = lstatSync(`${folder}/${name}`, { throwIfNoEntry: false });
    if (stat?.isFile() === true) bytes += stat.size;
    changedAt = Math.max(changedAt, stat?.mtimeMs ?? 0);
  }
  return { bytes, changedAt };
};
