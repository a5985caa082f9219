import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { issue } from "./support/requests.ts";
import { client, refused, within } from "./support/stub.ts";

const errorOf = (response: () => Response) =>
  Effect.gen(function* () {
    const { asked, client: github } = yield* client(response);
    const error = yield* Effect.flip(within("2 minutes", github.get(issue)));
    return { error, tries: asked.length };
  });

describe("a refusal", () => {
  const rows = [
    [401, "Bad credentials", "Unauthorized", "GITHUB_TOKEN"],
    [404, "Not Found", "NotFound", "the token has no access to it (it needs Issues: read)"],
    [410, "Issues are disabled for this repo", "NotFound", "switched off in the settings"],
    [405, "Pull Request is not mergeable", "Conflict", "read it again"],
    [409, "Head branch was modified.", "Conflict", "Head branch was modified."],
    [400, "Problems parsing JSON", "Invalid", "Problems parsing JSON"],
    [403, "Must have admin rights", "Forbidden", "give it Issues: read"],
    [451, "Repository access blocked", "Forbidden", "Repository access blocked"],
  ] as const;
  for (const [status, said, tag, hint] of rows) {
    it.effect(`of ${status} is ${tag}, and is not tried again`, () =>
      Effect.gen(function* () {
        const { error, tries } = yield* errorOf(() => refused(status, said));
        assert.deepInclude(error, { _tag: tag, status });
        assert.include(error.message, hint);
        assert.include(error.message, "issue 1 of acme/shop");
        assert.notInclude(error.message, "\n");
        assert.strictEqual(tries, 1);
      }),
    );
  }

  it.effect("names the permission that a fine-grained token or an App lacks", () =>
    Effect.gen(function* () {
      const accepted = [
        ["issues=read; pull_requests=read", "Issues: read or Pull requests: read"],
        ["contents=write,workflows=write", "Contents: write and Workflows: write"],
        ["metadata", "Metadata"],
        [" ; ", "Issues: read"],
      ] as const;
      for (const [header, permission] of accepted) {
        const { error } = yield* errorOf(() =>
          refused(403, "Resource not accessible by personal access token", {
            "x-accepted-github-permissions": header,
          }),
        );
        assert.deepInclude(error, { permission });
        assert.include(error.message, `give it ${permission}.`);
      }
    }),
  );

  it.effect("names the scope that a classic token lacks, if it lacks one", () =>
    Effect.gen(function* () {
      const scopes = (granted: string) =>
        errorOf(() =>
          refused(403, "Must have push access", {
            "x-oauth-scopes": granted,
            "x-accepted-oauth-scopes": "repo, write:org",
          }),
        );
      assert.deepInclude((yield* scopes("gist")).error, {
        permission: "the scope repo or write:org",
      });
      assert.deepInclude((yield* scopes("gist, repo")).error, { permission: "Issues: read" });
    }),
  );

  it.effect("tells where single sign-on is wanted", () =>
    Effect.gen(function* () {
      const { error } = yield* errorOf(() =>
        refused(403, "Resource protected by organization SAML enforcement.", {
          "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=A",
        }),
      );
      assert.include(error.message, "https://github.com/orgs/acme/sso?authorization_request=A");
    }),
  );

  it.effect("about permissions is none about limits, even with the last point", () =>
    Effect.gen(function* () {
      const { error, tries } = yield* errorOf(() =>
        refused(403, "Resource not accessible by integration", {
          "x-ratelimit-limit": "5000",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": "30",
        }),
      );
      assert.strictEqual(error._tag, "Forbidden");
      assert.strictEqual(tries, 1);
    }),
  );

  it.effect("tells the reasons of what does not validate", () =>
    Effect.gen(function* () {
      const errors = [
        { resource: "Issue", field: "title", code: "missing_field" },
        { message: "too long" },
        "no",
      ];
      const { error } = yield* errorOf(() =>
        Response.json({ message: "Validation Failed", errors }, { status: 422 }),
      );
      assert.include(error.message, "Validation Failed: Issue title missing_field; too long; no");
    }),
  );

  it.effect("that is a page for people is none of GitHub's", () =>
    Effect.gen(function* () {
      const { error, tries } = yield* errorOf(
        () => new Response("<html>Blocked by proxy</html>", { status: 403 }),
      );
      assert.deepInclude(error, { _tag: "Malformed", status: 403 });
      assert.include(error.message, "/api/v3");
      assert.strictEqual(tries, 1);
    }),
  );
});
