import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Preflight from "../src/Preflight.ts";
import { type Answer, type Asked, client, html, json, options, token } from "./support/service.ts";

const pages: Readonly<Record<string, unknown>> = {
  "/v1/users/me": { id: 5, github_username: "ada" },
  "/v1/organizations": { items: [{ id: 42, name: "Acme" }], total: 1 },
  "/v1/organizations/42/models": {
    providers: [{ name: "Anthropic", models: [{ label: "Opus", value: "opus" }] }],
    default_model: "sonnet",
  },
};

const repos = Array.from({ length: 130 }, (_, i) => ({
  id: 1000 + i,
  full_name: `acme/repo-${i}`,
}));

const good = ({ path, query }: Asked): Answer => {
  if (path === "/v1/organizations/42/repos") {
    const skip = Number(query.get("skip"));
    return json({ items: repos.slice(skip, skip + 100), total: repos.length });
  }
  return path in pages ? json(pages[path]) : json({ detail: "Not Found" }, { status: 404 });
};

const check = (handler: (asked: Asked) => Answer, more: Partial<Preflight.Options> = {}) =>
  Effect.provideService(
    Preflight.check({ ...options(), ...more }),
    HttpClient.HttpClient,
    client(handler).http,
  );

const shown = ({ findings }: Preflight.Report) =>
  findings.map(({ about, level, message }) => `${level} ${about}: ${message}`);

describe("Preflight", () => {
  it.effect("finds everything well, and the id of the repository on whatever page", () =>
    Effect.gen(function* () {
      const report = yield* check(good, { repository: "Acme/Repo-120", model: "opus" });
      assert.deepStrictEqual(shown(report), [
        "ok token: The token is valid at api.codegen.com, for ada.",
        "ok organization: The organisation 42 is Acme.",
        "ok repository: The repository acme/repo-120 has the id 1120 at Codegen.",
        "ok model: The model opus is there.",
      ]);
      assert.isTrue(report.isReady);
      assert.strictEqual(report.repoId, 1120);
    }),
  );

  const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
  const dead: ReadonlyArray<readonly [what: string, answer: () => Answer, about: string]> = [
    ["HTML", () => html(), "address"],
    ["a host that refuses connections", () => refused, "address"],
    ["a redirect", () => new Response(null, { status: 301 }), "address"],
    ["a 404 of a framework", () => json({ detail: "Not Found" }, { status: 404 }), "address"],
    ["a service that is gone", () => json({ message: "Gone" }, { status: 410 }), "address"],
    ["a breakdown", () => html(503), "address"],
  ];
  for (const [what, answer, about] of dead) {
    it.effect(`says that the service may be discontinued after ${what}`, () =>
      Effect.gen(function* () {
        const report = yield* check(answer);
        assert.strictEqual(report.findings.length, 1);
        const [finding] = report.findings;
        assert.strictEqual(finding?.about, about);
        assert.include(finding?.message, "may be discontinued");
        assert.notInclude(finding?.message, "\n");
        assert.isFalse(report.isReady);
      }),
    );
  }

  it.effect("says what to try about a token that is refused", () =>
    Effect.gen(function* () {
      const report = yield* check(() => json({ message: "Invalid" }, { status: 401 }));
      assert.strictEqual(report.findings[0]?.about, "token");
      assert.include(report.findings[0]?.message, "CODEGEN_API_TOKEN");
      assert.notInclude(JSON.stringify(report), token);
    }),
  );

  it.effect("names the organisations that the token may use", () =>
    Effect.gen(function* () {
      const report = yield* check(good, { orgId: 7 });
      assert.include(report.findings[1]?.message, "Try 42 (Acme)");
      assert.isFalse(report.isReady);
    }),
  );

  it.effect("knows a repository by Codegen's id only", () =>
    Effect.gen(function* () {
      const unknown = yield* check(good, { repository: "acme/none" });
      assert.include(unknown.findings[2]?.message, "knows no repository acme/none");
      const foreign = yield* check(good, { repoId: 99 });
      assert.include(foreign.findings[2]?.message, "not GitHub's");
      const other = yield* check(good, { repoId: 1003, repository: "acme/repo-4" });
      assert.include(other.findings[2]?.message, "is acme/repo-3, not acme/repo-4");
      const none = yield* check(good);
      assert.strictEqual(none.findings[2]?.level, "warning");
      assert.isTrue(none.isReady);
    }),
  );

  it.effect("offers models that are there, and only warns where none can be listed", () =>
    Effect.gen(function* () {
      const wrong = yield* check(good, { repoId: 1003, model: "gpt" });
      assert.include(wrong.findings[3]?.message, "Try one of opus");
      const old = yield* check(
        (asked) =>
          asked.path.endsWith("/models")
            ? json({ detail: "Not Found" }, { status: 404 })
            : good(asked),
        { repoId: 1003, model: "gpt" },
      );
      assert.strictEqual(old.findings[3]?.level, "warning");
      assert.isTrue(old.isReady);
    }),
  );
});
