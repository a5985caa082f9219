import { generateKeyPairSync } from "node:crypto";
import { assert, describe, it } from "@effect/vitest";
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import * as GitHubClient from "../src/GitHubClient.ts";
import * as RateLimits from "../src/RateLimits.ts";
import * as ResponseCache from "../src/ResponseCache.ts";
import { clientOf, fake } from "./support/fake.ts";
import { issues } from "./support/requests.ts";
import { within } from "./support/stub.ts";

const titles = {
  what: "the titles of acme/shop",
  operation: "titles",
  query: `query Titles($owner: String!) {
    repository(owner: $owner, name: "shop") { issues(first: 50) { nodes { number } } }
  }`,
  variables: { owner: "acme" },
  schema: Schema.Struct({
    repository: Schema.Struct({
      issues: Schema.Struct({ nodes: Schema.Array(Schema.Struct({ number: Schema.Int })) }),
    }),
  }),
} as const;

const listed = (github: GitHubClient.GitHubClient) =>
  Effect.map(Stream.runCollect(github.pages(issues)), (pages) =>
    pages.flat().map(({ number }) => number),
  );

const numbersOf = (github: GitHubClient.GitHubClient) =>
  Effect.map(github.query(titles), ({ data }) =>
    data.repository.issues.nodes.map(({ number }) => number),
  );

const world = GitHub.many({ issues: 250, pulls: 10 });

