import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as ProgramTests from "../src/demo/ProgramTests.ts";

const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };

/** A program with these tests, in a folder that is gone after the test. */
const program = Effect.fnUntraced(function* (tests: Readonly<Record<string, string>>) {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "orchestrator-program-" });
  yield* fs.makeDirectory(`${folder}/test`);
  for (const [name, body] of Object.entries(tests)) {
    const text = `import { test } from "node:test";\ntest("${name}", () => { ${body} });\n`;
    yield* fs.writeFileString(`${folder}/test/${name}.test.mjs`, text);
  }
  return folder;
});

describe("ProgramTests", () => {
  it.live("counts the tests of all files that pass", () =>
    Effect.gen(function* () {
      const folder = yield* program({ one: "", two: "" });
      expect(yield* ProgramTests.run(folder, environment)).toBe(2);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("fails with what the runner printed if one test fails", () =>
    Effect.gen(function* () {
      const folder = yield* program({ one: "", two: 'throw new Error("two is wrong")' });
      const error = yield* Effect.flip(ProgramTests.run(folder, environment));
      expect(error._tag).toBe("TestsFailed");
      expect(error.message).toContain("two is wrong");
      expect(error.message).toContain(`cd ${folder}`);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("fails if there is nothing to test but drafts", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* program({ one: "" });
      yield* fs.rename(`${folder}/test`, `${folder}/drafts`);
      const error = yield* Effect.flip(ProgramTests.run(folder, environment));
      expect(error.message).toContain("There are no tests");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("fails if node cannot be found", () =>
    Effect.gen(function* () {
      const folder = yield* program({ one: "" });
      const error = yield* Effect.flip(ProgramTests.run(folder, { PATH: folder }));
      expect(error.message).toContain("node");
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
