/** Who works on a run at this moment, seen by somebody who does not. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Journal } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as Tables from "./internal/journalTables.ts";
import * as LocalJournal from "./LocalJournal.ts";
import * as RunLock from "./RunLock.ts";
import * as SqliteClient from "./SqliteClient.ts";

/**
 * The process that writes a run of the project in a folder, or undefined if
 * there is none. Takes no lock and makes no file.
 */
export const find = Effect.fn("RunHolder.find")(function* (folder: string, run: string) {
  const database = LocalJournal.databaseOf(folder);
  if (!(yield* RunLock.isHeld(locksOf(folder), run)) || !fs.existsSync(database)) return undefined;
  return yield* recorded(database, run);
});

/** Where the locks of a project are. */
export const locksOf = (folder: string): string =>
  path.join(path.dirname(LocalJournal.databaseOf(folder)), "locks");

const recorded = Effect.fnUntraced(
  function* (database: string, run: string) {
    const sql = yield* SqliteClient.make({ filename: database, readOnly: true });
    const [row] = yield* sql.unsafe<Tables.HolderRow>(Tables.holder, [Tables.nameOf(run)]);
    if (row === undefined) return undefined;
    const found: Journal.Holder = {
      pid: row.holder_pid,
      host: row.holder_host,
      since: row.holder_since,
    };
    return found;
  },
  (effect, database, run) =>
    effect.pipe(
      Effect.provide(Reactivity.layer),
      Effect.scoped,
      Effect.mapError(Tables.failure(database, "read", run)),
    ),
);
