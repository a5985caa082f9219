import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as PlanHash from "../src/plan/PlanHash.ts";

describe("PlanHash", () => {
  it.effect("tells a file from another, and has none for one that is not there", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const file = `${yield* fs.makeTempDirectoryScoped()}/plan.yaml`;
      expect(yield* PlanHash.of(file)).toBeUndefined();
      yield* fs.writeFileString(file, "abc");
      // The example of FIPS 180-4.
      expect(yield* PlanHash.of(file)).toBe(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      );
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
