import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as PullRequests from "../src/PullRequests.ts";

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/).filter((text) => !/^\.+$/.test(text));

describe("PullRequests", () => {
  it("reads owner, name and number back from any url that has them", () => {
    fc.assert(
      fc.property(
        name,
        name,
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.constantFrom("", "/", "/files", "#discussion_r1", "?w=1"),
        fc.constantFrom("github.com", "github.example.com:8443"),
        (owner, repo, number, end, host) => {
          const url = `https://${host}/${owner}/${repo}/pull/${number}${end}`;
          assert.deepStrictEqual(PullRequests.parse(url), {
            repository: `${owner}/${repo}`,
            number,
          });
        },
      ),
    );
  });

  it("says nothing of any other text, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
        fc.pre(!/\/pull\/\d/.test(text));
        assert.isUndefined(PullRequests.parse(text));
      }),
    );
    assert.isUndefined(PullRequests.parse("https://github.com/a/b/pull/0"));
    assert.isUndefined(PullRequests.parse("https://github.com/a/b/pulls/3"));
    assert.isUndefined(PullRequests.parse("https://github.com/a/b/issues/3"));
    assert.isUndefined(PullRequests.parse("javascript:/a/b/pull/3"));
  });

  const url = "https://github.com/acme/shop/pull/12";

  it("takes the branch that is told, or the ref that GitHub keeps", () => {
    const [told, kept] = [{ url, head_branch_name: "fix" }, { url }].map((pull) =>
      PullRequests.change(PullRequests.of({ id: 1, github_pull_requests: [pull] })),
    );
    assert.deepStrictEqual(told, { branch: "fix", pullRequests: [url] });
    assert.deepStrictEqual(kept, { branch: "refs/pull/12/head", pullRequests: [url] });
  });

  it("leaves out what is told twice, empty or of no sense", () => {
    const pulls = [{ url }, undefined, { url }, {}, { url: " ", title: "" }];
    const found = PullRequests.of({ id: 1, github_pull_requests: pulls });
    assert.deepStrictEqual(found, [{ url, repository: "acme/shop", number: 12 }]);
  });
});
