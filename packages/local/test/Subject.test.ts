import { describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import { expect } from "vitest";
import * as Subject from "../src/internal/Subject.ts";

describe("the subject of a commit", () => {
  it.each([
    ["Add it", "a", "Add it (a)"],
    ["a", "a", "a"],
    [undefined, "a", "a"],
    [" \n", "a", "a"],
    ["one\r\ntwo\u0085three\u2028four", "a", "one two three four (a)"],
    ["safe\u202eevil", "a", "safeevil (a)"],
    ["x\u001b]0;title\u0007y", "a", "x ]0;title y (a)"],
    ["half \ud83d", "a", "half \ufffd (a)"],
    ["x".repeat(100_000), "a", `${"x".repeat(95)}\u2026 (a)`],
    ["x".repeat(200), "y".repeat(200), `${"x".repeat(46)}\u2026 (${"y".repeat(49)}\u2026)`],
    [undefined, "y".repeat(200), `${"y".repeat(99)}\u2026`],
  ])("of %j and %j is %j", (title, id, subject) => {
    expect(Subject.make(title, id)).toBe(subject);
  });

  it("cuts no grapheme that is shorter than the line", () => {
    expect(Subject.make(`${"x".repeat(94)}e\u0301z`, "a")).toBe(`${"x".repeat(94)}\u2026 (a)`);
    expect(Subject.make(`e${"\u0301".repeat(1000)}`, "a")).toBe(
      `e${"\u0301".repeat(94)}\u2026 (a)`,
    );
  });

  it("is one line of whole characters, at most 100 units long", () => {
    const texts = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(texts, texts, (title, id) => {
        const subject = Subject.make(title, id);
        expect(subject.length).toBeLessThanOrEqual(100);
        expect(subject).not.toMatch(/[\p{Cc}\p{Surrogate}\u2028\u2029]/u);
      }),
    );
  });
});
