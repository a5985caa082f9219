import { assert, describe, it } from "@effect/vitest";
import type { Journal } from "@orchestrator/core";
import { BlobError, type BlobStore } from "@orchestrator/core/BlobStore";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as Scope from "effect/Scope";
import { explain } from "../src/internal/sqliteProblem.ts";
import * as SqliteClient from "../src/SqliteClient.ts";
import { events, project, ready, sha256, upTo } from "./support/journal.ts";

/** A journal without a lock: whoever opens a run takes it over. */
const open = Effect.fnUntraced(function* (
  filename: string,
  options: Partial<SqlJournal.Options> = {},
) {
  const sql = yield* Effect.provide(SqliteClient.make({ filename }), Reactivity.layer);
  const journal = yield* SqlJournal.make({
    sql,
    sha256,
    lock: () => Effect.void,
    holder: { pid: 1, host: "here" },
    where: filename,
    explain: explain(filename),
    ...options,
  });
  return { sql, journal };
});

const together = { concurrency: "unbounded" } as const;

describe("appends that share a transaction", () => {
  it.live("fail alone when their run was taken over", () =>
    Effect.gen(function* () {
      const filename = `${yield* project}/test.db`;
      const { journal } = yield* open(filename);
      const [overtaken, other] = [yield* journal.open("r"), yield* journal.open("s")];
      const successor = yield* journal.open("r");
      yield* successor.append([ready("kept")]);
      const exits = yield* Effect.all(
        [
          Effect.exit(other.append([ready("1")])),
          Effect.exit(overtaken.append([ready("lost")])),
          Effect.exit(other.append([ready("2")])),
          Effect.exit(successor.append([ready("kept too")])),
        ],
        together,
      );
      assert.deepStrictEqual(
        exits.map(({ _tag }) => _tag),
        ["Success", "Failure", "Success", "Success"],
      );
      assert.deepStrictEqual(yield* events(journal, "r"), [ready("kept"), ready("kept too")]);
      assert.deepStrictEqual(yield* events(journal, "s"), [ready("1"), ready("2")]);
    }),
  );

  it.live("are one commit to the disk for all runs of a process", () =>
    Effect.gen(function* () {
      const { journal, sql } = yield* open(`${yield* project}/test.db`);
      const writers = yield* Effect.forEach(upTo(20), (number) => journal.open(`r${number}`));
      yield* sql`CREATE TABLE seen (first INTEGER)`;
      const before = yield* sql`PRAGMA wal_checkpoint(TRUNCATE)`.values;
      assert.deepStrictEqual(before[0]?.[0], 0);
      yield* Effect.forEach(writers, (writer) => writer.append([ready("a")]), together);
      const shared = Number((yield* sql`PRAGMA wal_checkpoint(PASSIVE)`.values)[0]?.[1]);
      yield* sql`PRAGMA wal_checkpoint(TRUNCATE)`;
      for (const writer of writers) yield* writer.append([ready("b")]);
      const alone = Number((yield* sql`PRAGMA wal_checkpoint(PASSIVE)`.values)[0]?.[1]);
      // Every commit writes at least the page of the runs and one of commits.
      assert.isAtLeast(alone, 40);
      assert.isAtMost(shared, 20);
      for (const writer of writers) {
        assert.deepStrictEqual(yield* events(journal, writer.run), [ready("a"), ready("b")]);
      }
    }),
  );

  it.live("go each their own way when one of them breaks the transaction", () =>
    Effect.gen(function* () {
      const { journal, sql } = yield* open(`${yield* project}/test.db`);
      const [good, bad] = [yield* journal.open("good"), yield* journal.open("bad")];
      yield* sql`CREATE TRIGGER refuse BEFORE INSERT ON journal_commit
        WHEN NEW.body LIKE '%poison%' BEGIN SELECT RAISE(ABORT, 'the database refuses it'); END`;
      const exits = yield* Effect.all(
        [
          Effect.exit(good.append([ready("1")])),
          Effect.exit(bad.append([ready("poison")])),
          Effect.exit(good.append([ready("2")])),
        ],
        together,
      );
      assert.deepStrictEqual(
        exits.map(({ _tag }) => _tag),
        ["Success", "Failure", "Success"],
      );
      const error = yield* Effect.flip(bad.append([ready("poison")]));
      assert.strictEqual(error.reason, "Failed");
      assert.include(error.message, "the database refuses it");
      yield* bad.append([ready("3")]);
      assert.deepStrictEqual(yield* events(journal, "good"), [ready("1"), ready("2")]);
      assert.deepStrictEqual(yield* events(journal, "bad"), [ready("3")]);
    }),
  );
});

