import * as Effect from "effect/Effect";
import type { SqlError } from "effect/sql/SqlError";
import { JournalError } from "../../Journal.ts";
import type { Database, Statements } from "./Database.ts";

/** How the tables are laid out, and what stands in them. */
export const version = 2;

/** The oldest version whose programs can use a database of this one. */
export const minReader = 2;

/** Any number that no other program takes: two that make the tables at once wait for each other. */
const migrationLock = 7_230_431_105;

/** Room for the events of one run, in the numbers of commits. */
export const commitsPerRun = 2 ** 33;

/**
 * The number of a commit: that of its run and of its first event in one. As
 * the only key of a table it makes an append write about half as many pages as
 * a key of two columns.
 */
export const commitId = (run: number, first: number): number => run * commitsPerRun + first;

/**
 * `journal_commit` has a row for every append. `hash` covers the row and the
 * hash before it, so that damage is found and located. The row of the run holds
 * the end of the chain: a missing end is found, and an append must move it from
 * where its writer saw it.
 *
 * Names of runs are kept as the inside of a JSON text, which any database can hold.
 */
const layouts: ReadonlyArray<(database: Database) => ReadonlyArray<string>> = [
  ({ isPostgres }) => [
    `CREATE TABLE journal_run (
      number ${isPostgres ? "INTEGER GENERATED ALWAYS AS IDENTITY" : "INTEGER"} PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      epoch INTEGER NOT NULL,
      last BIGINT NOT NULL,
      hash TEXT NOT NULL,
      holder_pid INTEGER NOT NULL,
      holder_host TEXT NOT NULL,
      holder_since DOUBLE PRECISION NOT NULL
    )`,
    `CREATE TABLE journal_commit (
      id ${isPostgres ? "BIGINT" : "INTEGER"} PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES journal_run (number),
      first BIGINT NOT NULL,
      last BIGINT NOT NULL,
      epoch INTEGER NOT NULL,
      wall_millis DOUBLE PRECISION NOT NULL,
      monotonic_millis DOUBLE PRECISION NOT NULL,
      hash TEXT NOT NULL,
      body TEXT NOT NULL,
      CHECK (id = CAST(run AS BIGINT) * ${commitsPerRun} + first)
    )`,
  ],
];

/** The version in a database, or undefined if it has no journal yet; refuses those of later programs. */
export const check = Effect.fnUntraced(function* (database: Database) {
  const found = yield* Effect.mapError(stored(database), database.failure("open", ""));
  if (found === undefined || found.minReader <= version) return found?.version;
  return yield* new JournalError({
    operation: "open",
    run: "",
    reason: "TooNew",
    message: tooNew(database.where, found.minReader),
  });
});

/** Says that only a later program can read a database. */
export const tooNew = (where: string, needed: number): string =>
  `The journal in ${where} was written by a later version: it needs a program that reads format ` +
  `${needed}, and this one reads up to ${version}. Nothing was changed. Use the later version.`;

/** Brings the tables to this version. */
export const migrate = Effect.fnUntraced(function* (database: Database) {
  if (((yield* check(database)) ?? 0) >= version) return;
  const migrating = database.transaction(() => advance(database));
  yield* Effect.mapError(migrating, database.failure("open", ""));
});

const exists = ({ isPostgres }: Database): string =>
  isPostgres
    ? // Not to_regclass: it remembers that there was no table, also while another makes it.
      "SELECT 1 FROM pg_class WHERE relname = 'journal_format' AND pg_table_is_visible(oid)"
    : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal_format'";

const select = "SELECT version, min_reader FROM journal_format";

/** Whether there is a journal to read; there is one wherever a journal was opened for writing. */
export const hasTables = (database: Database): Effect.Effect<boolean, SqlError> =>
  Effect.map(database.query(exists(database)), (rows) => rows.length > 0);

const stored = Effect.fnUntraced(function* (database: Database) {
  if (!(yield* hasTables(database))) return undefined;
  const [row] = yield* database.query(select);
  return row && { version: Number(row[0]), minReader: Number(row[1]) };
});

function* advance(database: Database): Statements<void> {
  if (database.isPostgres) yield [`SELECT 1 FROM pg_advisory_xact_lock(${migrationLock})`];
  if ((yield [exists(database)]).length === 0) {
    yield ["CREATE TABLE journal_format (version INTEGER NOT NULL, min_reader INTEGER NOT NULL)"];
    yield ["INSERT INTO journal_format (version, min_reader) VALUES (0, 0)"];
  }
  const from = Number((yield [select])[0]?.[0]);
  for (const layout of layouts.slice(from)) {
    for (const statement of layout(database)) yield [statement];
  }
  if (from < version) {
    yield ["UPDATE journal_format SET version = ?, min_reader = ?", version, minReader];
  }
}
