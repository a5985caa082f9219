import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

describe("orchestrator demo", () => {
  it.live("can be left, and gone on with from anywhere by the command it prints", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const started = yield* folder.start("demo", "--folder", "demo");
      yield* started.saw(/✓ words succeeded/);
      yield* started.signal("SIGINT");
      const { code, out } = yield* started.ended;
      expect(code).toBe(130);
      const left = /■ left at SIGINT: [^]*go on with the run: +orchestrator resume (\S+)\n/.exec(
        out,
      )!;
      expect(left[1]).toMatch(/^demo\/\.orchestrator\/runs\//);
      const resumed = yield* folder.run("resume", left[1]!);
      expect(resumed.code).toBe(0);
      expect(resumed.out).toContain("✓ 13 tasks succeeded");
      expect(yield* folder.names("demo")).toContain("wordstat.mjs");
    }),
  );
});
