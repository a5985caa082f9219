import { assert, describe, it } from "@effect/vitest";
import { retryAfter } from "../../src/remote/retryAfter.ts";

const now = Date.parse("Sat, 21 Nov 2026 12:00:00 GMT");

describe("retryAfter", () => {
  const cases = [
    ["seconds", "30", undefined, 30_000],
    ["seconds with spaces", " 5 ", undefined, 5_000],
    ["a date", "Sat, 21 Nov 2026 12:01:00 GMT", undefined, 60_000],
    [
      "a date against the clock of the service",
      "Sat, 21 Nov 2026 15:00:10 GMT",
      "Sat, 21 Nov 2026 15:00:00 GMT",
      10_000,
    ],
    ["a date that has passed", "Sat, 21 Nov 2026 11:00:00 GMT", undefined, 0],
    ["more than an hour as an hour", "86400", undefined, 3_600_000],
    ["nothing", undefined, undefined, undefined],
    ["an empty text", "", undefined, undefined],
    ["a negative number", "-3", undefined, undefined],
    ["words", "soon", undefined, undefined],
  ] as const;
  for (const [what, header, date, expected] of cases) {
    it(`reads ${what}`, () => {
      assert.strictEqual(retryAfter(header, date, now), expected);
    });
  }
});