describe("an append of the only run that is open", () => {
  it.live("adds nothing once another process has taken the run over", () =>
    Effect.gen(function* () {
      const filename = `${yield* project}/test.db`;
      const [{ journal }, other] = [yield* open(filename), yield* open(filename)];
      const overtaken = yield* journal.open("r");
      yield* overtaken.append([ready("1")]);
      const successor = yield* other.journal.open("r");
      for (const given of [[ready("lost")], [ready("lost"), ready("too")], []]) {
        assert.strictEqual((yield* Effect.flip(overtaken.append(given))).reason, "Lost");
      }
      yield* successor.append([ready("2")]);
      assert.deepStrictEqual(yield* events(journal, "r"), [ready("1"), ready("2")]);
    }),
  );

  it.live("is not undone with a transaction that somebody left open", () =>
    Effect.gen(function* () {
      const filename = `${yield* project}/test.db`;
      const { journal, sql } = yield* open(filename);
      const writer = yield* journal.open("r");
      yield* sql`BEGIN`;
      yield* sql`CREATE TABLE left_over (id INTEGER)`;
      yield* writer.append([ready("a")]);
      const other = yield* open(filename);
      assert.deepStrictEqual(yield* events(other.journal, "r"), [ready("a")]);
      yield* Effect.flip(other.sql`SELECT * FROM left_over`);
    }),
  );

  it.live("leaves nothing of itself in the database but its commit", () =>
    Effect.gen(function* () {
      const filename = `${yield* project}/test.db`;
      const { journal } = yield* open(filename);
      yield* (yield* journal.open("r")).append([ready("a")]);
      const { sql } = yield* open(filename);
      const made = yield* sql`SELECT name FROM sqlite_master WHERE type <> 'index' ORDER BY name`;
      assert.deepStrictEqual(
        made.map(({ name }) => name),
        ["journal_commit", "journal_format", "journal_run"],
      );
    }),
  );
});

describe("an append whose answer was lost", () => {
  /** Commits what it is asked to, and fails then. */
  const deafened = (present: SqlJournal.Present): SqlJournal.Present => {
    const lose = (): never => {
      throw new Error("the disk did not answer");
    };
    let isCommitting = true;
    return {
      ...present,
      change: (text, parameters) => {
        const changed = present.change(text, parameters);
        return isCommitting ? lose() : changed;
      },
      transaction: (use) => {
        isCommitting = false;
        present.transaction(use);
        return lose();
      },
    };
  };

  /** A journal whose database can do what it is asked without saying so. */
  const openDeaf = Effect.gen(function* () {
    const filename = `${yield* project}/test.db`;
    const sql = yield* Effect.provide(SqliteClient.make({ filename }), Reactivity.layer);
    const answering = sql.atOnce;
    let isDeaf = false;
    sql.atOnce = (use) => answering((present) => use(isDeaf ? deafened(present) : present));
    const appendDeaf = (writer: Journal.JournalWriter, task: string) => {
      const failing = Effect.flip(writer.append([ready(task)]));
      const setDeaf = (value: boolean) => Effect.sync(() => void (isDeaf = value));
      return Effect.andThen(setDeaf(true), Effect.ensuring(failing, setDeaf(false)));
    };
    return { ...(yield* open(filename, { sql })), appendDeaf };
  });

  for (const others of [0, 1]) {
    it.live(`is not followed by another one of its writer, with ${others} other runs open`, () =>
      Effect.gen(function* () {
        const { appendDeaf, journal } = yield* openDeaf;
        for (const number of upTo(others)) yield* journal.open(`other-${number}`);
        const scope = yield* Scope.make();
        const writer = yield* Scope.provide(journal.open("r"), scope);
        yield* writer.append([ready("a")]);
        assert.strictEqual((yield* appendDeaf(writer, "stored")).reason, "Failed");
        for (const task of ["b", "c"]) {
          const error = yield* Effect.flip(writer.append([ready(task)]));
          assert.strictEqual(error.reason, "Unclear");
          assert.include(error.message, "does not know where the run r ends");
          assert.include(error.message, "Resume the run");
        }
        yield* writer.append([]);
        assert.deepStrictEqual(yield* events(journal, "r"), [ready("a"), ready("stored")]);
        yield* Scope.close(scope, Exit.void);
        assert.strictEqual((yield* Effect.flip(writer.append([ready("b")]))).reason, "Lost");
        const next = yield* journal.open("r");
        assert.strictEqual(next.last, 2);
        yield* next.append([ready("d")]);
      }),
    );
  }

  it.live("tells its writer that the run was taken over, if it was", () =>
    Effect.gen(function* () {
      const { appendDeaf, journal } = yield* openDeaf;
      const writer = yield* journal.open("r");
      yield* appendDeaf(writer, "stored");
      yield* journal.open("r");
      assert.strictEqual((yield* Effect.flip(writer.append([ready("b")]))).reason, "Lost");
    }),
  );
});

