import { assert, describe, it } from "@effect/vitest";
import * as Enumeration from "../src/Enumeration.ts";
import { scenarios } from "../src/fixed.ts";

describe("Enumeration", () => {
  for (const { name, scenario } of scenarios) {
    it(`comes to the same end after a crash at any point of ${name}`, () => {
      const { bad, runs } = Enumeration.crashes(scenario);
      assert.deepStrictEqual(bad, []);
      assert.isAbove(runs, 100);
    });

    it(`stops before the next effect, and goes on later, whichever write fails of ${name}`, () => {
      const { bad, runs } = Enumeration.failedWrites(scenario);
      assert.deepStrictEqual(bad, []);
      assert.isAbove(runs, 10);
    });
  }
});
