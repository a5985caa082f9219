import { assert, describe, it } from "@effect/vitest";
import { IssueId } from "@orchestrator/github";

describe("IssueId", () => {
  it("writes and reads an id in the spelling it was given", () => {
    const parts = { owner: "Acme", repository: "shop.js", number: 12 };
    assert.strictEqual(IssueId.of(parts), "Acme/shop.js#12");
    assert.deepStrictEqual(IssueId.parse("Acme/shop.js#12"), parts);
  });

  it("compares ids without regard to capitals", () => {
    assert.isTrue(IssueId.equals("Acme/Shop#1", "acme/shop#1"));
    assert.isFalse(IssueId.equals("acme/shop#1", "acme/shop#11"));
    assert.strictEqual(IssueId.key("Acme/Shop#1"), "acme/shop#1");
  });

  it.each([
    "",
    "#1",
    "shop#1",
    "acme/shop",
    "acme/shop#0",
    "acme/shop#01",
    "acme/shop#1a",
    "acme/shop#2147483648",
    "acme/#1",
    "/shop#1",
    "acme/shop/x#1",
    "acme/..#1",
    "acme/shop.git#1",
    "-acme/shop#1",
    "ac me/shop#1",
    "acme#1/shop",
    `${"a".repeat(40)}/shop#1`,
    `acme/${"a".repeat(101)}#1`,
  ])("takes %j for no id", (text) => {
    assert.isUndefined(IssueId.parse(text));
  });

  it("knows the names that GitHub allows", () => {
    assert.isTrue(["acme", "a-b", "octo_acme", "0x"].every(IssueId.isOwner));
    assert.isTrue(["shop", ".github", "a.b-c_d", "..."].every(IssueId.isRepository));
    assert.isFalse([".", "..", "a b", "", "x.git"].some(IssueId.isRepository));
  });
});
