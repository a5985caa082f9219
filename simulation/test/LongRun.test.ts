import { assert, describe, it } from "@effect/vitest";
import * as LongRun from "../src/LongRun.ts";

describe("LongRun", () => {
  it("launches each of ever new tasks once, and keeps little of those that have ended", () => {
    const result = LongRun.run({ seed: 1, tasks: 600, slots: 4, parts: 3 });
    assert.strictEqual(result.succeeded, 600);
    assert.strictEqual(result.launches, 600);
    assert.deepStrictEqual(
      result.samples.map(({ tasks }) => tasks),
      [0, 200, 400, 600],
    );
    assert.isBelow(LongRun.bytesPerTask(result.samples.slice(1)), 4096);
  });
});
