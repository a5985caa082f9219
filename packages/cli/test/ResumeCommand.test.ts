import { mkdirSync, renameSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

const plan = `name: shop
isolation: none
tasks:
  - { id: first, run: echo first >> order }
  - { id: one, run: '${Gate.closed("one")}', dependsOn: [first] }
  - { id: two, run: '${Gate.closed("two")}', dependsOn: [first] }
  - { id: last, run: echo last >> order, dependsOn: [one, two] }
`;

const gates = ["one", "two"];

const lines = (text: string) => text.trimEnd().split("\n").toSorted();

/** A run with two agents at work. */
const atWork = Effect.gen(function* () {
  const folder = yield* Gate.folder({ "plan.yaml": plan }, gates);
  const started = yield* folder.start("run");
  yield* Effect.forEach(gates, folder.reached, { concurrency: 2 });
  const [run] = yield* folder.names(".orchestrator/runs");
  return { folder, started, run: run! };
});

describe("orchestrator resume", () => {
  it.live("goes on after SIGKILL with every command started once, also after a second one", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* folder.open("one");
      const second = yield* folder.start("resume");
      yield* second.saw(/✓ one succeeded/);
      yield* second.signal("SIGKILL");
      yield* second.ended;
      yield* folder.open("two");
      // The plan is that of the journal, whatever has become of the file.
      yield* folder.write("plan.yaml", "tasks: 3");
      const { code, out } = yield* folder.run("resume", run);
      expect(code).toBe(0);
      expect(lines(yield* folder.read("order"))).toEqual(["first", "last", "one", "two"]);
      expect(out).toMatch(/• run \S+ of shop[^]*✓ first succeeded[^]*✓ one succeeded[^]*• gone on/);
      expect(out).toContain("✓ 4 tasks succeeded");
    }),
  );

  it.live("refuses a run that another process works on with 75, and names that", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      const { code, error } = yield* folder.run("resume");
      expect(code).toBe(75);
      expect(error).toContain(`The run ${run} is worked on by process ${started.process.pid} on `);
      for (const gate of gates) yield* folder.open(gate);
      expect((yield* started.ended).code).toBe(0);
      expect(lines(yield* folder.read("order"))).toEqual(["first", "last", "one", "two"]);
    }),
  );

  it.live("says that a run has ended, and ends as that did", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml":
          "isolation: none\ntasks:\n  - { id: a, run: exit 1, retry: { attempts: 1 } }\n",
      });
      yield* folder.run("run");
      const [run] = yield* folder.names(".orchestrator/runs");
      const named = yield* folder.run("resume", run!);
      expect(named.code).toBe(1);
      expect(named.out).toContain(`The run ${run} has ended: failed.`);
      const any = yield* folder.run("resume");
      expect(any.code).toBe(66);
      expect(any.error).toContain(`every run has ended, the latest, ${run}, as failed`);
    }),
  );

  it.live("refuses to work where the project has gone", () =>
    Effect.gen(function* () {
      const { folder, started } = yield* atWork;
      yield* started.signal("SIGKILL");
      yield* started.ended;
      for (const gate of gates) yield* folder.open(gate);
      yield* Effect.sync(() => mkdirSync(folder.file("moved")));
      yield* Effect.sync(() =>
        renameSync(folder.file(".orchestrator"), folder.file("moved/.orchestrator")),
      );
      const { code, error } = yield* folder.in("moved").run("resume");
      expect(code).toBe(69);
      expect(error).toContain(
        `works in ${folder.path}, but its journal is in ${folder.path}/moved`,
      );
    }),
  );

  it.live("says that there are no runs", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, error } = yield* folder.run("resume");
      expect(code).toBe(66);
      expect(error).toMatch(/^error: there are no runs in .*Run a plan first/);
    }),
  );

  it.live("takes agents and file of results over, unless the flags say otherwise", () =>
    Effect.gen(function* () {
      const folder = yield* Gate.folder({ "plan.yaml": plan }, gates);
      const started = yield* folder.start("run", "--concurrency", "2", "--results", "out.csv");
      yield* Effect.forEach(gates, folder.reached, { concurrency: 2 });
      yield* started.signal("SIGKILL");
      yield* started.ended;
      for (const gate of gates) yield* folder.open(gate);
      const { code, out } = yield* folder.run("resume", "--json");
      expect(code).toBe(0);
      const resumed = Command.entries(out).find(({ event }) => event._tag === "RunResumed");
      expect(resumed?.event).toMatchObject({ concurrency: 2 });
      expect(yield* folder.read("out.csv")).toMatch(/\r\nlast,succeeded,/);
    }),
  );
});
