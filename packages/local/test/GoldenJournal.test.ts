import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { assert, describe, it } from "@effect/vitest";
import { RunEvent, RunState } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../src/LocalJournal.ts";
import { summary } from "./support/golden.ts";
import { events, project, ready } from "./support/journal.ts";

interface Expected {
  readonly "every kind": ReadonlyArray<RunEvent.RunEvent>;
  readonly "short run": ReadonlyArray<RunEvent.RunEvent>;
  readonly state: ReturnType<typeof summary>;
}

const golden = path.join(import.meta.dirname, "golden");
const formats = fs.readdirSync(golden).filter((name) => name.startsWith("format-"));

const expectedOf = (format: string) =>
  JSON.parse(fs.readFileSync(path.join(golden, format, "expected.json"), "utf8")) as Expected;

/** A project with a copy of a golden journal. */
const copied = Effect.fnUntraced(function* (format: string) {
  const folder = yield* project;
  const root = path.join(folder, ".orchestrator");
  fs.mkdirSync(root);
  for (const name of ["journal.db", "blobs"]) {
    fs.cpSync(path.join(golden, format, name), path.join(root, name), { recursive: true });
  }
  return folder;
});

const opened = (format: string) =>
  Effect.flatMap(copied(format), (folder) => LocalJournal.make({ folder }));

/** Which programs can use the journal of a project. */
const marked = (folder: string) => {
  const database = new DatabaseSync(LocalJournal.databaseOf(folder), { readOnly: true });
  const row = database.prepare("SELECT version, min_reader FROM journal_format").get();
  database.close();
  return { ...row };
};

describe("golden journals", () => {
  it("are there for the format that is written now", () => {
    assert.include(formats, `format-${SqlJournal.formatVersion}`);
  });

  it.live("are closed to older programs by whoever may write, not by those who read", () =>
    Effect.gen(function* () {
      const folder = yield* copied("format-1");
      const read = LocalJournal.make({ folder, readOnly: true });
      yield* Effect.scoped(Effect.flatMap(read, (journal) => events(journal, "every kind")));
      assert.deepStrictEqual(marked(folder), { version: 1, min_reader: 1 });
      yield* Effect.scoped(LocalJournal.make({ folder }));
      assert.deepStrictEqual(marked(folder), { version: SqlJournal.formatVersion, min_reader: 2 });
    }),
  );

  for (const format of formats) {
    const expected = expectedOf(format);

    it.live(`of ${format} give every event back as it was written`, () =>
      Effect.gen(function* () {
        const journal = yield* opened(format);
        assert.deepStrictEqual(yield* journal.runs, ["short run", "every kind"]);
        for (const run of ["every kind", "short run"] as const) {
          assert.deepStrictEqual(yield* events(journal, run), expected[run]);
        }
      }),
    );

    it(`of ${format} hold events that are valid now`, () => {
      const valid = Schema.decodeUnknownSync(Schema.Array(RunEvent.RunEvent));
      for (const run of ["every kind", "short run"] as const) {
        assert.deepStrictEqual(valid(expected[run]), expected[run]);
      }
    });

    it.live(`of ${format} fold to the state that the run had`, () =>
      Effect.gen(function* () {
        const journal = yield* opened(format);
        const state = RunState.RunState.fold(yield* events(journal, "short run"));
        assert.deepStrictEqual(JSON.parse(JSON.stringify(summary(state))), expected.state);
      }),
    );

    it.live(`of ${format} can be gone on with`, () =>
      Effect.gen(function* () {
        const journal = yield* opened(format);
        const writer = yield* journal.open("short run");
        assert.deepStrictEqual([writer.epoch, writer.last], [3, expected["short run"].length]);
        yield* writer.append([ready("build")]);
        const found = yield* Stream.runCollect(journal.read("short run"));
        const epochs = new Set(found.map(({ epoch }) => epoch));
        assert.deepStrictEqual([...epochs], [1, 2, 3]);
      }),
    );
  }
});
