import * as fs from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import type { RunEvent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as LocalJournal from "../src/LocalJournal.ts";
import { events, project, readBack, ready, snapshot, tamper, write } from "./support/journal.ts";

/** What is done to a run of twenty events in ten commits, and what is said about it. */
const changes: ReadonlyArray<readonly [string, string, string | RegExp]> = [
  [
    "a changed event",
    "UPDATE journal_commit SET body = replace(body, 'task-3', 'task-4') WHERE first = 5",
    /events 5 to 6 .*expected the SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
  ],
  [
    "a changed hash",
    "UPDATE journal_commit SET hash = 'g' || substr(hash, 2) WHERE first = 7",
    /events 7 to 8 .*expected the SHA-256 g[0-9a-f]{63}, found [0-9a-f]{64}/,
  ],
  ["a changed epoch", "UPDATE journal_commit SET epoch = 2 WHERE first = 9", "events 9 to 10"],
  [
    "a changed time",
    "UPDATE journal_commit SET wall_millis = wall_millis + 1 WHERE first = 1",
    "events 1 to 2",
  ],
  [
    "a removed commit",
    "DELETE FROM journal_commit WHERE first IN (5, 7)",
    "events 5 to 8 are missing",
  ],
  [
    "a removed first commit",
    "DELETE FROM journal_commit WHERE first = 1",
    "events 1 to 2 are missing",
  ],
  [
    "exchanged commits",
    "UPDATE journal_commit SET body = (SELECT body FROM journal_commit WHERE first = 5) WHERE first = 3",
    "events 3 to 4",
  ],
  [
    "a commit that is there twice",
    `INSERT INTO journal_commit SELECT id + 1, run, 4, 4, epoch, wall_millis, monotonic_millis, hash, body
     FROM journal_commit WHERE first = 3`,
    "event 4 is where event 5 was expected",
  ],
];

describe("a damaged journal", () => {
  for (const [what, sql, says] of changes) {
    it.live(`is refused for ${what}, with the run and the events`, () =>
      Effect.gen(function* () {
        const folder = yield* project;
        yield* write(folder, "the run", 10);
        yield* write(folder, "other", 10);
        // Of two runs, only the first one is changed.
        tamper(folder, `${sql} AND run = 1`);
        const error = yield* Effect.flip(readBack(folder, "the run"));
        assert.strictEqual(error.reason, "Damaged");
        assert.include(error.message, "the run the run");
        assert.include(error.message, LocalJournal.databaseOf(folder));
        if (typeof says === "string") assert.include(error.message, says);
        else assert.match(error.message, says);
        assert.strictEqual((yield* readBack(folder, "other")).length, 20);
      }),
    );
  }

  for (const [what, sql, says] of [
    [
      "whose last commit is gone",
      "DELETE FROM journal_commit WHERE first = 19",
      "19 to 20 are missing",
    ],
    [
      "that is said to be longer",
      "UPDATE journal_run SET last = 30",
      "events 21 to 30 are missing",
    ],
    [
      "that is said to end otherwise",
      "UPDATE journal_run SET hash = '0'",
      "expected the SHA-256 0",
    ],
    [
      "that is said to be shorter",
      "UPDATE journal_run SET last = 18",
      "18 events by its own account",
    ],
    ["that is said to be empty", "UPDATE journal_run SET last = 0", "0 events by its own account"],
  ] as const) {
    it.live(`does not go on with a run ${what}`, () =>
      Effect.gen(function* () {
        const folder = yield* project;
        yield* write(folder, "r", 10);
        tamper(folder, sql);
        const journal = yield* LocalJournal.make({ folder });
        const refused = yield* Effect.flip(journal.open("r"));
        assert.isTrue(refused._tag === "JournalError" && refused.reason === "Damaged");
        assert.include(refused.message, says);
        yield* journal.open("s");
      }),
    );
  }

  it.live("is refused when its end is gone, also by those who only read", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 10);
      tamper(folder, "DELETE FROM journal_commit WHERE first >= 17");
      const error = yield* Effect.flip(readBack(folder, "r"));
      assert.strictEqual(error.reason, "Damaged");
      assert.include(error.message, "events 17 to 20 are missing");
    }),
  );

  for (const [what, damage] of [
    ["cut in half", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ["cut in the middle of a page", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1000)],
    ["emptied", () => Buffer.alloc(0)],
    ["overwritten with text", () => Buffer.from("no database".repeat(1000))],
  ] as const) {
    it.live(`is refused when its file was ${what}, and left as it is`, () =>
      Effect.gen(function* () {
        const folder = yield* project;
        yield* write(folder, "r", 200);
        const file = LocalJournal.databaseOf(folder);
        fs.writeFileSync(file, damage(fs.readFileSync(file)));
        const before = snapshot(folder)[file];
        const error = yield* Effect.flip(readBack(folder, "r"));
        assert.strictEqual(error.reason, "Damaged");
        assert.include(error.message, file);
        assert.strictEqual(snapshot(folder)[file], before);
      }),
    );
  }

  it.live("is not taken for a new one when only its log is left", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const file = LocalJournal.databaseOf(folder);
      const journal = yield* LocalJournal.make({ folder });
      yield* (yield* journal.open("r")).append([ready("a")]);
      const log = fs.readFileSync(`${file}-wal`);
      const other = yield* project;
      fs.cpSync(`${folder}/.orchestrator`, `${other}/.orchestrator`, { recursive: true });
      fs.rmSync(LocalJournal.databaseOf(other));
      const error = yield* Effect.flip(LocalJournal.make({ folder: other }));
      assert.strictEqual(error.reason, "Damaged");
      assert.deepStrictEqual(fs.readFileSync(`${LocalJournal.databaseOf(other)}-wal`), log);
    }),
  );

  it.live("answers as ever or not at all, whichever byte of its file is flipped", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 3);
      const file = LocalJournal.databaseOf(folder);
      const written = fs.readFileSync(file);
      const whole = yield* readBack(folder, "r");
      let refusals = 0;
      // Steps of no particular length, so that every kind of place is met.
      for (let offset = 0; offset < written.length; offset += offset < 100 ? 1 : 97) {
        const bytes = Buffer.from(written);
        bytes[offset]! ^= 1 << (offset % 8);
        fs.writeFileSync(file, bytes);
        const found = yield* Effect.result(readBack(folder, "r"));
        if (Result.isSuccess(found)) assert.deepStrictEqual(found.success, whole, `byte ${offset}`);
        else assert.strictEqual(found.failure.reason, "Damaged", `byte ${offset}`);
        if (Result.isFailure(found)) refusals++;
      }
      assert.isAbove(refusals, 20);
    }),
  );

  it.live("never answers with something else, whichever byte of an event is flipped", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 3);
      const file = LocalJournal.databaseOf(folder);
      const written = fs.readFileSync(file);
      const at = written.indexOf('"task":"task-2"') - 30;
      for (let offset = at; offset < at + 120; offset += 3) {
        const bytes = Buffer.from(written);
        bytes[offset]! ^= 0x01;
        fs.writeFileSync(file, bytes);
        const error = yield* Effect.flip(readBack(folder, "r"));
        assert.strictEqual(error.reason, "Damaged", `byte ${offset}`);
      }
      fs.writeFileSync(file, written);
      assert.strictEqual((yield* readBack(folder, "r")).length, 6);
    }),
  );
});

