import { assert, describe, it } from "@effect/vitest";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as fc from "fast-check";
import * as FileSystem from "effect/FileSystem";
import * as RunFolder from "../src/RunFolder.ts";
import { temporaryFolder } from "./support/repository.ts";

describe("RunFolder", () => {
  it("keeps ids that are safe as names, and changes others", () => {
    for (const id of ["build", "a.b-c_1", "T12"]) assert.strictEqual(RunFolder.slug(id), id);
    for (const id of [
      "",
      "..",
      "a..b",
      ".a",
      "a.lock",
      "-a",
      "a/b",
      "@",
      "a b",
      "\u00fc",
      "x".repeat(300),
    ]) {
      assert.match(RunFolder.slug(id), /^[A-Za-z0-9_][A-Za-z0-9_-]*-[0-9a-f]{10}$/);
      assert.isBelow(RunFolder.slug(id).length, 101);
    }
  });

  it("never gives two ids or attempts the same branch", () => {
    const attempt = fc.tuple(
      fc.oneof(fc.string(), fc.constantFrom("a", "a-2", "a@2", "@merged")),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(attempt, attempt, (one, other) => {
        fc.pre(one[0] !== other[0] || one[1] !== other[1]);
        assert.notStrictEqual(RunFolder.branch("r", ...one), RunFolder.branch("r", ...other));
        assert.notStrictEqual(RunFolder.branch("r", ...one), RunFolder.integrationBranch("r"));
      }),
    );
  });

  it.live("hides the whole .orchestrator folder from git, and may be made twice", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const root = yield* temporaryFolder();
      const folder = yield* RunFolder.make(`${root}/.orchestrator/runs/r1`);
      yield* RunFolder.make(`${root}/.orchestrator/runs/r1`);
      assert.strictEqual(yield* fs.readFileString(`${root}/.orchestrator/.gitignore`), "*\n");
      const files = yield* folder.prepare("a", 1, "Do it.");
      assert.strictEqual(yield* fs.readFileString(files.prompt), "Do it.");
      assert.strictEqual(yield* fs.readFileString(files.discovered), "");
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
