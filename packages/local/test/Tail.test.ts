import { describe, it } from "@effect/vitest";
import { expect } from "vitest";
import * as Tail from "../src/internal/Tail.ts";

const tailOf = (...texts: ReadonlyArray<string>): string => {
  const tail = Tail.make();
  for (const text of texts) tail.add(text);
  return tail.read();
};

describe("the tail of an output", () => {
  it("has the last twenty lines without the last line end", () => {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    expect(tailOf(`${lines.join("\n")}\n\n`)).toBe(lines.slice(10).join("\n"));
    expect(tailOf("")).toBe("");
  });

  it("cuts each line at 500 characters, whole ones", () => {
    expect(tailOf(`${"x".repeat(500)}\n${"y".repeat(501)}\nend`)).toBe(
      `${"x".repeat(500)}\n${"y".repeat(500)}\u2026\nend`,
    );
    expect(tailOf(`${"x".repeat(499)}\u{1f600}`)).toBe(`${"x".repeat(499)}\u2026`);
  });

  it("has the end of a line whose beginning is too far back", () => {
    expect(tailOf("a".repeat(9_000), "z".repeat(300))).toBe(
      `\u2026${"a".repeat(200)}${"z".repeat(300)}`,
    );
    expect(tailOf("\u{1f600}".repeat(9_000), "z")).toBe(`\u2026${"\u{1f600}".repeat(249)}z`);
  });
});
