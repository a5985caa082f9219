import * as NodeServices from "@effect/platform-node/NodeServices";
import { expect, layer } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as SafeFile from "../src/SafeFile.ts";

layer(NodeServices.layer)("SafeFile", (it) => {
  it.effect("replaces a file as a whole and leaves nothing beside it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* fs.makeTempDirectoryScoped();
      const file = `${folder}/results.json`;
      yield* SafeFile.write(file, "old and longer");
      yield* SafeFile.write(file, "new");
      expect(yield* fs.readFileString(file)).toBe("new");
      expect(yield* fs.readDirectory(folder)).toEqual(["results.json"]);
    }),
  );

  it.effect("keeps the old file and says which one it is if the new one cannot be written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* fs.makeTempDirectoryScoped();
      const file = `${folder}/results.json`;
      yield* fs.writeFileString(file, "old");
      yield* fs.makeDirectory(`${file}.part`);
      const error = yield* Effect.flip(SafeFile.write(file, "new"));
      expect(error.message).toMatch(/results\.json could not be written: .*Check the folder/);
      expect(yield* fs.readFileString(file)).toBe("old");
    }),
  );

  it.effect("makes the folder of a file", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* fs.makeTempDirectoryScoped();
      yield* SafeFile.prepare(`${folder}/a/b/results.csv`);
      expect(yield* fs.readDirectory(`${folder}/a`)).toEqual(["b"]);
    }),
  );
});