describe("a journal of a later version", () => {
  it.live("is refused without a change to any file", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 2);
      tamper(folder, "UPDATE journal_format SET version = 9, min_reader = 8");
      const before = snapshot(folder);
      for (const readOnly of [false, true]) {
        const use = Effect.flatMap(LocalJournal.make({ folder, readOnly }), ({ runs }) => runs);
        const error = yield* Effect.flip(Effect.scoped(use));
        assert.strictEqual(error.reason, "TooNew");
        assert.include(error.message, "needs a program that reads format 8");
      }
      assert.deepStrictEqual(snapshot(folder), before);
    }),
  );

  it.live("is not called damaged by a program that had it open before", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 2);
      const journal = yield* LocalJournal.make({ folder });
      const writer = yield* journal.open("s");
      tamper(folder, "UPDATE journal_format SET version = 9, min_reader = 8");
      tamper(folder, "UPDATE journal_commit SET body = 'of another form' WHERE run = 1");
      const error = yield* Effect.flip(events(journal, "r"));
      assert.strictEqual(error.reason, "TooNew");
      assert.include(error.message, "needs a program that reads format 8");
      yield* writer.append([ready("a")]);
      assert.deepStrictEqual(yield* events(journal, "s"), [ready("a")]);
    }),
  );

  it.live("is used where the later version says that this one may", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 2);
      tamper(folder, "UPDATE journal_format SET version = 9");
      yield* write(folder, "r", 2);
      assert.strictEqual((yield* readBack(folder, "r")).length, 8);
    }),
  );

  it.live("is refused when it has an event of a kind that is not known", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const unknown = { _tag: "Teleported", at: 1 } as unknown as RunEvent.RunEvent;
      const writing = Effect.gen(function* () {
        const journal = yield* LocalJournal.make({ folder });
        yield* (yield* journal.open("r")).append([ready("a"), unknown]);
      });
      yield* Effect.scoped(writing);
      const error = yield* Effect.flip(readBack(folder, "r"));
      assert.strictEqual(error.reason, "TooNew");
      assert.include(error.message, 'event 2 is of the kind "Teleported"');
    }),
  );
});
