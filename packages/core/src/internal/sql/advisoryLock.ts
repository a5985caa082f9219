import * as Effect from "effect/Effect";
import * as RcRef from "effect/RcRef";
import type { SqlClient } from "effect/sql/SqlClient";
import type { Connection } from "effect/sql/SqlConnection";
import type { SqlError } from "effect/sql/SqlError";
import { JournalError, RunLocked } from "../../Journal.ts";
import type { RunLock } from "../../SqlJournal.ts";
import type { Sha256 } from "./Commit.ts";

/**
 * The lock for PostgreSQL. It keeps one connection of the pool while runs are
 * open; the server lets go of them when the process or that connection ends.
 */
export const advisoryLock = Effect.fnUntraced(function* (sql: SqlClient, sha256: Sha256) {
  const shared = yield* RcRef.make({ acquire: sql.reserve });
  // The server refuses other connections only.
  const held = new Set<string>();
  const lock: RunLock = (run) =>
    Effect.gen(function* () {
      const connection = yield* RcRef.get(shared);
      if (held.has(run)) return yield* new RunLocked({ run });
      held.add(run);
      yield* Effect.addFinalizer(() => Effect.sync(() => held.delete(run)));
      yield* take(connection, run, keyOf(sha256, run));
    }).pipe(Effect.catchTag("SqlError", (error) => Effect.fail(unlockable(run, error))));
  return lock;
});

const take = (connection: Connection, run: string, key: string) => {
  const ask = (action: string) =>
    connection.executeValuesUnprepared(`SELECT ${action}(${key})`, []);
  const taking = Effect.filterOrFail(
    ask("pg_try_advisory_lock"),
    ([row]) => row?.[0] === true,
    () => new RunLocked({ run }),
  );
  return Effect.acquireRelease(taking, () => Effect.ignore(ask("pg_advisory_unlock")));
};

/**
 * Two numbers: the table, as a database may hold several journals, and 32 bits
 * for the run. Two runs with the same bits cannot be open at once; that is all.
 */
const keyOf = (sha256: Sha256, run: string): string => {
  const bits = Number.parseInt(sha256(JSON.stringify(run)).slice(0, 8), 16) | 0;
  return `'journal_run'::regclass::oid::int, ${bits}`;
};

const unlockable = (run: string, error: SqlError) =>
  new JournalError({
    operation: "open",
    run,
    reason: "Failed",
    message: `The run ${run} cannot be locked: ${error.message}`,
  });