describe("an append that waits", () => {
  /** Blobs that take until somebody opens the door. */
  const slowBlobs = Effect.gen(function* () {
    const [asked, door] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()];
    const blobs: BlobStore = {
      put: () => Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(door)),
      get: (hash) => Effect.fail(new BlobError({ hash, message: "not kept" })),
      where: (hash) => hash,
    };
    return { blobs, asked: Deferred.await(asked), open: Deferred.succeed(door, undefined) };
  });

  it.live("records nothing when it is interrupted, and holds nobody up", () =>
    Effect.gen(function* () {
      const slow = yield* slowBlobs;
      const options = { blobs: slow.blobs, inlineBytes: 100 };
      const { journal } = yield* open(`${yield* project}/test.db`, options);
      const [first, second] = [yield* journal.open("r"), yield* journal.open("s")];
      const big = yield* Effect.forkChild(first.append([ready("b".repeat(1000))]));
      yield* slow.asked;
      const waiting = yield* Effect.forkChild(second.append([ready("interrupted")]));
      const next = yield* Effect.forkChild(second.append([ready("next")]));
      yield* Effect.yieldNow;
      yield* Fiber.interrupt(waiting);
      yield* slow.open;
      yield* Fiber.join(big);
      yield* Fiber.join(next);
      assert.deepStrictEqual(yield* events(journal, "s"), [ready("next")]);
    }),
  );

  it.live("is in the journal before its writer gives the run up", () =>
    Effect.gen(function* () {
      const slow = yield* slowBlobs;
      const options = { blobs: slow.blobs, inlineBytes: 100 };
      const { journal } = yield* open(`${yield* project}/test.db`, options);
      const own = yield* Scope.make();
      const writer = yield* Scope.provide(journal.open("r"), own);
      const big = yield* Effect.forkChild(writer.append([ready("b".repeat(1000))]));
      yield* slow.asked;
      const closing = yield* Effect.forkChild(Scope.close(own, Exit.void));
      yield* Effect.yieldNow;
      assert.isUndefined(closing.pollUnsafe());
      yield* slow.open;
      yield* Fiber.join(closing);
      yield* Fiber.join(big);
      assert.strictEqual((yield* journal.open("r")).last, 1);
    }),
  );
});

describe("a full disk", () => {
  it.live("fails the append and nothing else, and the run goes on when there is room", () =>
    Effect.gen(function* () {
      const { journal, sql } = yield* open(`${yield* project}/test.db`);
      const writer = yield* journal.open("r");
      yield* writer.append([ready("a")]);
      const [[pages]] = (yield* sql`PRAGMA page_count`.values) as [[number]];
      yield* sql.unsafe(`PRAGMA max_page_count = ${pages}`);
      const error = yield* Effect.flip(writer.append([ready("b".repeat(100_000))]));
      assert.strictEqual(error.reason, "Failed");
      assert.include(error.message, "Check that the disk has room");
      assert.deepStrictEqual(yield* events(journal, "r"), [ready("a")]);
      yield* sql`PRAGMA max_page_count = 100000`;
      yield* writer.append([ready("c")]);
      assert.deepStrictEqual(yield* events(journal, "r"), [ready("a"), ready("c")]);
    }),
  );
});
