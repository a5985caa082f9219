import { assert, describe, it } from "@effect/vitest";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type { Credentials } from "../src/GitHubAuth.ts";
import type { Source } from "../src/GitHubSource.ts";
import * as Preflight from "../src/Preflight.ts";
import { simulated, type Simulation } from "./support/simulated.ts";

const issues: Source = { issues: { owner: "acme", repository: "shop" } };
const board: Source = { project: { owner: "acme", number: 1 } };

const permissions = { operator: "admin" } as const;
const tokens: ReadonlyArray<GitHub.TokenInput> = [
  { token: "ghp_a", kind: "classic", user: "operator", scopes: ["repo"] },
];

const world = (repo: object = {}): GitHub.WorldInput => ({
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [{ name: "acme/shop", private: true, permissions, issues: [{}], ...repo }],
  projects: [{ owner: "acme", fields: {}, items: ["acme/shop#1"] }],
  tokens,
});

/** What is found with a token, as lines. */
const found = Effect.fnUntraced(function* (
  options: Simulation,
  sources: ReadonlyArray<Source> = [issues],
  token = "ghp_a",
) {
  const { client, within } = yield* simulated(options);
  const credentials: Credentials = { _tag: "Token", token: Redacted.make(token) };
  const asked = yield* client({ credentials });
  const check = Preflight.check({ client: asked, credentials, from: "GITHUB_TOKEN", sources });
  const findings = yield* within(120, check);
  return findings.map(({ about, level, message }) => `${level} ${about}: ${message}`);
});

describe("Preflight", () => {
  it.effect("tells whose token it is, what can be read and how many points are left", () =>
    Effect.gen(function* () {
      const lines = yield* found({ world: world() });
      assert.match(lines[0]!, /^ok token: GITHUB_TOKEN, a classic token, is operator's at /);
      assert.strictEqual(lines[1], "ok repository: acme/shop, which is private, can be read");
      assert.strictEqual(lines[2], "ok issues: acme/shop issues can be read");
      assert.match(lines[3]!, /^ok points: \d+ of 5000 REST points are left until \d\d:\d\d UTC$/);
    }),
  );

  it.effect("names the scope that a token lacks for a board, and goes on with the rest", () =>
    Effect.gen(function* () {
      const lines = yield* found({ world: world() }, [board, issues]);
      const project = lines.find((line) => line.startsWith("problem project: "));
      assert.match(project!, /read:project/);
      assert.include(lines.join("\n"), "ok issues");
    }),
  );

  it.effect(
    "tells of a repository whose issues are off, that is archived, or that is not there",
    () =>
      Effect.gen(function* () {
        const off = yield* found({ world: world({ issuesDisabled: true }) });
        assert.match(off.join("\n"), /^problem repository: acme\/shop has issues switched off/m);
        const archived = yield* found({ world: world({ archived: true }) });
        assert.match(archived.join("\n"), /^warning repository: acme\/shop is archived/m);
        const elsewhere: Source = { issues: { owner: "acme", repository: "none" } };
        const none = yield* found({ world: world() }, [elsewhere]);
        assert.match(none.join("\n"), /^problem repository: .*acme\/none/m);
      }),
  );

  it.effect(
    "asks for nothing more where the token is refused, has no points left, or the host is no GitHub",
    () =>
      Effect.gen(function* () {
        const revoked = yield* found({ world: world() }, [issues], "ghp_b");
        assert.strictEqual(revoked.length, 1);
        assert.match(revoked[0]!, /^problem token: .*expired or revoked/);
        const exhausted = yield* found({ world: world(), limits: { core: 0 } });
        assert.strictEqual(exhausted.length, 1);
        assert.match(exhausted[0]!, /^problem points: .*REST points of this hour are used up/);
        const page = [{ fault: { kind: "html", status: 200 } }] as const;
        const elsewhere = yield* found({ world: world(), faults: page });
        assert.strictEqual(elsewhere.length, 1);
        assert.match(elsewhere[0]!, /^problem host: .*HTML/);
      }),
  );

  it.effect("warns when few points are left", () =>
    Effect.gen(function* () {
      const lines = yield* found({ world: world(), limits: { core: 50 } });
      assert.match(
        lines.at(-1)!,
        /^warning points: 47 of 50 REST points are left .* may have to wait/,
      );
    }),
  );
});
