import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, layer } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as PlatformError from "effect/PlatformError";
import * as SafeFile from "../src/run/SafeFile.ts";

/** A folder that is gone after the test, and what lies in it under names. */
const place = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* fs.realPath(yield* fs.makeTempDirectoryScoped());
  return { fs, folder, file: (name: string) => `${folder}/${name}` };
});

/** As for somebody who may not make files. */
const withoutRights = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    const denied = PlatformError.systemError({
      _tag: "PermissionDenied",
      module: "FileSystem",
      method: "open",
    });
    const open = () => Effect.fail(denied);
    return yield* Effect.provideService(effect, FileSystem.FileSystem, { ...fs, open });
  });

layer(NodeServices.layer)("SafeFile", (it) => {
  describe("write", () => {
    it.effect("replaces a file as a whole and leaves nothing beside it", () =>
      Effect.gen(function* () {
        const { file, folder, fs } = yield* place;
        yield* SafeFile.write(file("results.json"), "old and longer");
        yield* SafeFile.write(file("results.json"), "new");
        expect(yield* fs.readFileString(file("results.json"))).toBe("new");
        expect(yield* fs.readDirectory(folder)).toEqual(["results.json"]);
      }),
    );

    it.effect("keeps the old file and says which one it is if the new one cannot be written", () =>
      Effect.gen(function* () {
        const { file, folder, fs } = yield* place;
        yield* fs.writeFileString(file("results.json"), "old");
        const error = yield* Effect.flip(
          withoutRights(SafeFile.write(file("results.json"), "new")),
        );
        expect(error.message).toMatch(/results\.json could not be written: .*Check the folder/);
        expect(yield* fs.readFileString(file("results.json"))).toBe("old");
        expect(yield* fs.readDirectory(folder)).toEqual(["results.json"]);
      }),
    );

    it.effect("leaves nothing beside the file if it cannot take its place", () =>
      Effect.gen(function* () {
        const { file, folder, fs } = yield* place;
        const rename = () => Effect.fail(PlatformError.badArgument({ module: "x", method: "y" }));
        yield* SafeFile.write(file("a.csv"), "new").pipe(
          Effect.provideService(FileSystem.FileSystem, { ...fs, rename }),
          Effect.flip,
        );
        expect(yield* fs.readDirectory(folder)).toEqual([]);
      }),
    );

    it.effect("keeps the mode of a file", () =>
      Effect.gen(function* () {
        const { file, fs } = yield* place;
        yield* fs.writeFileString(file("secret.csv"), "old");
        yield* fs.chmod(file("secret.csv"), 0o640);
        yield* SafeFile.write(file("secret.csv"), "new");
        expect((yield* fs.stat(file("secret.csv"))).mode & 0o777).toBe(0o640);
        expect(yield* fs.readFileString(file("secret.csv"))).toBe("new");
      }),
    );

    it.effect("leaves a user's own .part file alone", () =>
      Effect.gen(function* () {
        const { file, fs } = yield* place;
        yield* fs.writeFileString(file("z.csv.part"), "precious");
        yield* SafeFile.write(file("z.csv"), "new");
        expect(yield* fs.readFileString(file("z.csv.part"))).toBe("precious");
      }),
    );

    it.effect.each([
      ["a file", "old"],
      ["nothing yet", undefined],
    ] as const)("follows a link that leads to %s", ([, before]) =>
      Effect.gen(function* () {
        const { file, fs } = yield* place;
        yield* fs.makeDirectory(file("real"));
        if (before !== undefined) yield* fs.writeFileString(file("real/z.csv"), before);
        yield* fs.symlink("real", file("folder"));
        yield* fs.symlink("./z.csv", file("real/inner"));
        yield* fs.symlink("folder/inner", file("link"));
        yield* SafeFile.write(file("link"), "new");
        expect(yield* fs.readLink(file("link"))).toBe("folder/inner");
        expect(yield* fs.readLink(file("real/inner"))).toBe("./z.csv");
        expect(yield* fs.readFileString(file("real/z.csv"))).toBe("new");
      }),
    );

    it.effect("writes into a pipe that has a name, and leaves it one", () =>
      Effect.gen(function* () {
        const { file, folder, fs } = yield* place;
        execFileSync("mkfifo", [file("pipe")]);
        const both = [fs.readFileString(file("pipe")), SafeFile.write(file("pipe"), "new")];
        const [read] = yield* Effect.all(both, { concurrency: 2 });
        expect(read).toBe("new");
        expect((yield* fs.stat(file("pipe"))).type).toBe("FIFO");
        expect(yield* fs.readDirectory(folder)).toEqual(["pipe"]);
      }),
    );
  });

  it.effect("adds to a file that is open here, as standard output may be", () =>
    Effect.gen(function* () {
      const { file, fs } = yield* place;
      yield* fs.writeFileString(file("log"), "before ");
      const descriptor = yield* Effect.acquireRelease(
        Effect.sync(() => openSync(file("log"), "a")),
        (open) => Effect.sync(() => closeSync(open)),
      );
      yield* SafeFile.prepare(`/dev/fd/${descriptor}`);
      yield* SafeFile.write(`/dev/fd/${descriptor}`, "after");
      expect(yield* fs.readFileString(file("log"))).toBe("before after");
    }),
  );

  describe("prepare", () => {
    it.effect("makes no folder that is not below the current one, and says what to do", () =>
      Effect.gen(function* () {
        const { file, folder, fs } = yield* place;
        const error = yield* Effect.flip(SafeFile.prepare(file("a/b/results.csv")));
        expect(error.message).toBe(
          `${file("a/b")} could not be written: there is no such folder. Make it, or name a file in a folder that is there.`,
        );
        expect(yield* fs.readDirectory(folder)).toEqual([]);
      }),
    );

    it.effect("finds a folder under the name of the file", () =>
      Effect.gen(function* () {
        const { file, fs } = yield* place;
        yield* fs.makeDirectory(file("d.csv"));
        const error = yield* Effect.flip(SafeFile.prepare(file("d.csv")));
        expect(error.message).toBe(
          `${file("d.csv")} could not be written: it is a folder. Name a file in it.`,
        );
      }),
    );

    it.effect("finds that no file can be made in the folder", () =>
      Effect.gen(function* () {
        const { file } = yield* place;
        const error = yield* Effect.flip(withoutRights(SafeFile.prepare(file("d.csv"))));
        expect(error.message).toMatch(/d\.csv could not be written: .*permissions/);
      }),
    );

    it.effect("finds a name that is too long", () =>
      Effect.gen(function* () {
        const { file } = yield* place;
        const error = yield* Effect.flip(SafeFile.prepare(file(`${"x".repeat(300)}.csv`)));
        expect(error.message).toContain("ENAMETOOLONG");
      }),
    );

    it.effect("takes a pipe as it is", () =>
      Effect.gen(function* () {
        const { file, folder, fs } = yield* place;
        execFileSync("mkfifo", [file("pipe.csv")]);
        yield* SafeFile.prepare(file("pipe.csv"));
        expect(yield* fs.readDirectory(folder)).toEqual(["pipe.csv"]);
      }),
    );
  });
});
