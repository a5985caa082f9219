import { assert, describe, it } from "@effect/vitest";
import { floor, next } from "../src/internal/landing/pace.ts";

const pace = { soonMillis: 15_000, longestMillis: 120_000 };

/** The intervals after something happened. */
const intervals = (isSoon: boolean): ReadonlyArray<number> => {
  const found = [next(pace, 60_000, true, isSoon)];
  for (let i = 0; i < 8; i++) found.push(next(pace, found.at(-1)!, false, isSoon));
  return found;
};

describe("the time between two looks", () => {
  it("is short after news, and grows", () => {
    const found = intervals(false);
    assert.deepStrictEqual(found.slice(0, 3), [15_000, 22_500, 33_750]);
    assert.strictEqual(found.at(-1), 120_000);
  });

  it("grows less while something may happen by itself", () => {
    assert.strictEqual(intervals(true).at(-1), 60_000);
  });
});

describe("the shortest time between two looks", () => {
  const left = (remaining: number) =>
    floor([{ resource: "graphql", limit: 5000, remaining, resetsAt: 1_800_000 }], 2, 0);

  it("is what the points of the hour allow, with a reserve for everything else", () => {
    assert.strictEqual(left(5000), (1_800_000 * 2) / 3500);
    assert.strictEqual(left(1600), (1_800_000 * 2) / 100);
  });

  it("is the rest of the hour when only the reserve is left", () => {
    assert.strictEqual(left(1500), 1_800_000);
    assert.strictEqual(left(0), 1_800_000);
  });

  it("is nothing while nobody knows, or after the hour", () => {
    assert.strictEqual(floor([], 2, 0), 0);
    const old = { resource: "graphql", limit: 5000, remaining: 0, resetsAt: 10 } as const;
    assert.strictEqual(floor([old], 2, 10), 0);
  });
});
