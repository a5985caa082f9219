import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest";
import { Journal, type RunEvent } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import { JournalContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as SqlClient from "effect/sql/SqlClient";
import * as SqlError from "effect/sql/SqlError";
import * as Stream from "effect/Stream";
import * as Postgres from "./support/postgres.ts";

const isInstalled = Postgres.binaries !== undefined;

const ready = (task: string): RunEvent.RunEvent => ({ _tag: "TaskReady", at: 0, task });

const unanswered = Effect.fail(
  new SqlError.SqlError({
    reason: new SqlError.UnknownError({ cause: "the connection broke", message: "no answer" }),
  }),
);

// Where it is skipped, its name says why.
const name = `the journal in PostgreSQL${isInstalled ? "" : `, skipped: ${Postgres.missing}`}`;

describe.skipIf(!isInstalled)(`${name}`, () => {
  let server: Postgres.Server;
  beforeAll(async () => {
    server = await Postgres.start();
  }, 60_000);
  afterAll(() => server.stop());

  const open = Effect.fnUntraced(function* (schema: string, pid = 1) {
    const sql = yield* Postgres.client(server.port, schema);
    const { sha256 } = Postgres;
    const lock = yield* SqlJournal.advisoryLock(sql, sha256);
    const holder = { pid, host: "here" };
    return { sql, journal: yield* SqlJournal.make({ sql, sha256, lock, holder }) };
  });

  const opened = (schema: string) => Effect.map(open(schema), ({ journal }) => journal);

  for (const { check, name: clause } of JournalContract.make({
    make: Effect.flatMap(Postgres.newSchema, opened),
    store: Effect.map(Postgres.newSchema, opened),
  })) {
    it.live(clause, () => check);
  }

  it.live("shows the one who is refused who has the run, from another connection", () =>
    Effect.gen(function* () {
      const schema = yield* Postgres.newSchema;
      const [first, second] = [yield* open(schema, 7), yield* open(schema, 8)];
      yield* first.journal.open("r");
      const refused = yield* Effect.flip(second.journal.open("r"));
      assert.strictEqual(refused._tag, "RunLocked");
      assert.include(refused.message, "process 7 on here");
      yield* second.journal.open("s");
    }),
  );

  it.live("takes nothing from a writer that lost its connection and its run to another", () =>
    Effect.gen(function* () {
      const schema = yield* Postgres.newSchema;
      const [first, second] = [yield* open(schema), yield* open(schema)];
      const overtaken = yield* first.journal.open("r");
      yield* overtaken.append([ready("a")]);
      // What becomes of a lock when its connection breaks: the server lets go of it.
      yield* second.sql`SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'`;
      const successor = yield* second.journal.open("r");
      const lost = yield* Effect.flip(overtaken.append([ready("b")]));
      assert.strictEqual(lost.reason, "Lost");
      assert.strictEqual((yield* Effect.flip(overtaken.append([]))).reason, "Lost");
      yield* successor.append([ready("c")]);
      const found = yield* Stream.runCollect(first.journal.read("r"));
      assert.deepStrictEqual(
        found.map(({ epoch, event }) => [epoch, event]),
        [
          [1, ready("a")],
          [2, ready("c")],
        ],
      );
    }),
  );

  it.live("takes nothing from a writer that missed the answer to a commit", () =>
    Effect.gen(function* () {
      const sql = yield* Postgres.client(server.port, yield* Postgres.newSchema);
      let isDeaf = false;
      const deaf = Effect.map(sql.reserve, (connection) => ({
        ...connection,
        executeValues: (text: string, parameters: ReadonlyArray<unknown>) => {
          const answer = connection.executeValues(text, parameters);
          return isDeaf && text === "COMMIT" ? Effect.andThen(answer, unanswered) : answer;
        },
      }));
      const { sha256 } = Postgres;
      const lock = yield* SqlJournal.advisoryLock(sql, sha256);
      const journal = yield* SqlJournal.make({
        sql: { ...sql, reserve: deaf } as typeof sql,
        sha256,
        lock,
        holder: { pid: 1, host: "here" },
      });
      const writer = yield* journal.open("r");
      isDeaf = true;
      assert.strictEqual((yield* Effect.flip(writer.append([ready("stored")]))).reason, "Failed");
      isDeaf = false;
      assert.strictEqual((yield* Effect.flip(writer.append([ready("b")]))).reason, "Unclear");
      const found = yield* Stream.runCollect(journal.read("r"));
      assert.deepStrictEqual(
        found.map(({ event }) => event),
        [ready("stored")],
      );
    }),
  );

  it.live("has more runs open at once than connections", () =>
    Effect.gen(function* () {
      const { journal } = yield* open(yield* Postgres.newSchema);
      const runs = Array.from({ length: 30 }, (_, index) => `r${index}`);
      const writers = yield* Effect.forEach(runs, (run) => journal.open(run));
      yield* Effect.forEach(writers, (writer) => writer.append([ready("a")]), {
        concurrency: "unbounded",
        discard: true,
      });
      assert.deepStrictEqual(yield* journal.runs, runs);
    }),
  );

  it.live("is made by a layer, with its lock", () =>
    Effect.gen(function* () {
      const sql = yield* Postgres.client(server.port, yield* Postgres.newSchema);
      const holder = { pid: 1, host: "here" };
      const layer = SqlJournal.layerPostgres({ sha256: Postgres.sha256, holder });
      const use = Effect.gen(function* () {
        const journal = yield* Journal.Journal;
        yield* journal.open("r");
        return yield* Effect.flip(journal.open("r"));
      });
      const client = Effect.provideService(SqlClient.SqlClient, sql);
      const refused = yield* Effect.scoped(use).pipe(Effect.provide(layer), client);
      assert.strictEqual(refused._tag, "RunLocked");
    }),
  );

  it.live("opens a run again in the process that had it, when that one has left it", () =>
    Effect.gen(function* () {
      const { journal } = yield* open(yield* Postgres.newSchema);
      yield* journal.open("other");
      yield* Effect.scoped(journal.open("r"));
      assert.strictEqual((yield* journal.open("r")).epoch, 2);
    }),
  );

  it.live("finds damage to a row", () =>
    Effect.gen(function* () {
      const { journal, sql } = yield* open(yield* Postgres.newSchema);
      const writer = yield* journal.open("r");
      for (const task of ["a", "b", "c"]) yield* writer.append([ready(task), ready(task)]);
      yield* sql`UPDATE journal_commit SET body = replace(body, 'b', 'x') WHERE first = 3`;
      const error = yield* Effect.flip(Stream.runCollect(journal.read("r")));
      assert.strictEqual(error.reason, "Damaged");
      assert.include(error.message, "events 3 to 4");
    }),
  );

  it.live("is refused, and left alone, when a later version made it", () =>
    Effect.gen(function* () {
      const schema = yield* Postgres.newSchema;
      const { sql } = yield* open(schema);
      yield* sql`UPDATE journal_format SET version = 8, min_reader = 7`;
      const error = yield* Effect.flip(open(schema));
      assert.isTrue(error instanceof Journal.JournalError && error.reason === "TooNew");
      assert.include(error.message, "format 7");
      assert.deepStrictEqual(yield* sql`SELECT version FROM journal_format`, [{ version: 8 }]);
    }),
  );

  it.live("lets many make the tables at once", () =>
    Effect.gen(function* () {
      const schema = yield* Postgres.newSchema;
      yield* Postgres.client(server.port, schema);
      const journals = yield* Effect.forEach([1, 2, 3, 4], () => opened(schema), {
        concurrency: "unbounded",
      });
      assert.deepStrictEqual(yield* journals[3]!.runs, []);
    }),
  );

  it.live("does not put events into a transaction that its user has open", () =>
    Effect.gen(function* () {
      const { journal, sql } = yield* open(yield* Postgres.newSchema);
      const writer = yield* journal.open("r");
      const undone = Effect.andThen(writer.append([ready("a")]), Effect.fail("undone"));
      yield* Effect.flip(sql.withTransaction(undone));
      assert.strictEqual((yield* Stream.runCollect(journal.read("r"))).length, 1);
    }),
  );
});