describe("GitHubClient and a service", () => {
  it.effect("agree on what reading costs, cold and warm", () =>
    Effect.gen(function* () {
      const service = yield* fake({ world });
      const cache = ResponseCache.memory();
      const cold = yield* clientOf(service, { cache });
      const first = yield* within("1 minute", listed(cold));
      yield* within("1 minute", numbersOf(cold));
      assert.strictEqual(new Set(first).size, first.length);
      assert.deepInclude(cold.ledger.statement(), {
        rest: 3,
        graphql: 1,
        requests: 4,
        repeated: 0,
      });
      assert.deepInclude(service.summary().points, { core: 3, graphql: 1 });
      const warm = yield* clientOf(service, { cache });
      assert.deepStrictEqual(yield* within("1 minute", listed(warm)), first);
      assert.deepInclude(warm.ledger.statement(), { rest: 0, unchanged: 3, requests: 3 });
      assert.deepInclude(service.summary(), { notModified: 3 });
      assert.deepInclude(service.summary().points, { core: 3 });
      assert.deepStrictEqual(service.violations(), []);
      const [rest] = warm.ledger.statement().remaining;
      assert.deepInclude(rest, { resource: "rest", limit: 5000, remaining: 4997 });
    }),
  );

  it.effect("read the same through every fault that passes", () =>
    Effect.gen(function* () {
      const calm = yield* fake({ world });
      const expected = yield* within("1 minute", listed(yield* clientOf(calm)));
      const asked = yield* within("1 minute", numbersOf(yield* clientOf(calm)));
      let refused = 0;
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const service = yield* fake({ world, seed, faults: GitHub.everyFault({ chance: 0.015 }) });
        const github = yield* clientOf(service);
        assert.deepStrictEqual(yield* within("12 hours", listed(github), 1_000), expected);
        assert.deepStrictEqual(yield* within("12 hours", numbersOf(github), 1_000), asked);
        assert.deepStrictEqual(service.violations(), []);
        refused += github.ledger.statement().repeated;
      }
      assert.isAbove(refused, 0);
    }),
  );

  for (const { fault } of GitHub.everyFault({ chance: 1 })) {
    it.effect(`read the same after one ${Object.values(fault).join(" ")}`, () =>
      Effect.gen(function* () {
        const faults = [
          { fault, on: "issues.list", times: 1 },
          { fault, on: "Titles", times: 1 },
        ];
        const service = yield* fake({ world, faults });
        const github = yield* clientOf(service);
        const rest = yield* within("2 hours", listed(github), 1_000);
        const graphql = yield* within("2 hours", numbersOf(github), 1_000);
        const calm = yield* clientOf(service);
        assert.deepStrictEqual(rest, yield* within("1 minute", listed(calm)));
        assert.deepStrictEqual(graphql, yield* within("1 minute", numbersOf(calm)));
        const isSlowOnly = fault.kind === "delay" || fault.kind === "content-type";
        const isTrickle = fault.kind === "slow-body" && fault.seconds !== undefined;
        assert.strictEqual(github.ledger.statement().repeated, isSlowOnly || isTrickle ? 0 : 2);
        assert.deepStrictEqual(service.violations(), []);
      }),
    );
  }

  const forms = [
    { primaryForm: "RATE_LIMIT" },
    { primaryForm: "RATE_LIMITED" },
    { primaryForm: "status", status: 403 },
    { primaryForm: "status", status: 429 },
  ] as const;
  for (const limits of forms) {
    it.effect(
      `wait together for points that are used up, told by ${Object.values(limits).join(" ")}`,
      () =>
        Effect.gen(function* () {
          const service = yield* fake({ world, limits });
          const github = yield* clientOf(service);
          service.limits.exhaust("core");
          service.limits.exhaust("graphql");
          const both = Effect.all([listed(github), numbersOf(github)], { concurrency: 2 });
          const [rest, graphql] = yield* within("2 hours", both, 10_000);
          assert.strictEqual(rest.length > 0 && graphql.length > 0, true);
          assert.strictEqual(service.summary().refused, 2);
          assert.approximately(github.ledger.statement().waitedMillis, 3_600_000, 15_000);
          assert.deepStrictEqual(service.violations(), []);
        }),
    );
  }

  const hasty = [
    { secondaryForm: "status", status: 403 },
    { secondaryForm: "status", status: 429, retryAfter: null },
    { secondaryForm: "graphql" },
    { secondaryForm: "submitted-too-quickly", retryAfter: null },
  ] as const;
  for (const limits of hasty) {
    it.effect(
      `wait when there was too much at once, told by ${Object.values(limits).join(" ")}`,
      () =>
        Effect.gen(function* () {
          const secondary = { kind: "refusal", name: "secondary" } as const;
          const faults = [
            { fault: secondary, on: "issues.list", times: 1 },
            { fault: secondary, on: "Titles", times: 1 },
          ];
          const service = yield* fake({ world, limits, faults });
          const github = yield* clientOf(service);
          const rest = yield* within("10 minutes", listed(github));
          const graphql = yield* within("10 minutes", numbersOf(github));
          assert.strictEqual(rest.length > 0 && graphql.length > 0, true);
          assert.strictEqual(github.ledger.statement().repeated, 2);
          assert.isAtLeast(github.ledger.statement().waitedMillis, 120_000);
        }),
    );
  }

  it.effect("keep to one budget where two clients ask at once", () =>
    Effect.gen(function* () {
      const service = yield* fake({ world, latency: 1 });
      const limits = RateLimits.make({ mostReads: 4 });
      const clients = [yield* clientOf(service, { limits }), yield* clientOf(service, { limits })];
      const all = Effect.forEach(
        clients.flatMap((one) => [one, one, one, one]),
        numbersOf,
        { concurrency: "unbounded" },
      );
      yield* within("10 minutes", all);
      assert.strictEqual(service.summary().highWater, 4);
    }),
  );

  it.effect("know each other as an App, whose token is renewed", () =>
    Effect.gen(function* () {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { format: "pem", type: "pkcs8" },
        publicKeyEncoding: { format: "pem", type: "spki" },
      });
      const installation = { id: 7, owner: "acme", permissions: { issues: "read" } } as const;
      const service = yield* fake({
        world: { ...world, apps: [{ id: 12, publicKey, installation }] },
      });
      const credentials = {
        _tag: "App",
        appId: "12",
        privateKey: Redacted.make(privateKey),
        repository: "acme/shop",
      } as const;
      const github = yield* clientOf(service, { credentials });
      assert.isAbove((yield* listed(github)).length, 0);
      yield* TestClock.adjust("59 minutes");
      assert.isAbove((yield* numbersOf(github)).length, 0);
      yield* TestClock.adjust("10 hours");
      assert.isAbove((yield* numbersOf(github)).length, 0);
      assert.strictEqual(github.ledger.statement().repeated, 0);
      const tokens = service.audit.entries.filter(({ status }) => status === 201);
      assert.strictEqual(tokens.length, 3);
      assert.deepStrictEqual(service.violations(), []);
    }),
  );

  it.live("go on over a real network through resets, half bodies and pages for people", () =>
    Effect.gen(function* () {
      const kinds = ["reset", "truncated", "malformed", "empty"] as const;
      for (const kind of kinds) {
        const faults = [{ fault: { kind }, on: "issues.list", times: 1 }];
        const service = yield* Effect.acquireRelease(
          Effect.promise(() => GitHub.make({ world, faults })),
          (made) => Effect.promise(() => made.close()),
        );
        const github = yield* Effect.provideService(
          GitHubClient.make({
            credentials: { _tag: "Token", token: Redacted.make(service.token) },
            baseUrl: service.api,
            limits: RateLimits.make(),
          }),
          FetchHttpClient.Fetch,
          globalThis.fetch,
        );
        assert.isAbove((yield* listed(github)).length, 0);
        assert.strictEqual(github.ledger.statement().repeated, 1);
      }
    }),
  );
});
