import { assert, describe, it } from "@effect/vitest";
import { nextPage } from "../src/internal/nextPage.ts";

describe("nextPage", () => {
  const url = "https://api.github.com/repositories/7/issues?labels=a,b;c&page=2";
  const rows = [
    ["the one among several", `<https://x.example/1>; rel="prev", <${url}>; rel="next"`, url],
    ["it in any place", `<${url}>; rel="next", <https://x.example/9>; rel="last"`, url],
    ["a relation of several names", `<${url}>; title="x"; rel="last next"`, url],
    ["a relation without quotes", `<${url}>; rel=next`, url],
    ["no other relation", `<${url}>; rel="nextish", <${url}>; rel="last"`, undefined],
    ["nothing in an empty header", "", undefined],
    ["nothing without a header", null, undefined],
  ] as const;
  for (const [what, link, expected] of rows) {
    it(`reads ${what}`, () => {
      assert.strictEqual(nextPage(link), expected);
    });
  }
});
