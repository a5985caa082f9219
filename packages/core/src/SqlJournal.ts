/**
 * A journal in an SQL database: SQLite for one machine, PostgreSQL where several share it.
 *
 * Every append is one row, with a hash over it and over the row before, so that
 * damage is found and located. A writer that was overtaken by another can add
 * nothing, whatever became of its lock: see `internal/sql`.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import { SqlClient } from "effect/sql/SqlClient";
import type { SqlError } from "effect/sql/SqlError";
import type { BlobStore } from "./BlobStore.ts";
import { Appends, type OpenRun } from "./internal/sql/Appends.ts";
import { advisoryLock } from "./internal/sql/advisoryLock.ts";
import * as Commits from "./internal/sql/Commit.ts";
import {
  Database,
  type Explanation,
  type Present,
  type Row,
  type Statements,
} from "./internal/sql/Database.ts";
import * as format from "./internal/sql/format.ts";
import * as Read from "./internal/sql/read.ts";
import * as Store from "./internal/sql/store.ts";
import { Journal, JournalError, type JournalWriter, RunLocked } from "./Journal.ts";

/** Takes the right to write a run until the scope closes, or fails at once if somebody has it. */
export type RunLock = (run: string) => Effect.Effect<void, RunLocked | JournalError, Scope.Scope>;

export { advisoryLock, type Explanation, type Present };

export interface Options {
  readonly sql: SqlClient;
  /** The hex form of a text's SHA-256. */
  readonly sha256: (text: string) => string;
  /** Keeps a second writer away; it must not outlive its process. See `advisoryLock`. */
  readonly lock: RunLock;
  /** Who opens runs, to be shown to whoever is refused. */
  readonly holder: { readonly pid: number; readonly host: string };
  /** Where the database is, for people (default: what kind it is). */
  readonly where?: string;
  /** What errors of this database mean (default: it failed). */
  readonly explain?: (error: SqlError) => Explanation | undefined;
  /** Where events go that are longer than `inlineBytes` as JSON (default: none do). */
  readonly blobs?: BlobStore;
  /** Default 65536. */
  readonly inlineBytes?: number;
  /** Only read: no run can be opened, and nothing in the database changes (default false). */
  readonly readOnly?: boolean;
}

/** The newest layout of tables that this version reads; a database says which one it needs. */
export const formatVersion = format.version;

/** The name of a run as the tables have it. */
export const nameOf = Read.nameOf;

/** What the number of a run is multiplied with in the numbers of its commits. */
export const commitsPerRun = format.commitsPerRun;

/** Who opened a run last, as the tables have it. */
export const holderOf = (options: Pick<Options, "sql" | "where" | "explain">, run: string) => {
  const database = new Database(options);
  return Effect.mapError(Read.holder(database, run), database.failure("read", run));
};

/** Says that only a later program can read a database, where that is known before it is opened. */
export const tooNew = (where: string, needed: number): JournalError =>
  new JournalError({
    operation: "open",
    run: "",
    reason: "TooNew",
    message: format.tooNew(where, needed),
  });

/** Opens the journal of a database, and makes its tables where there are none. */
export const make = Effect.fn("SqlJournal.make")(function* (options: Options) {
  const { blobs, inlineBytes = 65_536, readOnly = false, sha256 } = options;
  const database = new Database(options);
  const { where } = database;
  if (readOnly) yield* format.check(database);
  else yield* prepare(database);
  const appends = new Appends({ database, sha256, blobs, inlineBytes });
  return {
    open: readOnly
      ? (run) => Effect.fail(isReadOnly(where, run))
      : open(options, database, appends),
    read: (run, from = 1) => Read.read({ database, sha256, blobs }, run, from),
    runs: Read.runs(database),
  } satisfies Journal["Service"];
});

const prepare = Effect.fnUntraced(function* (database: Database) {
  yield* format.migrate(database);
  if (database.atOnce === undefined) return;
  const making = database.atOnce(({ change }) => change(Store.trigger, []));
  yield* Effect.mapError(making, database.failure("open", ""));
});

/** The journal of the PostgreSQL client in reach, with the lock that belongs to it. */
export const layerPostgres = (options: Omit<Options, "sql" | "lock">) =>
  Layer.effect(
    Journal,
    Effect.gen(function* () {
      const sql = yield* SqlClient;
      return yield* make({ ...options, sql, lock: yield* advisoryLock(sql, options.sha256) });
    }),
  );

const open = (options: Options, database: Database, appends: Appends) =>
  Effect.fn("SqlJournal.open")(function* (run: string) {
    const own = yield* Scope.fork(yield* Effect.scope);
    const opening = Effect.gen(function* () {
      yield* Effect.catchTag(options.lock(run), "RunLocked", () => refused(database, run));
      const opened = yield* Effect.acquireRelease(takeOver(options, database, run), (taken) =>
        appends.leave(taken),
      );
      appends.enter();
      return {
        run,
        epoch: opened.epoch,
        last: opened.head.last,
        append: (events) => appends.append(opened, events),
      } satisfies JournalWriter;
    });
    // A run that could not be opened is free again at once, not only when the caller's scope ends.
    return yield* Effect.onError(Scope.provide(opening, own), (cause) =>
      Scope.close(own, Exit.failCause(cause)),
    );
  });

/** The refusal of a run, with whoever holds it. */
const refused = Effect.fnUntraced(function* (database: Database, run: string) {
  const holder = yield* Effect.mapError(Read.holder(database, run), database.failure("open", run));
  return yield* new RunLocked(holder === undefined ? { run } : { run, holder });
});

/** Makes this writer the last one of the run: whatever earlier ones append from here on is lost. */
const takeOver = Effect.fnUntraced(function* (options: Options, database: Database, run: string) {
  const { holder, sha256 } = options;
  const fail = database.failure("open", run);
  const flaw = yield* Effect.mapError(Read.endFlaw(database, run), fail);
  if (flaw !== undefined) return yield* Read.flawed(database, "open", run, flaw);
  const since = yield* Clock.currentTimeMillis;
  const held = [holder.pid, holder.host, since] as const;
  const name = Read.nameOf(run);
  const taking = database.transaction(function* (): Statements<Row> {
    const known = yield [takeKnown, ...held, name];
    if (known[0] !== undefined) return known[0];
    return (yield [takeNew, ...held, name, Commits.genesis(sha256, run)])[0]!;
  });
  const { end, epoch, number } = Read.storedRun(yield* Effect.mapError(taking, fail));
  return { run, number, epoch, head: end, monotonicMillis: 0, isOpen: true } as OpenRun;
});

const takeKnown = `UPDATE journal_run
  SET epoch = epoch + 1, holder_pid = ?, holder_host = ?, holder_since = ?
  WHERE id = ? RETURNING number, epoch, last, hash`;

const takeNew = `INSERT INTO journal_run (holder_pid, holder_host, holder_since, id, hash, epoch, last)
  VALUES (?, ?, ?, ?, ?, 1, 0) RETURNING number, epoch, last, hash`;

const isReadOnly = (where: string, run: string) =>
  new JournalError({
    operation: "open",
    run,
    reason: "Failed",
    message: `The journal in ${where} was opened for reading only; the run ${run} cannot be written.`,
  });
