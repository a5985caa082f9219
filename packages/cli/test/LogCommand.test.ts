import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Journals from "./support/Journals.ts";
import * as Scene from "./support/Scene.ts";

describe("orchestrator log", () => {
  it.live("tells the latest run in the words of the run itself", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      yield* Journals.write(folder.path, "r2", [
        ...Journals.begun("r2"),
        ...Scene.failed("b", "bo\u001b[2Jom"),
      ]);
      const { code, error, out } = yield* folder.run("log");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toMatch(/• run r2 of shop[^]*✓ a succeeded[^]*✗ b failed after 7\.0s: boom\n/);
      const one = yield* folder.run("log", "r1", "--task", "a");
      expect(one.out).toMatch(/^.*• 3 tasks in the plan\n.*a started.*\n.*a succeeded.*\n$/);
    }),
  );

  it.live("gives programs a line of JSON per event, from any of them on", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      const { out } = yield* folder.run("log", "--format", "ndjson", "--from", "2");
      const entries = Command.entries(out);
      expect(entries.map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5, 6, 7]);
      expect(entries[0]).toMatchObject({ run: "r1", epoch: 1, event: { _tag: "TasksAdded" } });
      expect(entries[0]).toHaveProperty("monotonicMillis", expect.any(Number));
    }),
  );

  it.live("follows a run that goes on in another process until it ends", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const writer = yield* Journals.open(folder.path, "r1", Journals.begun("r1"));
      const log = yield* folder.start("log", "--follow");
      yield* log.saw(/a succeeded/);
      yield* Effect.orDie(writer.append(Scene.launched("b")));
      yield* log.saw(/b started/);
      yield* Effect.orDie(writer.append([...Scene.launched("c"), Journals.ended("cancelled")]));
      const { code, error, out } = yield* log.ended;
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out.match(/\S started/g)).toEqual(["a started", "b started", "c started"]);
      expect(out).toMatch(/ • the run has ended: cancelled\n$/);
    }),
  );

  it.live("stops following when the process of the run is gone, and says how to go on", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      const { code, error, out } = yield* folder.run("log", "--follow");
      expect(code).toBe(0);
      expect(out).toContain("a succeeded");
      expect(error).toBe("Nobody works on the run. To go on with it: orchestrator resume r1\n");
    }),
  );

  it.live("ends quietly when its reader goes away", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const writer = yield* Journals.open(folder.path, "r1", Journals.begun("r1"));
      const log = yield* folder.start("log", "--follow", "--format", "ndjson");
      yield* log.saw(/TaskEnded/);
      log.process.stdout!.destroy();
      yield* Effect.orDie(writer.append(Scene.launched("b")));
      const { code, error } = yield* log.ended;
      expect({ code, error }).toEqual({ code: 141, error: "" });
    }),
  );

  it.live("says which run or task may have been meant", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "20261121-120000-abcd", [
        Scene.started(),
        Scene.added([{ id: "api-server" }]),
      ]);
      const run = yield* folder.run("log", "20261121-120000-abxd");
      expect(run.code).toBe(66);
      expect(run.error).toMatch(
        /there is no run .* Did you mean 20261121-120000-abcd\? \[run-not-found\]\n$/,
      );
      const task = yield* folder.run("log", "abcd", "--task", "api-servr");
      expect(task.code).toBe(65);
      expect(task.error).toMatch(
        /has no task api-servr\. Did you mean api-server\? \[task-not-found\]\n$/,
      );
    }),
  );

  it.live("says which runs have the part that was named", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      for (const id of ["r-1", "r-2"]) {
        yield* Journals.write(folder.path, id, Journals.begun(id));
      }
      const { code, error } = yield* folder.run("log", "r-");
      expect({ code, error }).toEqual({
        code: 66,
        error:
          "error: 2 runs begin or end with r-, the latest: r-2, r-1. Name more of the one that is meant. [run-not-found]\n",
      });
    }),
  );

  it.live("names the project above that has the run", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r-outer", Journals.begun("r-outer"));
      yield* Journals.write(folder.file("sub"), "r-inner", Journals.begun("r-inner"));
      const { code, error } = yield* folder.in("sub").run("log", "r-outer");
      expect(code).toBe(66);
      expect(error).toContain(`It is a run of another project: cd ${folder.path}\n`);
    }),
  );
});
