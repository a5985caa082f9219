import { describe, expect, it } from "@effect/vitest";
import * as Link from "../src/terminal/Link.ts";

describe("Link", () => {
  it("leads to addresses of https", () => {
    expect(Link.osc8("#1", "https://github.com/acme/shop/pull/1")).toBe(
      "\u001b]8;;https://github.com/acme/shop/pull/1\u001b\\#1\u001b]8;;\u001b\\",
    );
    expect(Link.none("#1", "https://github.com/acme/shop/pull/1")).toBe("#1");
  });

  it("leads nowhere else, and lets no address end its sequence", () => {
    for (const url of [
      "http://github.com",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "vscode://open?x",
      "https://github.com@evil.example/",
      "https://user:word@github.com/",
      `https://github.com/${"x".repeat(3_000)}`,
      "not an address",
      "",
    ]) {
      expect(Link.osc8("text", url)).toBe("text");
    }
    const hostile = Link.osc8("text", "https://a.example/\u001b\\\u0007\u009c \u202eb");
    expect(hostile.slice("\u001b]8;;".length).split("\u001b\\")[0]).toMatch(/^[!-~]+$/);
  });
});
