import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as BaseUrl from "../../src/remote/BaseUrl.ts";

const service = { name: "the Shop API", official: "https://api.shop.example" };

const origin = (given?: string, hosts?: ReadonlyArray<string>) =>
  Result.getOrThrow(BaseUrl.check(service, given, hosts)).origin;

const refusal = (given: string, hosts?: ReadonlyArray<string>) =>
  Result.getOrThrow(Result.flip(BaseUrl.check(service, given, hosts))).message;

describe("BaseUrl", () => {
  it("is the official host unless another is given", () => {
    assert.strictEqual(origin(), "https://api.shop.example");
  });

  it("may be http on this machine", () => {
    assert.strictEqual(origin("http://127.0.0.1:4010/"), "http://127.0.0.1:4010");
    assert.strictEqual(origin("http://localhost:4010"), "http://localhost:4010");
    assert.strictEqual(origin("http://[::1]:4010"), "http://[::1]:4010");
  });

  it("is another host only if that is allowed", () => {
    assert.include(refusal("https://shop.example.com"), "allow the host shop.example.com");
    assert.strictEqual(
      origin("https://shop.example.com", ["Shop.Example.com"]),
      "https://shop.example.com",
    );
    assert.include(refusal("https://api.shop.example.evil.example"), "is not an allowed host");
    assert.include(refusal("https://127.0.0.1.evil.example"), "is not an allowed host");
  });

  it("is never http to another machine", () => {
    assert.include(refusal("http://api.shop.example"), "Try https://api.shop.example");
    assert.include(refusal("http://internal", ["internal"]), "readable");
  });

  it("holds no password, and an error does not show one", () => {
    const message = refusal("https://ada:secret@api.shop.example");
    assert.include(message, "password");
    assert.notInclude(message, "secret");
  });

  it("is refused by the name of the service", () => {
    assert.include(refusal("nonsense"), "The address of the Shop API, nonsense, is not an address");
  });

  it("is an address without a query", () => {
    assert.include(refusal("api.shop.example"), "is not an address");
    assert.include(refusal("https://api.shop.example/?a=1"), "query");
    assert.include(refusal("file:///etc/passwd"), "https");
  });
});
