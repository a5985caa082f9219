import { assert, describe, it } from "@effect/vitest";
import * as GitHubHost from "../src/GitHubHost.ts";

const pairs: ReadonlyArray<readonly [host: string, api: string]> = [
  ["github.com", "https://api.github.com"],
  ["acme.ghe.com", "https://api.acme.ghe.com"],
  ["ghe.test", "https://ghe.test/api/v3"],
  ["ghe.test:8443", "https://ghe.test:8443/api/v3"],
];

describe("GitHubHost", () => {
  it("knows the API of a host, and the host of an API", () => {
    for (const [host, api] of pairs) {
      assert.strictEqual(GitHubHost.apiOf(host), api);
      assert.strictEqual(GitHubHost.hostOf(api), host);
    }
    assert.strictEqual(GitHubHost.apiOf("GitHub.com"), "https://api.github.com");
    assert.strictEqual(
      GitHubHost.hostOf("https://api.github.com.evil.test"),
      "api.github.com.evil.test",
    );
    assert.strictEqual(GitHubHost.hostOf("http://127.0.0.1:4000"), "127.0.0.1:4000");
  });

  it("allows with a host that of its API, and no other", () => {
    assert.deepStrictEqual(GitHubHost.allowedBy(["acme.ghe.com", "ghe.test"]), [
      "acme.ghe.com",
      "api.acme.ghe.com",
      "ghe.test",
    ]);
  });

  it("tells repositories from other texts", () => {
    for (const text of ["acme/shop", "a/b.c", "a-b/_x", "user_corp/x"]) {
      assert.isTrue(GitHubHost.isRepository(text), text);
    }
    for (const text of ["shop", "a/b/c", "/b", "a/", "a/..", "a b/c", "-a/b", "a/b?x", "ü/b"]) {
      assert.isFalse(GitHubHost.isRepository(text), text);
    }
  });
});
