import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Journals from "./support/Journals.ts";
import * as Scene from "./support/Scene.ts";

describe("orchestrator status", () => {
  it.live("shows the run at work although a later one has ended", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.open(folder.path, "r1", [...Journals.begun("r1"), ...Scene.launched("b")]);
      yield* Journals.write(folder.path, "r2", [...Journals.begun("r2"), Journals.ended("failed")]);
      const { code, error, out } = yield* folder.run("status");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toMatch(/^shop {2}r1 {2}parallel, 4 agents at once\n/);
      expect(out).toContain(`running in process ${process.pid} on `);
      expect(out).toMatch(/\n1 of 3 tasks succeeded · 1 at work · 1 waiting · /);
      expect(out).toMatch(/\nAt work, 1 of 4 agents\n▶ b on local-1 for /);
    }),
  );

  it.live("gives programs all of it as JSON", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", [
        ...Journals.begun("r1"),
        ...Scene.failed("b", "boom"),
        Journals.ended("failed"),
      ]);
      const { out } = yield* folder.run("status", "r1", "--json");
      expect(JSON.parse(out)).toMatchObject({
        run: "r1",
        status: "failed",
        holder: null,
        progress: { total: 3, completed: 1, failed: 1 },
        last_failures: [{ task: "b", attempts: 1, error: "boom" }],
      });
    }),
  );

  it.live("says that the process of a run is gone, and how to go on", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", [...Journals.begun("r1"), ...Scene.launched("b")]);
      const { out } = yield* folder.run("status");
      expect(out).toContain("interrupted: its process is gone without an end");
      expect(out).toContain("At work when it was left\n▶ b on local-1");
      expect(out).toMatch(/\ngo on with it: +orchestrator resume r1\n$/);
    }),
  );

  it.live("with --watch gives programs a line for every change until the run ends", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const writer = yield* Journals.open(folder.path, "r1", Journals.begun("r1"));
      const watch = yield* folder.start("status", "--watch", "--json");
      yield* watch.saw(/"at_work":0/);
      yield* Effect.orDie(writer.append(Scene.launched("b")));
      yield* watch.saw(/"at_work":1/);
      yield* Effect.orDie(writer.append([Journals.ended("cancelled")]));
      const { code, out } = yield* watch.ended;
      expect(code).toBe(0);
      const lines = out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { status: string });
      expect(lines.map(({ status }) => status)).toEqual(["running", "running", "cancelled"]);
    }),
  );

  it.live("with --watch waits off a terminal for the end, and prints it", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const writer = yield* Journals.open(folder.path, "r1", Journals.begun("r1"));
      const watch = yield* folder.start("status", "--watch");
      yield* Effect.orDie(writer.append([Journals.ended("cancelled")]));
      const { code, out } = yield* watch.ended;
      expect(code).toBe(0);
      expect(out.match(/^cancelled .* ago$/gm)).toHaveLength(1);
    }),
  );
});
