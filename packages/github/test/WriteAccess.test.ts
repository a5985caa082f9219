import { assert, describe, it } from "@effect/vitest";
import * as WriteAccess from "../src/WriteAccess.ts";

const known: WriteAccess.Known = {
  operations: ["comments", "merging"],
  scopes: ["repo"],
  mayPush: true,
  isPrivate: true,
  repository: "acme/shop",
};

const judge = (more: Partial<WriteAccess.Known>) => WriteAccess.judge({ ...known, ...more });

describe("WriteAccess", () => {
  it("says what a token with all scopes may do", () => {
    const verdict = judge({});
    assert.deepStrictEqual(verdict, {
      level: "ok",
      message: "The token may comment on issues and merge pull requests",
    });
  });

  it("names the scope that is missing, for what it is needed and how it is added", () => {
    const verdict = judge({ operations: ["comments", "board"] });
    assert.strictEqual(verdict?.level, "problem");
    assert.match(verdict!.message, /may not move cards .*lacks the scope project\. .*-s project/);
  });

  it("lets public_repo do for a public repository, and for no private one", () => {
    assert.strictEqual(judge({ scopes: ["public_repo"], isPrivate: false })?.level, "ok");
    assert.strictEqual(judge({ scopes: ["public_repo"] })?.level, "problem");
  });

  it("names the permissions of a token that does not tell them", () => {
    const verdict = judge({ scopes: undefined });
    assert.strictEqual(verdict?.level, "ok");
    assert.match(verdict!.message, /Issues: write, Contents: write and Pull requests: write/);
  });

  it("says that an account may only read, whatever its token may", () => {
    const verdict = judge({ mayPush: false });
    assert.strictEqual(verdict?.level, "problem");
    assert.match(verdict!.message, /may only read acme\/shop/);
  });

  it("has nothing to say where nothing is written", () => {
    assert.isUndefined(judge({ operations: [] }));
  });
});
