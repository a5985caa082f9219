import * as fs from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as SqlClient from "effect/sql/SqlClient";
import * as Stream from "effect/Stream";
import * as SqliteClient from "../src/SqliteClient.ts";
import { project, upTo } from "./support/journal.ts";

const open = Effect.fnUntraced(function* (options: Partial<SqliteClient.Options> = {}) {
  const filename = options.filename ?? `${yield* project}/test.db`;
  const made = SqliteClient.make({ ...options, filename });
  return { filename, sql: yield* Effect.provide(made, Reactivity.layer) };
});

const filled = Effect.fnUntraced(function* (rows: number) {
  const opened = yield* open();
  yield* opened.sql`CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)`;
  const { sql } = opened;
  const insert = (id: number) => sql`INSERT INTO t ${sql.insert({ id, name: `n${id}` })}`;
  yield* sql.withTransaction(Effect.forEach(upTo(rows), insert, { discard: true }));
  return opened;
});

describe("SqliteClient", () => {
  it.live("writes ahead and waits for the disk", () =>
    Effect.gen(function* () {
      const { sql } = yield* open();
      assert.deepStrictEqual(yield* sql`PRAGMA journal_mode`, [{ journal_mode: "wal" }]);
      assert.deepStrictEqual(yield* sql`PRAGMA synchronous`, [{ synchronous: 2 }]);
    }),
  );

  it.live("gives rows, values, raw changes and big integers as they are asked for", () =>
    Effect.gen(function* () {
      const { sql } = yield* filled(2);
      const select = sql`SELECT id, name FROM t ORDER BY id`;
      const rows = [
        { id: 1, name: "n1" },
        { id: 2, name: "n2" },
      ];
      const plain = (found: ReadonlyArray<object>) => found.map((row) => ({ ...row }));
      assert.deepStrictEqual(plain(yield* select), rows);
      assert.deepStrictEqual(yield* select.values, [
        [1, "n1"],
        [2, "n2"],
      ]);
      assert.deepStrictEqual(plain(yield* select), rows);
      const big = Effect.provideService(select.values, SqlClient.SafeIntegers, true);
      assert.deepStrictEqual((yield* big)[0], [1n, "n1"]);
      assert.deepStrictEqual(plain(yield* select.unprepared), rows);
      const changed = (yield* sql`UPDATE t SET name = name || 'x'`.raw) as { changes: number };
      assert.strictEqual(changed.changes, 2);
    }),
  );

  it.live("undoes a transaction that fails, and takes the next one", () =>
    Effect.gen(function* () {
      const { sql } = yield* filled(1);
      const insert = sql`INSERT INTO t (id, name) VALUES (2, 'b')`;
      const undone = sql.withTransaction(Effect.andThen(insert, Effect.fail("no")));
      assert.strictEqual(yield* Effect.flip(undone), "no");
      yield* sql.withTransaction(insert);
      assert.deepStrictEqual(yield* sql`SELECT count(*) FROM t`.values, [[2]]);
    }),
  );

  it.live("streams more rows than it holds at once, and stops where the reader does", () =>
    Effect.gen(function* () {
      const { sql } = yield* filled(1000);
      const all = yield* Stream.runCollect(sql`SELECT id FROM t ORDER BY id`.stream);
      assert.strictEqual(all.length, 1000);
      const some = yield* Stream.runCollect(
        Stream.take(sql<{ id: number }>`SELECT id FROM t ORDER BY id`.stream, 3),
      );
      assert.deepStrictEqual(
        some.map(({ id }) => id),
        [1, 2, 3],
      );
      yield* sql`DROP TABLE t`;
    }),
  );

  it.live("fails a stream of a statement that is wrong", () =>
    Effect.gen(function* () {
      const { sql } = yield* open();
      const error = yield* Effect.flip(Stream.runCollect(sql`SELECT * FROM nowhere`.stream));
      assert.include(error.message, "no such table: nowhere");
    }),
  );

  it.live("tells a broken rule from a lock and from a file that is no database", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* filled(1);
      const twice = yield* Effect.flip(sql`INSERT INTO t (id, name) VALUES (3, 'n1')`);
      assert.strictEqual(twice.reason._tag, "UniqueViolation");
      const other = (yield* open({ filename, busyTimeoutMillis: 1 })).sql;
      const locked = yield* Effect.flip(sql.withTransaction(other`DELETE FROM t`));
      assert.strictEqual(locked.reason._tag, "LockTimeoutError");
      assert.strictEqual(SqliteClient.resultCode(locked), 5);
      fs.writeFileSync(`${filename}.txt`, "no database".repeat(1000));
      const wrong = yield* Effect.flip(open({ filename: `${filename}.txt` }));
      assert.strictEqual(SqliteClient.resultCode(wrong), 26);
    }),
  );

  it.live("changes nothing when it only reads", () =>
    Effect.gen(function* () {
      const { filename } = yield* filled(1);
      const { sql } = yield* open({ filename, readOnly: true });
      assert.deepStrictEqual(yield* sql`SELECT count(*) FROM t`.values, [[1]]);
      const error = yield* Effect.flip(sql`DELETE FROM t`);
      assert.include(error.message, "readonly database");
      const absent = `${yield* project}/absent.db`;
      yield* Effect.flip(open({ filename: absent, readOnly: true }));
      assert.isFalse(fs.existsSync(absent));
    }),
  );
});
