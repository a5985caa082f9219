import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Journals from "./support/Journals.ts";

const evil = "e\u001b[2Jvil\u202eplan";

describe("orchestrator runs", () => {
  it.live("lists the runs of the project from any folder below it, the newest first", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const suspended = { _tag: "RunSuspended", at: 1, message: "left" } as const;
      yield* Journals.write(folder.path, "r1", [
        ...Journals.begun("r1"),
        Journals.ended("succeeded"),
      ]);
      yield* Journals.write(folder.path, "r2", [...Journals.begun("r2"), suspended]);
      yield* Journals.write(folder.path, "r3", Journals.begun("r3"));
      yield* Journals.open(folder.path, "r4", Journals.begun("r4"));
      mkdirSync(folder.file("sub/folder"), { recursive: true });
      const { code, error, out } = yield* folder.in("sub/folder").run("runs");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const rows = out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/\s+/));
      expect(rows[0]).toEqual(["RUN", "STATE", "AGE", "DONE", "FAIL", "OPEN", "OF", "PLAN"]);
      const without = (row: ReadonlyArray<string>, column: string) =>
        row.filter((one) => one !== column);
      expect(without(rows[1]!, "0s").slice(0, 3)).toEqual(["r4", "pid", String(process.pid)]);
      expect(rows.slice(2).map(([run, state]) => [run, state])).toEqual([
        ["r3", "interrupted"],
        ["r2", "suspended"],
        ["r1", "succeeded"],
      ]);
      expect(rows[2]!.slice(3)).toEqual(["1", "0", "2", "3", "shop"]);
    }),
  );

  it.live("gives programs one array, with as many runs as they want", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      for (const run of ["r1", "r2", "r3"]) {
        yield* Journals.write(folder.path, run, [...Journals.begun(run), Journals.ended("failed")]);
      }
      const { code, out } = yield* folder.run("runs", "--json", "--limit", "2");
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject([
        { run: "r3", status: "failed", holder: null, total: 3, succeeded: 1, waiting: 2 },
        { run: "r2", status: "failed" },
      ]);
      expect((yield* folder.run("runs", "-n", "1")).out).toMatch(
        /\n… and 2 older: --limit 3 shows all\n$/,
      );
    }),
  );

  it.live("prints nothing of a plan's name that acts on a terminal", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const [first, ...rest] = Journals.begun("r1");
      const named = { ...first!, plan: evil } as typeof first & object;
      yield* Journals.write(folder.path, "r1", [named, ...rest]);
      const { out } = yield* folder.run("runs");
      expect(out).toContain("evil\ufffdplan");
      expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    }),
  );

  it.live("names a damaged run, lists the others and ends with 65", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      yield* Journals.write(folder.path, "r2", Journals.begun("r2"));
      const database = new DatabaseSync(folder.file(".orchestrator/journal.db"));
      database.exec("UPDATE journal_commit SET body = replace(body, 'shop', 'shap') WHERE run = 1");
      database.close();
      const { code, error, out } = yield* folder.run("runs");
      expect(out).toMatch(/\nr2 +interrupted[^]*\nr1 +damaged /);
      expect(error).toMatch(/cannot be trusted about the run r1: events 1 to 7 /);
      expect(code).toBe(65);
    }),
  );

  it.live("leaves a journal of a later version alone and ends with 78", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      const database = new DatabaseSync(folder.file(".orchestrator/journal.db"));
      database.exec("UPDATE journal_format SET version = 99, min_reader = 99");
      database.close();
      const { code, error, out } = yield* folder.run("runs");
      expect({ code, out }).toEqual({ code: 78, out: "" });
      expect(error).toContain("it needs a program that reads format 99");
    }),
  );

  it.live("hints at folders of runs that the journal does not know, on standard error", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      for (const name of ["r1", "r2", "r3"]) {
        mkdirSync(folder.file(`.orchestrator/runs/${name}`), { recursive: true });
      }
      const hint =
        "warning: 2 run folders are not in the journal: was journal.db-wal lost? See orchestrator gc --orphans\n";
      const { code, error } = yield* folder.run("runs");
      expect({ code, error }).toEqual({ code: 0, error: hint });
      const resumed = yield* folder.run("resume", "r2");
      expect(resumed.code).toBe(66);
      expect(resumed.error).toContain(hint);
    }),
  );

  it.live("says what to do where no run was ever started, and makes nothing", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, error, out } = yield* folder.run("runs");
      expect({ code, out }).toEqual({ code: 66, out: "" });
      expect(error).toMatch(/^error: there are no runs in .*Run a plan first/);
      expect(yield* folder.names()).toEqual([]);
    }),
  );
});
