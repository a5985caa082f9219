import { describe, expect, it } from "@effect/vitest";
import type { GitHub as Fake } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as GitHub from "./support/GitHub.ts";

const tokens = [
  { token: "ghp_classic", kind: "classic", user: "operator", scopes: ["repo", "read:project"] },
  { token: "github_pat_weak", kind: "fine-grained", user: "operator", permissions: {} },
  { token: "ghs_job", kind: "actions", repo: "acme/shop" },
] as const;

const projects = [{ owner: "acme", fields: { Status: ["Todo"] }, items: ["acme/shop#1"] }];
const repos = [
  { name: "acme/shop", private: true, permissions: { operator: "admin" as const }, issues: [{}] },
];
const world: Fake.GitHubOptions["world"] = { ...GitHub.world, repos, projects, tokens };

const config = "github: { repository: acme/shop }\n";
const board = "github: { organization: acme, repository: shop, project_number: 1, issues: {} }\n";

const findings = (out: string): ReadonlyArray<{ readonly about: string; readonly level: string }> =>
  JSON.parse(out).filter(({ about }: { readonly about: string }) => about.startsWith("github"));

const scene = (environment: Record<string, string> = {}, more: object = {}) =>
  Effect.tap(
    GitHub.scene({
      world,
      environment,
      files: { "config.yaml": config, "board.yaml": board },
      ...more,
    }),
    ({ clone }) => clone({}),
  );

/** A repository without commits is a problem of its own. */
const doctor = (file: string) => ["doctor", "--json", "--config", file];

describe("orchestrator doctor on GitHub", () => {
  it.live("looks at the token, the repository, its issues, the board and the points", () =>
    Effect.gen(function* () {
      const folder = yield* scene();
      const { out } = yield* folder.run(...doctor("board.yaml"));
      expect(findings(out)).toEqual([
        {
          about: "github token",
          level: "ok",
          message: expect.stringMatching(
            /^GITHUB_TOKEN, a classic token, is operator's at 127\.0\.0\.1/,
          ),
        },
        {
          about: "github repository",
          level: "ok",
          message: "acme/shop, which is private, can be read",
        },
        {
          about: "github access",
          level: "problem",
          message: expect.stringMatching(
            /^The token may not move cards .*lacks the scope project\./,
          ),
        },
        { about: "github project", level: "ok", message: "acme project 1 can be read" },
        { about: "github issues", level: "ok", message: "acme/shop issues can be read" },
        {
          about: "github points",
          level: "ok",
          message: expect.stringMatching(/^\d+ of 5000 REST points are left until \d\d:\d\d UTC$/),
        },
        { about: "github points", level: "ok", message: expect.stringMatching(/GraphQL points/) },
      ]);
      expect(out).not.toContain("ghp_classic");
      expect(folder.fake.violations()).toEqual([]);
    }),
  );

  it.live("looks at what agents of this machine push to, in the clone of a fork upstream", () =>
    Effect.gen(function* () {
      const folder = yield* scene({ ORCHESTRATOR_AGENT_NAME: "claude" });
      const { url } = folder.fake;
      const remotes = { origin: `${url}/operator/shop.git`, upstream: `${url}/acme/shop.git` };
      // Another name of the host, by which ssh chooses the key.
      const settings = { "url.git@work.invalid:acme/.insteadOf": `${url}/acme/` };
      yield* folder.clone(remotes, settings);
      const { out } = yield* folder.run(...doctor("config.yaml"));
      expect(findings(out)).toContainEqual({
        about: "github access",
        level: "ok",
        message: expect.stringContaining("open pull requests"),
      });
      expect(JSON.parse(out)).toContainEqual({
        about: "agents on issues",
        level: "problem",
        message: expect.stringMatching(/^The remote upstream /),
      });
    }),
  );

  it.live("names what a token may not read", () =>
    Effect.gen(function* () {
      const folder = yield* scene({ GITHUB_TOKEN: "github_pat_weak" });
      const { out } = yield* folder.run(...doctor("config.yaml"));
      expect(findings(out)).toContainEqual({
        about: "github issues",
        level: "problem",
        message: expect.stringMatching(/issues=read|Issues: read/),
      });
    }),
  );

  it.live("says that the token of a job is nobody's, and that it sees no boards", () =>
    Effect.gen(function* () {
      const folder = yield* scene({ GITHUB_TOKEN: "ghs_job" });
      const { out } = yield* folder.run(...doctor("board.yaml"));
      const found = findings(out);
      expect(found[0]).toMatchObject({
        about: "github token",
        level: "ok",
        message: expect.stringContaining("acts as an App and not as a person"),
      });
      expect(found).toContainEqual(
        expect.objectContaining({ about: "github project", level: "problem" }),
      );
    }),
  );

  it.live("says that a token is refused, and of a host that answers with pages what it is", () =>
    Effect.gen(function* () {
      const wrong = yield* scene({ GITHUB_TOKEN: "ghp_revoked" });
      const refused = yield* wrong.run(...doctor("config.yaml"));
      expect(findings(refused.out)).toEqual([
        {
          about: "github token",
          level: "problem",
          message: expect.stringMatching(/wrong, expired or revoked/),
        },
      ]);
      const faults = [{ fault: { kind: "html", status: 200 } }];
      const page = yield* scene({}, { faults, factor: 30 });
      const { out } = yield* page.run(...doctor("config.yaml"));
      expect(findings(out)).toEqual([
        { about: "github host", level: "problem", message: expect.stringMatching(/HTML/) },
      ]);
    }),
  );

  it.live("only warns of a missing token, and says nothing where nothing speaks of GitHub", () =>
    Effect.gen(function* () {
      const folder = yield* scene({ GITHUB_TOKEN: "" });
      const { out } = yield* folder.run(...doctor("config.yaml"));
      expect(findings(out)).toEqual([
        { about: "github", level: "warning", message: expect.stringMatching(/gh auth login/) },
      ]);
      const silent = yield* folder.run("doctor", "--json");
      expect(findings(silent.out)).toEqual([]);
      yield* folder.clone({ origin: `${folder.fake.url}/acme/shop.git` });
      const cloned = yield* folder.run("doctor", "--json");
      expect(findings(cloned.out)).toMatchObject([{ about: "github", level: "warning" }]);
    }),
  );
});
