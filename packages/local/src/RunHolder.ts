/** Who works on a run at this moment, seen by somebody who does not. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as Tables from "./internal/journalTables.ts";
import * as sqliteProblem from "./internal/sqliteProblem.ts";
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

const recorded = (filename: string, run: string) => {
  const explain = sqliteProblem.explain(filename);
  return SqliteClient.make({ filename, readOnly: true }).pipe(
    Effect.mapError(Tables.failure(filename, "read", run)),
    Effect.flatMap((sql) => SqlJournal.holderOf({ sql, where: filename, explain }, run)),
    Effect.provide(Reactivity.layer),
    Effect.scoped,
  );
};
