import { assert, describe, it } from "@effect/vitest";
import * as Enumeration from "../src/Enumeration.ts";
import { onDatabases, scenarios } from "../src/fixed.ts";

/** The product's journal is slower than a model: one scenario on each kind of database. */
const some = [
  onDatabases.find(({ name }) => name === "a chain whose changes land, on SQLite")!,
  onDatabases.find(({ name }) => name === "agents of three kinds, on a database server")!,
];

describe("Enumeration", () => {
  for (const { name, scenario } of [...scenarios, ...some]) {
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
