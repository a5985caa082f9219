import { chmodSync, statSync } from "node:fs";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as ExitCode from "../src/ExitCode.ts";
import * as Secret from "../src/run/Secret.ts";
import * as Command from "./support/Command.ts";

const secretOf = (root: string) =>
  Effect.map(Secret.of(root), (secret) => Redacted.value(secret)).pipe(
    Effect.provide(NodeServices.layer),
  );

const file = ".orchestrator/secret";

describe("the secret of a project", () => {
  it.live("is made once, and for its owner's eyes only", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const both = yield* Effect.all([secretOf(folder.path), secretOf(folder.path)], {
        concurrency: 2,
      });
      expect(both[0]).toMatch(/^[\w-]{43}$/);
      expect(both).toEqual([both[0], both[0]]);
      expect(yield* secretOf(folder.path)).toBe(both[0]);
      expect(statSync(folder.file(file)).mode & 0o777).toBe(0o600);
      expect(yield* folder.names(".orchestrator")).toEqual([".gitignore", "secret"]);
      expect(yield* folder.read(".orchestrator/.gitignore")).toBe("*\n");
    }),
  );

  it.live("is another in another project", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* Command.folder(), yield* Command.folder()];
      expect(yield* secretOf(one.path)).not.toBe(yield* secretOf(other.path));
    }),
  );

  it.live("is hidden again where others may read it", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const secret = yield* secretOf(folder.path);
      yield* Effect.sync(() => chmodSync(folder.file(file), 0o644));
      expect(yield* secretOf(folder.path)).toBe(secret);
      expect(statSync(folder.file(file)).mode & 0o777).toBe(0o600);
    }),
  );

  it.live("is refused where its file holds something else, and not shown", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* secretOf(folder.path);
      yield* folder.write(file, "half of a se");
      const error = yield* Effect.flip(secretOf(folder.path));
      expect(ExitCode.ofError(error)).toBe(65);
      expect(error.message).toMatch(/secret does not hold the secret of this project/);
      expect(error.message).not.toContain("half of a se");
    }),
  );
});
