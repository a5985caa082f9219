import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import { closest, distance } from "../src/Suggest.ts";

/** The full table of the optimal string alignment distance. */
const fullDistance = (a: string, b: string): number => {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      const steps = [table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + changed];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        steps.push(table[i - 2]![j - 2]! + 1);
      }
      table[i]![j] = Math.min(...steps);
    }
  }
  return table[a.length]![b.length]!;
};

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 9 });

describe("distance", () => {
  it("equals the distance of the full table up to its bound and is undefined beyond", () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 5 }), (a, b, max) => {
        const full = fullDistance(a, b);
        expect(distance(a, b, max)).toBe(full <= max ? full : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it("counts edits alike in both directions, up to a limit", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(distance(a, b, 10)).toBe(distance(b, a, 10));
        expect(distance(a, b, 10) === 0).toBe(a === b);
        expect(distance(a, b, 1) ?? 2).toBe(Math.min(2, distance(a, b, 10)!));
      }),
    );
  });
});

describe("closest", () => {
  it("answers with the first of the nearest candidates", () => {
    fc.assert(
      fc.property(word, fc.array(word), fc.integer({ min: 0, max: 4 }), (wanted, known, max) => {
        const distances = known.map((candidate) => fullDistance(wanted, candidate));
        const nearest = Math.min(...distances);
        const expected = nearest <= max ? known[distances.indexOf(nearest)] : undefined;
        expect(closest(wanted, known, max)).toBe(expected);
      }),
    );
  });

  it("finds a name with two letters swapped, one missing, or in another case", () => {
    const known = ["deploy", "build-api", "test"];
    expect(closest("dpeloy", known)).toBe("deploy");
    expect(closest("build-ap", known)).toBe("build-api");
    expect(closest("TEST", known)).toBe("test");
  });

  it("does not take one short id for another", () => {
    expect(closest("3", ["1", "2"])).toBeUndefined();
    expect(closest("ab", ["ac", "AB"])).toBe("AB");
  });

  it("suggests nothing from nothing", () => {
    expect(closest("", [])).toBeUndefined();
    expect(closest("word", [])).toBeUndefined();
  });

  it("stops looking after a bounded number of candidates", () => {
    let taken = 0;
    const endless = function* () {
      for (;;) yield `candidate-${taken++}`;
    };
    expect(closest("somethingelse", endless())).toBeUndefined();
    expect(taken).toBeGreaterThan(5_000);
  });
});
