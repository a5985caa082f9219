import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Program from "../src/internal/Program.ts";
import { services, temporaryFolder } from "./support/repository.ts";

const prepare = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* temporaryFolder();
  yield* fs.makeDirectory(`${folder}/bin/folder`, { recursive: true });
  yield* fs.writeFileString(`${folder}/bin/plain`, "", { mode: 0o644 });
  yield* fs.writeFileString(`${folder}/bin/program`, "", { mode: 0o755 });
  yield* fs.writeFileString(`${folder}/own`, "", { mode: 0o755 });
  return folder;
});

describe("Program", () => {
  it.live.each([
    ["program", "found"],
    ["plain", "not executable"],
    ["folder", "not executable"],
    ["none", "missing"],
    ["own", "missing"],
    ["./own", "found"],
    ["bin/plain", "not executable"],
    ["./none", "missing"],
  ] as const)("looks for %s on PATH, or from the folder: it is %s", ([command, expected]) =>
    Effect.gen(function* () {
      const folder = yield* prepare;
      const searched = `/nowhere:${folder}/bin`;
      assert.strictEqual(yield* Program.find(command, searched, folder), expected);
    }).pipe(Effect.provide(services)),
  );

  it.live("takes an empty entry of PATH for the folder, and no PATH for the usual one", () =>
    Effect.gen(function* () {
      const folder = yield* prepare;
      assert.strictEqual(yield* Program.find("own", "/nowhere:", folder), "found");
      assert.strictEqual(yield* Program.find("sh", undefined, folder), "found");
      assert.strictEqual(yield* Program.find("own", undefined, folder), "missing");
    }).pipe(Effect.provide(services)),
  );
});
