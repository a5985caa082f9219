/**
 * A driver of `effect/sql` for the SQLite that Node brings along.
 *
 * One connection serves the whole client; statements and transactions take
 * turns on it. What is committed is on the disk: WAL with synchronous=FULL.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Present } from "@orchestrator/core/SqlJournal";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as Semaphore from "effect/Semaphore";
import * as SqlClient from "effect/sql/SqlClient";
import type * as SqlConnection from "effect/sql/SqlConnection";
import * as SqlError from "effect/sql/SqlError";
import * as Statement from "effect/sql/Statement";
import * as Stream from "effect/Stream";

export interface Options {
  /** The database file. It is made if there is none, unless it is only read. */
  readonly filename: string;
  /** Only read (default false). */
  readonly readOnly?: boolean;
  /** How long to wait for another process that writes, in milliseconds (default 5000). */
  readonly busyTimeoutMillis?: number;
}

/** Opens a database until the scope closes. */
export const make = Effect.fn("SqliteClient.make")(function* (options: Options) {
  const database = yield* Effect.acquireRelease(
    attempt("open", () => openDatabase(options)),
    (opened) => Effect.sync(() => opened.close()),
  );
  const cached = statements(database);
  const semaphore = yield* Semaphore.make(1);
  const acquirers = SqlClient.makeSqliteAcquirers({
    connection: Effect.succeed(connect(database, cached)),
    semaphore,
    isTransaction: () => database.isTransaction,
  });
  const client = yield* SqlClient.make({
    ...acquirers,
    compiler: Statement.makeCompilerSqlite(),
    // Taking the right to write at once, it cannot be refused half-way.
    beginTransaction: "BEGIN IMMEDIATE",
    prepareTransactionControls: true,
    spanAttributes: [["db.system.name", "sqlite"]],
    driver: "node:sqlite",
  });
  return Object.assign(client, { atOnce: atOnce(database, cached, semaphore) });
});

/** The database as the `SqlClient`. */
export const layer = (options: Options): Layer.Layer<SqlClient.SqlClient, SqlError.SqlError> =>
  Layer.effect(SqlClient.SqlClient, make(options)).pipe(Layer.provide(Reactivity.layer));

/** SQLite's own number for an error, as 11 for `SQLITE_CORRUPT`; undefined if it has none. */
export const resultCode = ({ reason }: SqlError.SqlError): number | undefined => {
  const cause: unknown = reason.cause;
  if (typeof cause !== "object" || cause === null || !("errcode" in cause)) return undefined;
  // The upper bytes tell more than the caller asks for.
  return typeof cause.errcode === "number" ? cause.errcode & 0xff : undefined;
};

