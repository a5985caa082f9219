import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as BaseUrl from "../src/BaseUrl.ts";

describe("BaseUrl", () => {
  it("is the official host unless another is given", () => {
    assert.strictEqual(Result.getOrThrow(BaseUrl.check()).origin, "https://api.codegen.com");
  });

  it("is another host only if that is allowed", () => {
    const given = "https://codegen.example.com";
    const refused = Result.getOrThrow(Result.flip(BaseUrl.check(given)));
    assert.include(refused.message, "The address of the Codegen API");
    assert.include(refused.message, "api.codegen.com");
    const allowed = Result.getOrThrow(BaseUrl.check(given, ["codegen.example.com"]));
    assert.strictEqual(allowed.origin, given);
  });
});
