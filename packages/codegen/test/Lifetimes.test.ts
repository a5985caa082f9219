import { assert, describe, it } from "@effect/vitest";
import { Lifetimes } from "../src/internal/Lifetimes.ts";

const lifetimesOf = (millis: ReadonlyArray<number>): Lifetimes => {
  const lifetimes = new Lifetimes();
  for (const one of millis) lifetimes.ended(one);
  return lifetimes;
};

describe("Lifetimes", () => {
  it("concludes nothing from a few ends", () => {
    const lifetimes = lifetimesOf([1, 2, 3]);
    assert.strictEqual(lifetimes.likelihood(0), lifetimes.likelihood(1_000));
  });

  it("expects the end of those at an age at which others ended, and rules out none", () => {
    const lifetimes = lifetimesOf(Array.from({ length: 50 }, (_, i) => 1_000 + i));
    assert.isAbove(lifetimes.likelihood(990), 5 * lifetimes.likelihood(0));
    assert.isAbove(lifetimes.likelihood(0), 0);
    assert.isAbove(lifetimes.likelihood(1_000_000), 0);
  });

  it("goes by the latest ends", () => {
    const early = Array.from({ length: 300 }, () => 10);
    const late = Array.from({ length: 300 }, () => 1_000);
    const lifetimes = lifetimesOf([...early, ...late]);
    assert.isBelow(lifetimes.likelihood(0), lifetimes.likelihood(950));
  });
});
