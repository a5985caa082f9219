import { describe, expect, it } from "@effect/vitest";
import * as Words from "../src/view/Words.ts";

describe("Words", () => {
  it.each([
    [0, "0.0s"],
    [12.34, "12.3s"],
    [59.97, "1m 00s"],
    [125, "2m 05s"],
    [3780, "1h 03m"],
  ])("writes %f seconds as %s", (value, text) => {
    expect(Words.seconds(value)).toBe(text);
  });

  it.each([
    [0, "0:00"],
    [65.9, "1:05"],
    [3725, "1:02:05"],
  ])("writes %f seconds on a clock as %s", (value, text) => {
    expect(Words.clock(value)).toBe(text);
  });

  it("shows the ends of a long path", () => {
    const ids = Array.from({ length: 20 }, (_, index) => `t${index}`);
    expect(Words.path(ids, 6)).toBe("t0 → t1 → … 15 more … → t17 → t18 → t19");
    expect(Words.path(ids.slice(0, 3))).toBe("t0 → t1 → t2");
  });

  it("says how many names it leaves out", () => {
    expect(Words.some(["a", "b", "c"], 2)).toBe("a, b, … and 1 more");
    expect(Words.some(["a", "b"], 2)).toBe("a, b");
  });
});
