import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

/** Runs to its end: `a` fails until the file `ok` is there, `b` and `c` ask a person. */
const plan = `isolation: none
tasks:
  - { id: a, run: test -e ok, retry: { attempts: 1 } }
  - { id: b, run: echo b >> order, dependsOn: [{ task: a, onFailure: hold }] }
  - { id: c, run: echo c >> order, dependsOn: [{ task: a, onFailure: hold }] }
`;

const heldRun = Effect.gen(function* () {
  const folder = yield* Command.folder({ "plan.yaml": plan });
  yield* folder.run("run");
  return folder;
});

describe("orchestrator decide --all", () => {
  it.live("shows what it would decide, and decides nothing where nobody can be asked", () =>
    Effect.gen(function* () {
      const folder = yield* heldRun;
      const { code, error, out } = yield* folder.run("decide", "--all", "relaunch");
      expect(code).toBe(2);
      expect(out).toMatch(/^2 tasks of the run .* to relaunch:\n {2}\? b: .*\n {2}\? c: /);
      expect(error).toContain("To decide it: orchestrator decide --all relaunch --yes");
      expect((yield* folder.run("held")).out).toMatch(
        /2 tasks[^]*\(relaunch, skip or wait\): orchestrator decide --all relaunch --run \S+\n$/,
      );
    }),
  );

  it.live("decides about every held task, once and for all", () =>
    Effect.gen(function* () {
      const folder = yield* heldRun;
      const { code, out } = yield* folder.run("decide", "--all", "relaunch", "-y");
      expect(code).toBe(0);
      expect(out).toMatch(/2 tasks decided\. Go on with the run: orchestrator resume \S+\n$/);
      yield* folder.run("resume");
      expect((yield* folder.read("order")).split("\n").toSorted()).toEqual(["", "b", "c"]);
      const again = yield* folder.run("decide", "--all", "relaunch", "-y");
      expect(again.code).toBe(65);
      expect(again.error).toContain("Nothing waits for a decision");
    }),
  );

  it.live("says why a decision is not possible", () =>
    Effect.gen(function* () {
      const folder = yield* heldRun;
      const { code, error, out } = yield* folder.run("decide", "--all", "wait", "-y");
      expect(code).toBe(65);
      expect(out).toContain("b has no agent run to go on with: decide relaunch or skip.");
      expect(error).toContain("can be decided to wait");
    }),
  );

  it.live("has the process that works on the run decide", () =>
    Effect.gen(function* () {
      const text = `${plan}  - { id: works, run: '${Gate.closed("works")}' }\n`;
      const folder = yield* Gate.folder({ "plan.yaml": text }, ["works"]);
      const started = yield* folder.start("run");
      yield* folder.reached("works");
      yield* started.saw(/\? c held/);
      const { code, out } = yield* folder.run("decide", "--all", "skip", "-y");
      expect(code).toBe(0);
      expect(out).toContain("2 tasks of the run");
      yield* folder.open("works");
      expect((yield* started.ended).out).toMatch(/1 succeeded, 1 failed, 2 skipped/);
    }),
  );

  it.live.each([
    { args: [] },
    { args: ["a"] },
    { args: ["a", "skip", "--all", "skip"] },
    { args: ["--all", "adopt"] },
  ])("takes a task and a decision, or --all with one: not $args", ({ args }) =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, out } = yield* folder.run("decide", ...args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
    }),
  );
});