const openDatabase = (options: Options): DatabaseSync => {
  const { busyTimeoutMillis = 5000, filename, readOnly = false } = options;
  const database = new DatabaseSync(filename, { readOnly, timeout: busyTimeoutMillis });
  try {
    if (!readOnly) useWal(database);
    database.exec("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const useWal = (database: DatabaseSync): void => {
  const answer = database.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode: string };
  if (answer.journal_mode === "wal") return;
  throw new Error(
    `the file system cannot keep a write-ahead log (SQLite answers journal_mode=${answer.journal_mode})`,
  );
};

type Mode = "rows" | "values" | "raw";

/** A prepared statement, and what is known about it. */
interface Prepared {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
  bigInts: boolean;
  arrays: boolean;
}

const prepare = (database: DatabaseSync, sql: string): Prepared => {
  const statement = database.prepare(sql);
  return { statement, hasRows: statement.columns().length > 0, bigInts: false, arrays: false };
};

const configure = (prepared: Prepared, bigInts: boolean, arrays: boolean): void => {
  const { statement } = prepared;
  if (prepared.bigInts !== bigInts) statement.setReadBigInts((prepared.bigInts = bigInts));
  if (prepared.arrays !== arrays) statement.setReturnArrays((prepared.arrays = arrays));
};

/** More texts than a program uses; one that makes ever new ones does not grow for it. */
const mostPrepared = 200;

const statements = (database: DatabaseSync) => {
  const known = new Map<string, Prepared>();
  return (sql: string): Prepared => {
    const found = known.get(sql);
    if (found !== undefined) return found;
    if (known.size >= mostPrepared) known.clear();
    const prepared = prepare(database, sql);
    known.set(sql, prepared);
    return prepared;
  };
};

type Find = ReturnType<typeof statements>;

const connect = (database: DatabaseSync, cached: Find): SqlConnection.Connection => {
  const run =
    (mode: Mode, find: (sql: string) => Prepared) =>
    (sql: string, parameters: ReadonlyArray<unknown>) =>
      Effect.withFiber<ReadonlyArray<never>, SqlError.SqlError>((fiber) => {
        const bigInts = Context.get(fiber.context, SqlClient.SafeIntegers);
        return attempt("execute", () => execute(find(sql), parameters, mode, bigInts));
      });
  const fresh = (sql: string) => prepare(database, sql);
  const rows = run("rows", cached);
  const unprepared = run("rows", fresh);
  return {
    execute: (sql, parameters, transform) => transformed(rows(sql, parameters), transform),
    executeRaw: run("raw", cached),
    executeValues: run("values", cached),
    executeValuesUnprepared: run("values", fresh),
    executeUnprepared: (sql, parameters, transform) =>
      transformed(unprepared(sql, parameters), transform),
    executeStream: (sql, parameters, transform) => stream(database, sql, parameters, transform),
  };
};

/** What `SqlJournal` makes its appends with. */
const presentOf = (database: DatabaseSync, cached: Find): Present => ({
  rows: (sql, parameters) => execute(cached(sql), parameters, "values", false),
  change: (sql, parameters) => {
    const { statement } = cached(sql);
    return Number(statement.run(...(parameters as ReadonlyArray<SQLInputValue>)).changes);
  },
  transaction: (use) => inTransaction(database, cached, use),
});

/** Uses the connection as soon as nobody else does. */
const atOnce = (database: DatabaseSync, cached: Find, semaphore: Semaphore.Semaphore) => {
  const present = presentOf(database, cached);
  return <A>(use: (present: Present) => A): Effect.Effect<A, SqlError.SqlError> =>
    semaphore.withPermit(
      attempt("execute", () => {
        // What somebody could not roll back must not take in what comes now.
        if (database.isTransaction) database.exec("ROLLBACK");
        return use(present);
      }),
    );
};

const inTransaction = <A>(database: DatabaseSync, cached: Find, use: () => A): A => {
  cached("BEGIN IMMEDIATE").statement.run();
  try {
    const result = use();
    cached("COMMIT").statement.run();
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
};

/** SQLite may have rolled back by itself, and what went wrong before is what people must hear of. */
const rollBack = (database: DatabaseSync): void => {
  try {
    database.exec("ROLLBACK");
  } catch {
    // There is no transaction any more.
  }
};

const execute = (
  prepared: Prepared,
  parameters: ReadonlyArray<unknown>,
  mode: Mode,
  bigInts: boolean,
): ReadonlyArray<never> => {
  configure(prepared, bigInts, mode === "values");
  const values = parameters as ReadonlyArray<SQLInputValue>;
  if (prepared.hasRows) return prepared.statement.all(...values) as unknown as Array<never>;
  const changes: unknown = prepared.statement.run(...values);
  return mode === "raw" ? (changes as ReadonlyArray<never>) : [];
};

type Transform = Parameters<SqlConnection.Connection["execute"]>[2];

const transformed = (
  rows: Effect.Effect<ReadonlyArray<never>, SqlError.SqlError>,
  transform: Transform,
): Effect.Effect<ReadonlyArray<never>, SqlError.SqlError> =>
  transform === undefined
    ? rows
    : Effect.map(rows, (found) => transform(found as ReadonlyArray<object>) as Array<never>);

const rowsAtOnce = 128;

/** Reads rows as they are asked for, with a statement of its own. */
const stream = (
  database: DatabaseSync,
  sql: string,
  parameters: ReadonlyArray<unknown>,
  transform: Transform,
): Stream.Stream<never, SqlError.SqlError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const rows = yield* Effect.acquireRelease(
        attempt("execute", () =>
          database.prepare(sql).iterate(...(parameters as ReadonlyArray<SQLInputValue>)),
        ),
        (open) => Effect.sync(() => void open.return?.()),
      );
      const next = attempt("execute", () => take(rows, transform));
      return Stream.paginate(undefined, () => next);
    }),
  );

const take = (rows: Iterator<object>, transform: Transform) => {
  const found: Array<object> = [];
  for (let row = rows.next(); row.done !== true; row = rows.next()) {
    found.push(row.value);
    if (found.length === rowsAtOnce)
      return [read(found, transform), Option.some(undefined)] as const;
  }
  return [read(found, transform), Option.none<undefined>()] as const;
};

const read = (rows: ReadonlyArray<object>, transform: Transform): ReadonlyArray<never> =>
  (transform === undefined ? rows : transform(rows)) as ReadonlyArray<never>;

const attempt = <A>(operation: string, run: () => A): Effect.Effect<A, SqlError.SqlError> =>
  Effect.try({ try: run, catch: (cause) => classified(cause, operation) });

const classified = (cause: unknown, operation: string): SqlError.SqlError => {
  // The classification looks for SQLite's number where other drivers have it.
  if (cause instanceof Error && "errcode" in cause && !("errno" in cause)) {
    Object.assign(cause, { errno: cause.errcode });
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = `SQLite could not ${operation}: ${said}`;
  return new SqlError.SqlError({
    reason: SqlError.classifySqliteError(cause, { message, operation }),
  });
};
