import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Lines from "../src/internal/Lines.ts";

const oneLine = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.constant("\uFEFFa"))
  .map((text) => text.replaceAll("\n", ""));

describe("Lines", () => {
  it("gives every line once and in order, however its bytes arrive", () => {
    fc.assert(
      fc.property(fc.array(oneLine), fc.array(fc.nat(120)), (texts, sizes) => {
        const lines = Lines.make();
        const bytes = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(""));
        const found: Array<Lines.Line> = [];
        let at = 0;
        for (const size of sizes) {
          found.push(...lines.add(bytes.subarray(at, at + size), false));
          at = Math.min(bytes.length, at + size);
          assert.strictEqual(lines.taken(), at);
        }
        found.push(...lines.add(bytes.subarray(at), true));
        assert.deepStrictEqual(
          found,
          texts.map((text, index) => ({ number: index + 1, text })),
        );
      }),
    );
  });

  it("holds back a line until its end, and gives it at the end of the text", () => {
    const lines = Lines.make();
    const half = new TextEncoder().encode("half");
    assert.deepStrictEqual(lines.add(half, false), []);
    assert.strictEqual(lines.waiting(), 4);
    assert.deepStrictEqual(lines.add(new Uint8Array(), true), [{ number: 1, text: "half" }]);
    assert.strictEqual(lines.waiting(), 0);
  });
});
