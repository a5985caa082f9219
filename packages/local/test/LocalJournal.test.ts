import * as fs from "node:fs";
import * as path from "node:path";
import { assert, describe, it } from "@effect/vitest";
import type { RunEvent } from "@orchestrator/core";
import { JournalContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../src/LocalJournal.ts";
import { events, files, project, readBack, ready, upTo, write } from "./support/journal.ts";

const big = (task: string, size = 200): RunEvent.RunEvent => ({
  _tag: "AgentRunEnded",
  at: 1,
  task,
  attempt: 1,
  end: { _tag: "Succeeded", output: "ä".repeat(size) },
});

describe("the journal of a project", () => {
  for (const { check, name } of JournalContract.make({
    make: Effect.flatMap(project, (folder) => LocalJournal.make({ folder })),
    store: Effect.map(project, (folder) => LocalJournal.make({ folder })),
  })) {
    it.live(name, () => check);
  }

  for (const { check, name } of JournalContract.make({
    make: Effect.flatMap(project, (folder) => LocalJournal.make({ folder, inlineBytes: 60 })),
  })) {
    it.live(`with all but the smallest events in files: ${name}`, () => check);
  }

  it.live("is for its owner only, and kept out of git", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder, inlineBytes: 100 });
      const writer = yield* journal.open("r");
      yield* writer.append([big("a")]);
      const found = files(folder).map((file) => path.relative(`${folder}/.orchestrator`, file));
      assert.includeMembers(found, ["journal.db", "journal.db-wal", "journal.db-shm"]);
      assert.strictEqual(found.filter((file) => file.startsWith("locks/")).length, 1);
      assert.strictEqual(found.filter((file) => file.startsWith("blobs/")).length, 1);
      assert.strictEqual(fs.readFileSync(`${folder}/.orchestrator/.gitignore`, "utf8"), "*\n");
      for (const file of files(folder)) {
        assert.strictEqual(fs.statSync(file).mode & 0o777, 0o600, file);
        assert.strictEqual(fs.statSync(path.dirname(file)).mode & 0o777, 0o700, file);
      }
    }),
  );

  it.live("shows the one who is refused who has the run", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const first = yield* LocalJournal.make({ folder });
      const second = yield* LocalJournal.make({ folder });
      yield* first.open("r");
      const refused = yield* Effect.flip(second.open("r"));
      assert.strictEqual(refused._tag, "RunLocked");
      assert.include(refused.message, `process ${process.pid} on `);
      yield* second.open("s");
    }),
  );

  it.live("frees a run at once that could not be opened, while the scope goes on", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const [first, second] = [
        yield* LocalJournal.make({ folder }),
        yield* LocalJournal.make({ folder }),
      ];
      const holding = yield* Scope.make();
      yield* Scope.provide(first.open("r"), holding);
      yield* Effect.flip(second.open("r"));
      yield* Scope.close(holding, Exit.void);
      yield* first.open("r");
    }),
  );

  it.live("keeps runs apart whose names differ in case or in what no file name can hold", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder });
      const runs = ["a", "A", "../../up", "\u0000", "\ud800", "\ud801", "x".repeat(5000), ""];
      for (const run of runs) yield* (yield* journal.open(run)).append([ready(run)]);
      assert.deepStrictEqual(yield* journal.runs, runs);
      for (const run of runs) assert.deepStrictEqual(yield* events(journal, run), [ready(run)]);
      const locks = fs.readdirSync(`${folder}/.orchestrator/locks`);
      assert.strictEqual(locks.length, runs.length);
      for (const lock of locks) assert.match(lock, /^[0-9a-f]{32}\.lock$/);
    }),
  );

  it.live("reads a long run in pieces, from anywhere", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      yield* write(folder, "r", 300);
      const journal = yield* LocalJournal.make({ folder });
      for (const from of [1, 2, 255, 256, 257, 258, 599, 600]) {
        const found = yield* Stream.runCollect(journal.read("r", from));
        const expected = upTo(600).slice(from - 1);
        assert.deepStrictEqual(
          found.map(({ sequence }) => sequence),
          expected,
        );
      }
    }),
  );

  it.live("says so when an event cannot be written as JSON, and goes on", () =>
    Effect.gen(function* () {
      const journal = yield* LocalJournal.make({ folder: yield* project });
      const writer = yield* journal.open("r");
      const circular: Record<string, unknown> = {};
      circular["self"] = circular;
      const odd = { ...big("a"), end: circular } as unknown as RunEvent.RunEvent;
      const error = yield* Effect.flip(writer.append([ready("a"), odd]));
      assert.strictEqual(error.reason, "Failed");
      assert.include(error.message, "cannot be written as JSON");
      yield* writer.append([ready("b")]);
      assert.deepStrictEqual(yield* events(journal, "r"), [ready("b")]);
    }),
  );

  it.live("says where it cannot be made", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      fs.writeFileSync(`${folder}/.orchestrator`, "a file");
      const error = yield* Effect.flip(LocalJournal.make({ folder }));
      assert.strictEqual(error.reason, "Failed");
      assert.include(error.message, `${folder}/.orchestrator/journal.db cannot be opened`);
    }),
  );
});

