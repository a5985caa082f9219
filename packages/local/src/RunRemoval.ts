/**
 * Takes a run out of the journal of a project: its rows, and the blobs that no
 * other run refers to.
 *
 * Every run has a chain of its own, so that the others stay as they were
 * written. A blob belongs to one run in practice, as its event says when it was.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { Journal } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Reactivity from "effect/reactivity/Reactivity";
import type * as Scope from "effect/Scope";
import type { SqlClient } from "effect/sql/SqlClient";
import * as BlobFolder from "./BlobFolder.ts";
import * as Tables from "./internal/journalTables.ts";
import * as LocalJournal from "./LocalJournal.ts";
import { locksOf } from "./RunHolder.ts";
import * as RunLock from "./RunLock.ts";
import * as SqliteClient from "./SqliteClient.ts";

/** Keeps everybody away from a run until the scope closes; fails at once if somebody works on it. */
export const lock = (
  folder: string,
  run: string,
): Effect.Effect<void, Journal.RunLocked | Journal.JournalError, Scope.Scope> =>
  RunLock.make(locksOf(folder))(run);

/** What a run takes of the journal and its blobs, in bytes. */
export const measure = Effect.fn("RunRemoval.measure")((folder: string, run: string) =>
  using(folder, run, true, (sql) =>
    Effect.gen(function* () {
      const blobs = yield* blobsOf(sql, folder, run);
      const [row] = yield* sql.unsafe<{ readonly bytes: number }>(Tables.bytes, [
        SqlJournal.nameOf(run),
      ]);
      return blobs.reduce((sum, blob) => sum + sizeOf(blob), row?.bytes ?? 0);
    }),
  ),
);

/** Takes a run out; the caller has its lock. What was written of it is gone for good. */
export const remove = Effect.fn("RunRemoval.remove")(function* (folder: string, run: string) {
  const blobs = yield* using(folder, run, false, (sql) =>
    sql.withTransaction(
      Effect.gen(function* () {
        const found = yield* blobsOf(sql, folder, run);
        for (const statement of Tables.removal)
          yield* sql.unsafe(statement, [SqlJournal.nameOf(run)]);
        return found;
      }),
    ),
  );
  // A run without its blobs would be damaged; blobs without their run only take room.
  yield* Effect.try({
    try: () => [...blobs, RunLock.fileOf(locksOf(folder), run)].forEach(removeFile),
    catch: (error) =>
      new Journal.JournalError({
        operation: "append",
        run,
        reason: "Failed",
        message: `The run ${run} is out of the journal, but not all of its files: ${String(error)}`,
      }),
  });
});

const removeFile = (file: string): void => fs.rmSync(file, { force: true });

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The files of the blobs that only this run refers to. */
const blobsOf = Effect.fnUntraced(function* (sql: SqlClient, folder: string, run: string) {
  const store = BlobFolder.make(path.join(path.dirname(LocalJournal.databaseOf(folder)), "blobs"));
  const name = SqlJournal.nameOf(run);
  const rows = yield* sql.unsafe<{ readonly body: string }>(Tables.withBlobs, [name]);
  const hashes = new Set(rows.flatMap(({ body }) => Tables.blobsIn(body)));
  const own = yield* Effect.filter([...hashes], (hash) =>
    Effect.map(sql.unsafe(Tables.otherWith, [name, hash]), (others) => others.length === 0),
  );
  return own.map(store.where);
});

/** Works with the database of a project, if this version knows its format. */
const using = <A>(
  folder: string,
  run: string,
  readOnly: boolean,
  use: (sql: SqlClient) => Effect.Effect<A, Effect.Error<ReturnType<typeof SqliteClient.make>>>,
) => {
  const filename = LocalJournal.databaseOf(folder);
  return Effect.gen(function* () {
    const sql = yield* SqliteClient.make({ filename, readOnly });
    const [format] = yield* sql.unsafe<{ readonly min_reader: number }>(Tables.format);
    const needed = format?.min_reader ?? 0;
    if (needed > SqlJournal.formatVersion) return yield* SqlJournal.tooNew(filename, needed);
    return yield* use(sql);
  }).pipe(
    Effect.provide(Reactivity.layer),
    Effect.scoped,
    Effect.catchTag("SqlError", (error) =>
      Effect.fail(Tables.failure(filename, readOnly ? "read" : "append", run)(error)),
    ),
  );
};
