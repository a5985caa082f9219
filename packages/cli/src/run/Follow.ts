/** Reads on in a run that another process works on. */
import type { Journal } from "@orchestrator/core";
import * as Changes from "@orchestrator/local/Changes";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as Project from "./Project.ts";
import type { Folded } from "./RunLook.ts";

export interface Reader<E, R> {
  readonly folded: Folded;
  /** Gets new entries in their order, and folds them. */
  readonly take: (entries: ReadonlyArray<Journal.JournalEntry>) => Effect.Effect<void, E, R>;
  /** Called whenever all there is was taken: at every change, and once a second. */
  readonly pause?: (holder: Journal.Holder | undefined) => Effect.Effect<void, E, R>;
}

/** Follows a run until it has ended, or until nobody works on it. */
export const follow = Effect.fn("Follow.follow")(function* <E, R>(
  opened: Project.Opened,
  reader: Reader<E, R>,
) {
  const fs = yield* FileSystem.FileSystem;
  const { folder } = opened.project;
  const left = yield* Changes.of(fs, folder, (path) => path.includes(Project.journalName)).pipe(
    Stream.mapEffect(() => takeAll(opened, reader)),
    Stream.filter((holder) => reader.folded.state.endedAt !== undefined || holder === undefined),
    Stream.runHead,
  );
  return Option.getOrUndefined(left);
});

/** Reads what there is and answers who worked on the run when the reading began. */
export const takeAll = Effect.fnUntraced(function* <E, R>(
  { journal, project }: Project.Opened,
  { folded, pause, take }: Reader<E, R>,
) {
  // First, so that whatever a process records before it leaves is read.
  const holder = yield* Project.holder(project, folded.id);
  yield* Stream.runForEachArray(journal.read(folded.id, folded.last + 1), take);
  if (pause !== undefined) yield* pause(holder);
  return holder;
});
