import { assert, describe, it } from "@effect/vitest";
import { codeOf, isNeverSent } from "../../src/remote/neverSent.ts";

const coded = (code: string, more: object = {}) =>
  Object.assign(new Error("connect"), { code, ...more });
const failed = (cause: unknown) => new TypeError("fetch failed", { cause });

describe("isNeverSent", () => {
  const rows = [
    ["a name that is not found", failed(coded("ENOTFOUND")), true],
    ["nobody who accepts", failed(coded("ECONNREFUSED")), true],
    ["no trust", failed(coded("CERT_HAS_EXPIRED")), true],
    ["no way there", failed(coded("ETIMEDOUT", { syscall: "connect" })), true],
    ["a way that ended later", failed(coded("ETIMEDOUT", { syscall: "read" })), false],
    ["a reset", failed(coded("ECONNRESET")), false],
    [
      "several attempts that all failed",
      failed(new AggregateError([coded("ECONNREFUSED"), coded("ENOTFOUND")])),
      true,
    ],
    [
      "several attempts of which one got through",
      failed(new AggregateError([coded("ECONNREFUSED"), coded("ECONNRESET")])),
      false,
    ],
    ["no code at all", failed(new Error("other side closed")), false],
    ["what is no error", "ECONNREFUSED", false],
  ] as const;
  for (const [what, error, expected] of rows) {
    it(`is ${expected} of ${what}`, () => {
      assert.strictEqual(isNeverSent(error), expected);
    });
  }

  it("looks at causes, but not without end", () => {
    const circle = new Error("a") as Error & { cause?: unknown };
    circle.cause = circle;
    assert.isFalse(isNeverSent(circle));
    assert.isUndefined(codeOf(circle));
  });

  it("tells the code of the nearest cause that has one", () => {
    assert.strictEqual(codeOf(failed(failed(coded("EPIPE")))), "EPIPE");
  });
});
