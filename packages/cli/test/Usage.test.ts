import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

describe("orchestrator", () => {
  it.live("shows its help on standard output when nothing else is asked for", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, error, out } = yield* folder.run();
      expect(code).toBe(0);
      expect(out).toMatch(/USAGE\n {2}orchestrator <subcommand>/);
      expect(error).toBe("");
    }),
  );

  it.live("prints its version and nothing else", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, out } = yield* folder.run("--version");
      expect(code).toBe(0);
      expect(out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
    }),
  );

  it.live("tells a mistyped subcommand on standard error, with what may be meant", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const ended = yield* folder.run("rnu");
      expect(ended.code).toBe(2);
      expect(ended.out).toBe("");
      expect(ended.error).toMatch(
        /^error: Unknown subcommand "rnu"[^]*run\nTry: orchestrator --help\n$/,
      );
    }),
  );

  it.live("refuses a file of results with another ending before anything runs", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": "isolation: none\ntasks:\n  - id: a\n    run: echo > ran\n",
      });
      const ended = yield* folder.run("run", "--results", "out.txt");
      expect(ended.code).toBe(2);
      expect(ended.error).toContain("a file name that ends in .json or .csv");
      expect(yield* folder.names()).toEqual(["plan.yaml"]);
    }),
  );

  it.live("says what it looked for when there is no plan", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const ended = yield* folder.run("run");
      expect(ended.code).toBe(65);
      expect(ended.error).toContain(`error: there is no plan in ${folder.path}.`);
      expect(ended.error).toContain("Looked for orchestrator.plan.yaml, orchestrator.plan.yml");
      expect(ended.error).toContain("    run: echo hello");
    }),
  );
});
