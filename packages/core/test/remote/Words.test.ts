import { assert, describe, it } from "@effect/vitest";
import * as Redacted from "effect/Redacted";
import { Words } from "../../src/remote/Words.ts";

describe("Words", () => {
  it("leave a secret out, also as it stands in addresses and in JSON", () => {
    const secret = 'a"b/c';
    const words = new Words(Redacted.make(secret));
    assert.strictEqual(words.scrub(`x ${secret} y`), "x <token> y");
    assert.strictEqual(words.scrub(`?t=${encodeURIComponent(secret)}`), "?t=<token>");
    assert.strictEqual(words.scrub(JSON.stringify({ secret })), '{"secret":"<token>"}');
  });

  it("leave out what is hidden later, and every one of several", () => {
    const words = new Words(Redacted.make("first"), Redacted.make("second"));
    words.hide(Redacted.make("third"));
    assert.strictEqual(words.scrub("first second third"), "<token> <token> <token>");
  });

  it("leave a text as it is where a secret is empty", () => {
    assert.strictEqual(new Words(Redacted.make("")).scrub("text"), "text");
    assert.strictEqual(new Words().scrub("text"), "text");
  });

  it("make one line of bounded length", () => {
    const words = new Words(Redacted.make("token"));
    assert.strictEqual(words.line(" a\r\n\u001b[31mb\u2028token "), "a [31mb <token>");
    assert.strictEqual(words.line("x".repeat(2_000)), `${"x".repeat(500)}…`);
  });
});
