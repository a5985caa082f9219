/** Reads on in a run that another process works on. */
import type { Journal } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Queue from "effect/Queue";
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

/** Where a file system tells of no changes, they are found this late. */
const slowest = "1 second";

/** Follows a run until it has ended, or until nobody works on it. */
export const follow = Effect.fn("Follow.follow")(function* <E, R>(
  opened: Project.Opened,
  reader: Reader<E, R>,
) {
  const { folded } = reader;
  const changes = yield* changesOf(opened.project);
  for (;;) {
    const holder = yield* takeAll(opened, reader);
    if (folded.state.endedAt !== undefined || holder === undefined) return holder;
    yield* Effect.timeoutOption(Queue.take(changes), slowest);
  }
}, Effect.scoped);

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

/** Something for every time the database was written to; those that nobody waited for are one. */
const changesOf = Effect.fnUntraced(function* ({ folder }: Project.Project) {
  const fs = yield* FileSystem.FileSystem;
  const changes = yield* Queue.sliding<void>(1);
  yield* fs.watch(folder).pipe(
    Stream.filter(({ path }) => path.includes(Project.journalName)),
    Stream.runForEach(() => Queue.offer(changes, undefined)),
    // The slow way is left.
    Effect.ignore,
    Effect.forkScoped,
  );
  return changes;
});
