import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as BaseUrl from "../src/BaseUrl.ts";

describe("BaseUrl", () => {
  it("is the official host unless another is given", () => {
    assert.strictEqual(BaseUrl.rest(Result.getOrThrow(BaseUrl.check())), "https://api.github.com");
  });

  it("is another host only if that is allowed, also one of ghe.com", () => {
    const given = "https://api.acme.ghe.com";
    const refused = Result.getOrThrow(Result.flip(BaseUrl.check(given)));
    assert.include(refused.message, "The address of the GitHub API");
    const allowed = Result.getOrThrow(BaseUrl.check(given, ["api.acme.ghe.com"]));
    assert.strictEqual(allowed.origin, given);
  });

  const rows = [
    ["https://api.github.com/", "https://api.github.com", "https://api.github.com/graphql"],
    [
      "https://git.x.example/api/v3/",
      "https://git.x.example/api/v3",
      "https://git.x.example/api/graphql",
    ],
    ["https://api.acme.ghe.com", "https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"],
    ["http://127.0.0.1:4010", "http://127.0.0.1:4010", "http://127.0.0.1:4010/graphql"],
  ] as const;
  for (const [given, rest, graphql] of rows) {
    it(`leads from ${given} to both APIs`, () => {
      assert.strictEqual(BaseUrl.rest(new URL(given)), rest);
      assert.strictEqual(BaseUrl.graphql(new URL(given)), graphql);
    });
  }
});
