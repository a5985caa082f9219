import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as BaseUrl from "../src/BaseUrl.ts";

const origin = (given?: string, hosts?: ReadonlyArray<string>) =>
  Result.getOrThrow(BaseUrl.check(given, hosts)).origin;

const refusal = (given: string, hosts?: ReadonlyArray<string>) =>
  Result.getOrThrow(Result.flip(BaseUrl.check(given, hosts))).message;

describe("BaseUrl", () => {
  it("is the official host unless another is given", () => {
    assert.strictEqual(origin(), "https://api.codegen.com");
  });

  it("may be http on this machine", () => {
    assert.strictEqual(origin("http://127.0.0.1:4010/"), "http://127.0.0.1:4010");
    assert.strictEqual(origin("http://localhost:4010"), "http://localhost:4010");
    assert.strictEqual(origin("http://[::1]:4010"), "http://[::1]:4010");
  });

  it("is another host only if that is allowed", () => {
    assert.include(refusal("https://codegen.example.com"), "allow the host codegen.example.com");
    assert.strictEqual(
      origin("https://codegen.example.com", ["Codegen.Example.com"]),
      "https://codegen.example.com",
    );
    assert.include(refusal("https://api.codegen.com.evil.example"), "is not an allowed host");
    assert.include(refusal("https://127.0.0.1.evil.example"), "is not an allowed host");
  });

  it("is never http to another machine", () => {
    assert.include(refusal("http://api.codegen.com"), "Try https://api.codegen.com");
    assert.include(refusal("http://internal", ["internal"]), "readable");
  });

  it("holds no password, and an error does not show one", () => {
    const message = refusal("https://ada:secret@api.codegen.com");
    assert.include(message, "password");
    assert.notInclude(message, "secret");
  });

  it("is an address without a query", () => {
    assert.include(refusal("api.codegen.com"), "is not an address");
    assert.include(refusal("https://api.codegen.com/?a=1"), "query");
    assert.include(refusal("file:///etc/passwd"), "https");
  });
});
