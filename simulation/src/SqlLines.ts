/** How the product's journal reaches the database of a simulation. */
import type { Present } from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as Semaphore from "effect/Semaphore";
import * as SqlClient from "effect/sql/SqlClient";
import type { Acquirer, Connection } from "effect/sql/SqlConnection";
import * as SqlError from "effect/sql/SqlError";
import * as Statement from "effect/sql/Statement";
import * as Stream from "effect/Stream";
import type { Process } from "./Process.ts";
import type { Row, SqlDisk } from "./SqlDisk.ts";
import { SqlPresent } from "./SqlPresent.ts";
import type { SqlServer } from "./SqlServer.ts";
import { failed } from "./sqlFailure.ts";

type Rows = Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>;

/** The client of a process: a file of this machine answers without giving way, a server does not. */
export const layer = (
  disk: SqlDisk,
  process: Process,
): Layer.Layer<SqlClient.SqlClient, SqlError.SqlError> => {
  const { server } = disk;
  const made = server === undefined ? fileOf(disk, process) : clientOf(lineTo(server, process));
  return Layer.effect(SqlClient.SqlClient, made).pipe(Layer.provide(Reactivity.layer));
};

const clientOf = (acquirer: Acquirer) =>
  SqlClient.make({
    acquirer,
    compiler: Statement.makeCompilerSqlite(),
    spanAttributes: [],
    driver: "simulated",
  });

/** A file, used as the driver for `node:sqlite` uses it: one after the other. */
const fileOf = Effect.fnUntraced(function* (disk: SqlDisk, process: Process) {
  const reading = connection((text, parameters) => attempt(() => read(disk, text, parameters)));
  const client = yield* clientOf(Effect.succeed(reading));
  const semaphore = yield* Semaphore.make(1);
  const present = new SqlPresent(disk, process);
  const atOnce = <A>(use: (present: Present) => A) =>
    semaphore.withPermit(Effect.uninterruptible(waited(disk, process, () => use(present))));
  return Object.assign(client, { atOnce });
});

const read = (disk: SqlDisk, text: string, parameters: ReadonlyArray<unknown>) => {
  if (disk.breaks("read failed", 0.5)) throw failed("EIO");
  return disk.ask(text, parameters);
};

/** Takes its time before and after, as the disk does; a process that dies meanwhile hears nothing. */
const waited = <A>(
  disk: SqlDisk,
  process: Process,
  run: () => A,
): Effect.Effect<A, SqlError.SqlError> =>
  Effect.callback((resume) => {
    const end = () => {
      const done = Effect.runSyncExit(attempt(run));
      disk.world.after(disk.delay(), () => process.post(() => resume(done)));
    };
    disk.world.after(disk.delay(), () => process.post(end));
  });

/** A connection of the pool to a server. */
const lineTo = (server: SqlServer, process: Process) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => server.connect(process)),
      (session) => Effect.sync(() => server.drop(session)),
    ),
    (session) =>
      connection((text, parameters) =>
        Effect.callback((resume) =>
          server.ask(session, text, parameters, (given) => resume(attempt(given))),
        ),
      ),
  );

/** The journal asks for values only. */
const connection = (values: (text: string, parameters: ReadonlyArray<unknown>) => Rows) =>
  ({
    executeValues: values,
    executeValuesUnprepared: values,
    execute: () => unused,
    executeRaw: () => unused,
    executeUnprepared: () => unused,
    executeStream: () => Stream.fromEffect(unused),
  }) satisfies Connection;

const unused = Effect.die(
  "The journal has begun to ask in another way: the simulation does not know it.",
);

export const attempt = <A>(run: () => A): Effect.Effect<A, SqlError.SqlError> =>
  Effect.try({ try: run, catch: classified });

const classified = (cause: unknown): SqlError.SqlError => {
  if (SqlError.isSqlError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SqlError.SqlError({ reason: SqlError.classifySqliteError(cause, { message }) });
};
