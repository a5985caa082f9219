import { assert, describe, it } from "@effect/vitest";
import * as Scenario from "../src/Scenario.ts";
import { type Report, Simulation } from "../src/Simulation.ts";

const traced = (seed: number, journal: Scenario.JournalKind = "model"): Report => {
  const simulation = new Simulation(Scenario.make(seed, journal));
  simulation.world.trace = [];
  return simulation.run();
};

const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
const some = seeds.slice(0, 8);

describe("Simulation", () => {
  it("gives the same trace for the same seed", () => {
    for (const seed of seeds) {
      const [once, again] = [traced(seed), traced(seed)];
      assert.deepStrictEqual(again.trace, once.trace);
      assert.strictEqual(again.traceHash, once.traceHash);
    }
  });

  it("gives the same trace for the same seed on the product's journal, whose commits two runs share", () => {
    let shared = 0;
    for (const seed of some) {
      const [once, again] = [traced(seed, "sql"), traced(seed, "sql")];
      assert.deepStrictEqual(again.trace, once.trace);
      shared += once.shared;
    }
    assert.isAbove(shared, 0);
  });

  it("puts some seeds on the product's journal", () => {
    const kinds = seeds.map((seed) => Scenario.make(seed).journal);
    assert.includeMembers(kinds, [...Scenario.journalKinds]);
  });

  it("gives another trace for another seed", () => {
    const hashes = new Set(seeds.map((seed) => traced(seed).traceHash));
    assert.strictEqual(hashes.size, seeds.length);
  });

  it("keeps every rule in a world that fails", () => {
    const reports = seeds.map((seed) => traced(seed));
    assert.deepStrictEqual(
      reports.filter(({ violation }) => violation !== undefined).map(({ violation }) => violation),
      [],
    );
    assert.isAbove(
      reports.reduce((sum, { crashes }) => sum + crashes, 0),
      5,
    );
  });
});
