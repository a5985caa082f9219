import { assert, describe, it } from "@effect/vitest";
import { Pace } from "../src/internal/Pace.ts";

const minute = 60_000;
/** 120 a minute. */
const usual = 500;

/**
 * Asks as often as it may until a moment; a service lets so many through in any
 * minute, and says how long to wait. Answers with the times of refusals.
 */
const ask = (pace: Pace, until: number, allowed: number, from = 0): ReadonlyArray<number> => {
  const [served, refused]: [Array<number>, Array<number>] = [[], []];
  let heldUntil = from;
  for (let now = from; now < until; now += usual / 10) {
    if (Math.max(heldUntil, pace.freeAt(now), (served.at(-1) ?? -usual) + usual) > now) continue;
    pace.began(now);
    const latest = served.filter((at) => at > now - minute);
    if (latest.length < allowed) served.push(now);
    else {
      refused.push(now);
      pace.refused(now);
      heldUntil = (latest[0] ?? now) + minute;
    }
  }
  return refused;
};

describe("Pace", () => {
  it("lets everything pass while nothing is refused", () => {
    const pace = new Pace(usual);
    pace.began(0);
    assert.isAtMost(pace.freeAt(0), 0);
    assert.deepStrictEqual(ask(pace, 10 * minute, 1000), []);
  });

  it("spreads what was let through in a minute over each minute that follows", () => {
    const pace = new Pace(usual);
    const [first = 0] = ask(pace, minute, 60);
    assert.strictEqual(first, 60 * usual);
    const last = minute;
    pace.began(last);
    assert.isAtLeast(pace.freeAt(last) - last, 1000);
    assert.isAtMost(pace.freeAt(last) - last, 1020);
  });

  it("asks for more again after a while, and ever more seldom where that is refused", () => {
    const refused = ask(new Pace(usual), 240 * minute, 60).filter((at) => at > 2 * minute);
    assert.isAtLeast(refused.length, 2);
    assert.isAtMost(refused.length, 12);
    const gaps = refused.slice(1).map((at, i) => at - (refused[i] ?? 0));
    assert.isAtLeast(Math.max(...gaps), 30 * minute);
  });

  it("returns to the documented rate when the service allows it", () => {
    const pace = new Pace(usual);
    ask(pace, minute, 60);
    assert.deepStrictEqual(ask(pace, 60 * minute, 1000, minute), []);
    pace.began(60 * minute);
    assert.isAtMost(pace.freeAt(60 * minute), 60 * minute);
  });

  it("halves the rate at most, and goes no lower than a quarter", () => {
    const pace = new Pace(usual);
    const gap = () => pace.freeAt(0);
    pace.began(0);
    pace.refused(0);
    assert.strictEqual(gap(), 2 * usual);
    for (let i = 0; i < 10; i++) pace.refused(0);
    assert.strictEqual(gap(), 4 * usual);
  });
});
