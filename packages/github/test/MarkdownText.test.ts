import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as MarkdownText from "../src/MarkdownText.ts";
import { nothing, read } from "./support/asGitHub.ts";

const limit = 600;
const forms = {
  inline: (text: string) => MarkdownText.inline(text, limit),
  block: (text: string) => MarkdownText.block(text, limit, { whole: "orchestrator log r1" }),
  code: (text: string) => MarkdownText.code(text, limit, { whole: "orchestrator log r1" }),
  span: (text: string) => MarkdownText.span(text, limit),
};

/** Pieces of which hostile texts are made. */
const pieces = [
  ..."@#/!`*_[]()<>&|~\\-+=.:;$ \n\r\t1aZé\u0000\u001b\u200b\u200d\u202e\u2066\ufeff\u00ad\u034f\ud83d",
  ..."＠﹫＃１👩‍👩‍👧",
  "@eve",
  "@acme/admins",
  "fixes ",
  "Closes: ",
  "#1",
  "acme/shop#12",
  "GH-7",
  "gh-",
  "https://github.com/acme/shop/issues/1",
  "www.evil.example",
  "[x](https://evil.example/@eve)",
  "![x](https://evil.example/p.png)",
  "<img src=x onerror=1>",
  "<!-- orchestrator v=1 -->",
  "-->",
  "<details>",
  "</details>",
  "&commat;eve",
  "&#64;eve",
  "&#x23;1",
  "&num;1",
  "\n/deploy prod",
  "\n> /lgtm",
  "\n- [ ] /retest",
  "\n1. one",
  "\n# Title",
  "\n===",
  "\n---",
  "\n```",
  "\n~~~~",
  "````````````````",
  "\n    code",
  "\n| a | b |\n| - | - |",
  "\u001b[31m",
  "\u001b]8;;https://evil.example\u0007",
  "mailto:eve@evil.example",
  "<https://evil.example>",
  "[a]: https://evil.example",
  "[^1]",
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 400 }),
);

describe("text in Markdown", () => {
  for (const [name, form] of Object.entries(forms)) {
    it(`as ${name} does nothing, whatever it says`, () => {
      fc.assert(
        fc.property(hostile, (text) => {
          assert.deepStrictEqual(read(form(text)), nothing);
        }),
        { numRuns: 3_000 },
      );
    });

    it(`as ${name} is as harmless the second time`, () => {
      fc.assert(
        fc.property(hostile, (text) => {
          assert.deepStrictEqual(read(form(form(text))), nothing);
        }),
        { numRuns: 1_000 },
      );
    });

    it(`as ${name} is never longer than its limit`, () => {
      fc.assert(
        fc.property(hostile, fc.integer({ min: 1, max: 40 }), (text, times) => {
          assert.isAtMost(form(text.repeat(times)).length, limit);
        }),
        { numRuns: 1_000 },
      );
    });
  }

  it("is found to act where nobody makes it harmless", () => {
    const acts = read(
      "hi @eve, fixes #1\n/deploy\n![a](x) <b> &#64;bob\n# T\nhttps://evil.example \u202e\n",
    );
    for (const [kind, found] of Object.entries(acts)) assert.isNotEmpty(found, kind);
  });

  it("reads as it was written", () => {
    const text = "Added `cart.ts`:\n- tests\n  - more_tests\n\nSee docs/a.md & <Cart>, 100%.";
    assert.strictEqual(
      MarkdownText.block(text, 1_000),
      [
        "> Added \\`cart.ts\\`:\\",
        "> \\- tests\\",
        "> \u00a0\u00a0\\- more\\_tests",
        ">",
        "> See docs/a.md \\& \\<Cart\\>, 100%.",
      ].join("\n"),
    );
  });

  it("keeps the text of a link, and its address only for hosts that may be named", () => {
    const text = "see [the run](https://codegen.com/runs/1) and [this](https://evil.example/x)";
    assert.strictEqual(
      MarkdownText.inline(text, 500, { hosts: ["codegen.com"] }),
      "see the run (https:\u200b//codegen.com/runs/1) and this",
    );
    const agent = (address: string) => MarkdownText.link("run 1", address, ["codegen.com"]);
    assert.strictEqual(
      agent("https://app.codegen.com/a(b)?c=@d"),
      "[run 1](https://app.codegen.com/a%28b%29?c=%40d)",
    );
    assert.strictEqual(
      agent("https://codegen.com.evil.example/"),
      "run 1 (codegen.com.evil.example)",
    );
    assert.strictEqual(agent("http://codegen.com/"), "run 1 (codegen.com)");
    assert.strictEqual(agent("https://codegen.com@evil.example/"), "run 1 (evil.example)");
    assert.strictEqual(agent("javascript:alert(1)"), "run 1");
  });

  it("that is too long says how much is left out and where it is", () => {
    const block = MarkdownText.block("x".repeat(20_000), 1_000, { whole: "orchestrator log r1" });
    assert.match(block, /^> x{800}\n>\n> … 19,200 more characters: `orchestrator log r1`$/);
    assert.strictEqual(MarkdownText.inline("x".repeat(50), 10), `${"x".repeat(9)}…`);
  });

  it("stays in its fence, however many backticks it has", () => {
    const code = MarkdownText.code(`a\n${"`".repeat(5)}\nb`, 1_000);
    assert.strictEqual(code, "> ``````text\n> a\n> `````\n> b\n> ``````");
  });

  it("has no fence that is longer than what it holds", () => {
    const code = MarkdownText.code("`".repeat(5_000), 1_000);
    assert.isAtMost(code.length, 1_000);
    assert.match(code, /^> `{10}text\n/);
  });

  it("ends its lines as they end anywhere, and has no colours of terminals", () => {
    const text = "\u001b[31mred\u001b[0m\r\ngreen\u2028\u001b]8;;https://evil.example\u0007blue";
    assert.strictEqual(MarkdownText.code(text, 500), "> ```text\n> red\n> green\n> blue\n> ```");
  });

  it("keeps emoji and scripts that need joiners, and no character that cannot be seen", () => {
    assert.strictEqual(MarkdownText.inline("👩‍👩‍👧 می‌خواهم", 100), "👩‍👩‍👧 می‌خواهم");
    assert.strictEqual(MarkdownText.inline("a\u200db\u202ec\u{e0041}d\u3164e", 100), "abcde");
    assert.strictEqual(
      MarkdownText.inline(`a${"\u0301".repeat(50)}`, 100),
      `a${"\u0301".repeat(4)}`,
    );
  });

  it("costs time in proportion to its length", () => {
    for (const unit of ["[", "[](", "@", "\u001b]", "\u009d", "`", "![a](b ", "\u0301", "\u200d"]) {
      const long = unit.repeat(200_000);
      assert.isAtMost(MarkdownText.block(long, 60_000).length, 60_000);
    }
  });
});
