import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Text from "../src/terminal/Text.ts";

const escape = "\u001b";
const bell = "\u0007";

/** What must never reach a terminal from untrusted text. */
const dangerous = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

const nasty = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      `${escape}[2J`,
      `${escape}]0;title${bell}`,
      `${escape}]8;;http://x${escape}\\`,
      `${escape}P1$q${escape}\\`,
      "\u009b31m",
      "\u202e",
      "\u2066",
      "\u{e0041}",
      "\r\n",
      "\t",
      "\ud800",
      escape,
    ),
  ),
  { maxLength: 12 },
);

describe("Text.line", () => {
  it("drops colours, titles and links with their sequences", () => {
    const text = `${escape}[31mred${escape}[0m ${escape}]0;owned${bell}title ${escape}]8;;http://x${escape}\\link${escape}]8;;${escape}\\`;
    expect(Text.line(text)).toBe("red title link");
  });

  it("shows what is left of a torn sequence instead of acting on it", () => {
    expect(Text.line(`a${escape}]0;never ends`)).toBe("a\ufffd]0;never ends");
  });

  it("shows bidi controls and tag characters, and keeps joined emoji", () => {
    expect(Text.line("a\u202eb\u{e0041}c 👩‍🚀")).toBe("a\ufffdb\ufffdc 👩‍🚀");
  });

  it("shows fillers and what can hide bytes, and keeps emoji with their selectors", () => {
    const hidden = [...Array(8).keys()]
      .map((byte) => String.fromCodePoint(0xe0100 + byte))
      .join("");
    expect(Text.line(`a${hidden}b`)).toBe(`a${"\ufffd".repeat(8)}b`);
    expect(Text.line("a\u3164\u034f\u2800b")).toBe("a\ufffd\ufffd\u2800b");
    expect(Text.line("❤️ 🏳️‍🌈 1️⃣")).toBe("❤️ 🏳️‍🌈 1️⃣");
  });

  it("keeps the marks that scripts write, and no flood of them", () => {
    const vietnamese = "Tiê\u0301ng Viê\u0323t";
    expect(Text.line(vietnamese)).toBe(vietnamese);
    expect(Text.line(`a${"\u0300".repeat(500)}b`)).toBe(`a${"\u0300".repeat(6)}b`);
    expect(Text.line(`a${"\u200d\ufe0f".repeat(500)}b`).length).toBeLessThan(10);
  });

  it("says nothing that the runner of GitHub Actions would take for a command", () => {
    expect(Text.line("  ::add-mask::a and ##[group]b")).toBe(": :add-mask::a and ## [group]b");
    expect(Text.lines("a\n  ::error::b\n##[warning]c")).toEqual([
      "a",
      "  : :error::b",
      "## [warning]c",
    ]);
  });

  it("makes one line of several, and cuts it between characters", () => {
    expect(Text.line("  a\r\n\tb  c \n")).toBe("a b c");
    expect(Text.line("ab😀cd", 4)).toBe("ab…");
  });

  it("gives one line without anything dangerous, whatever the text", () => {
    fc.assert(
      fc.property(nasty, (parts) => {
        expect(Text.line(parts.join(""))).not.toMatch(dangerous);
      }),
    );
  });

  it("reads a hostile megabyte in one pass", () => {
    for (const unit of [`${escape}]`, `${escape}[`, escape, "\u202e", "\t"]) {
      expect(Text.line(unit.repeat(500_000)).length).toBeLessThanOrEqual(2_000);
    }
  });
});

describe("Text.verbatim", () => {
  it("keeps every space and shows what would end the line or act on a terminal", () => {
    expect(Text.verbatim(`a  b\tc\nd${escape}[2J\u202e`)).toBe("a  b\ufffdc\ufffdd\ufffd");
  });
});

describe("Text.lines", () => {
  it("splits at line ends of every kind and drops blank lines at the end", () => {
    expect(Text.lines("a\r\nb\rc\u2028d\n\n")).toEqual(["a", "b", "c", "d"]);
  });

  it("gives lines without anything dangerous, whatever the text", () => {
    fc.assert(
      fc.property(nasty, (parts) => {
        for (const line of Text.lines(parts.join(""))) expect(line).not.toMatch(dangerous);
      }),
    );
  });
});

describe("Text.tail", () => {
  it("gives the last lines, however long the text is", () => {
    const text = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join("");
    expect(Text.tail(text).slice(-2)).toEqual(["line 49998", "line 49999"]);
  });
});

describe("Text.json", () => {
  it("keeps the value and writes what acts on a terminal as escapes", () => {
    fc.assert(
      fc.property(nasty, (parts) => {
        const value = parts.join("");
        const text = Text.json(JSON.stringify([value]));
        expect(text).not.toMatch(dangerous);
        expect(JSON.parse(text)).toEqual([value]);
      }),
    );
  });
});

describe("Text.raw", () => {
  it("keeps line ends and tabs and nothing else that acts", () => {
    expect(Text.raw(`a\tb\r\nc${escape}[2J`)).toBe("a\tb\r\nc\ufffd[2J");
  });
});