describe("big events", () => {
  it.live("lie in files of their own, each text once", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder, inlineBytes: 400 });
      const writer = yield* journal.open("r");
      const list = [ready("a"), big("a"), ready("b"), big("a"), big("b")];
      yield* writer.append(list);
      yield* writer.append([big("a")]);
      assert.deepStrictEqual(yield* events(journal, "r"), [...list, big("a")]);
      const blobs = files(`${folder}/.orchestrator/blobs`);
      assert.strictEqual(blobs.length, 2);
    }),
  );

  it.live("are measured in bytes", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const size = Buffer.byteLength(JSON.stringify(big("a")));
      const journal = yield* LocalJournal.make({ folder, inlineBytes: size });
      const writer = yield* journal.open("r");
      yield* writer.append([big("a")]);
      assert.isFalse(fs.existsSync(`${folder}/.orchestrator/blobs`));
      yield* writer.append([big("a", 201)]);
      assert.strictEqual(files(`${folder}/.orchestrator/blobs`).length, 1);
    }),
  );

  it.live("are asked for by the names of task and file where they are lost or changed", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const writing = Effect.gen(function* () {
        const journal = yield* LocalJournal.make({ folder, inlineBytes: 100 });
        yield* (yield* journal.open("r")).append([ready("x"), big("the task")]);
      });
      yield* Effect.scoped(writing);
      const [file] = files(`${folder}/.orchestrator/blobs`);
      const text = fs.readFileSync(file!, "utf8");
      fs.writeFileSync(file!, text.replace("ä", "a"));
      const changed = yield* Effect.flip(readBack(folder, "r"));
      assert.strictEqual(changed.reason, "Damaged");
      assert.include(changed.message, "event 2 (AgentRunEnded of the task the task)");
      assert.include(changed.message, file!);
      fs.rmSync(file!);
      const missing = yield* Effect.flip(readBack(folder, "r"));
      assert.strictEqual(missing.reason, "Damaged");
      assert.include(missing.message, `${file!}, which is missing`);
    }),
  );

  it.live("fail an append that cannot store them, and that one only", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder, inlineBytes: 100 });
      const [writer, other] = [yield* journal.open("r"), yield* journal.open("s")];
      fs.writeFileSync(`${folder}/.orchestrator/blobs`, "a file");
      const [failed, kept] = yield* Effect.all(
        [Effect.exit(writer.append([big("a")])), Effect.exit(other.append([ready("b")]))],
        { concurrency: "unbounded" },
      );
      assert.isTrue(Exit.isFailure(failed));
      assert.isTrue(Exit.isSuccess(kept));
      assert.deepStrictEqual(yield* events(journal, "r"), []);
      assert.deepStrictEqual(yield* events(journal, "s"), [ready("b")]);
    }),
  );
});

describe("a journal that is only read", () => {
  it.live("makes nothing where there is none, and sees one that is made later", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder, readOnly: true });
      assert.deepStrictEqual(yield* journal.runs, []);
      assert.deepStrictEqual(yield* events(journal, "r"), []);
      assert.deepStrictEqual(fs.readdirSync(folder), []);
      yield* write(folder, "r", 2);
      assert.deepStrictEqual(yield* journal.runs, ["r"]);
      assert.strictEqual((yield* events(journal, "r")).length, 4);
    }),
  );

  it.live("opens no run", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder, readOnly: true });
      for (const _ of ["without a database", "with one"]) {
        const error = yield* Effect.flip(Effect.scoped(journal.open("r")));
        assert.strictEqual(error._tag, "JournalError");
        assert.include(error.message, "for reading only");
        yield* write(folder, "r", 1);
      }
    }),
  );
});
