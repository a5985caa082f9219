import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Width from "../src/terminal/Width.ts";

const texts = fc.string({ unit: "grapheme", maxLength: 40 });

describe("Width", () => {
  it("counts two columns for wide characters and none for marks", () => {
    expect(Width.of("題e\u0301")).toBe(3);
  });

  it("cuts between what people see as characters", () => {
    expect(Width.fit("日本語", 5)).toBe("日本…");
    expect(Width.fit("ab👩‍🚀cd", 4)).toBe("ab…");
    expect(Width.fit("abc", 0)).toBe("");
  });

  it("never gives more columns than there are", () => {
    fc.assert(
      fc.property(texts, fc.nat({ max: 30 }), (text, columns) => {
        expect(Width.of(Width.fit(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it("breaks between words only, and keeps a word that is too long whole", () => {
    expect(Width.wrap("one two three", 9)).toEqual(["one two", "  three"]);
    expect(Width.wrap("日本語 日本語", 7)).toEqual(["日本語", "  日本語"]);
    expect(Width.wrap("acme/shop#1", 5)).toEqual(["acme/shop#1"]);
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 30 }), (text, columns) => {
        const lines = Width.wrap(text, columns, "");
        expect(lines.join(" ")).toBe(text);
        const tooLong = lines.filter((line) => Width.of(line) > columns);
        expect(tooLong.filter((line) => line.includes(" "))).toEqual([]);
      }),
    );
  });

  it("breaks a text wherever the room ends, and loses nothing of it", () => {
    expect(Width.pieces("日本語 abc", 4)).toEqual(["日本", "語 a", "bc"]);
    expect(Width.pieces("abcdefg", 3)).toEqual(["abc", "def", "g"]);
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 30 }), (text, columns) => {
        const pieces = Width.pieces(text, columns);
        expect(pieces.join("")).toBe(text);
        for (const piece of pieces) expect(Width.of(piece)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it("fills a column exactly", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 30 }), (text, columns) => {
        expect(Width.of(Width.column(text, columns))).toBe(columns);
      }),
    );
  });
});
