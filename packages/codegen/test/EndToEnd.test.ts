import { assert, describe, it } from "@effect/vitest";
import type { FaultRule } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Redacted from "effect/Redacted";
import * as Preflight from "../src/Preflight.ts";
import { agentFor, clientFor, optionsFor, service } from "./support/fake.ts";
import { report, request } from "./support/service.ts";

const atLaunch: ReadonlyArray<readonly [FaultRule["fault"], string, launched: number]> = [
  [{ kind: "status", status: 429, retryAfter: 1 }, "NotSent", 0],
  [{ kind: "status", status: 402 }, "Exhausted", 0],
  [{ kind: "status", status: 401 }, "Rejected", 0],
  [{ kind: "status", status: 500, effect: "none" }, "Ambiguous", 0],
  [{ kind: "status", status: 502, effect: "done" }, "Ambiguous", 1],
  [{ kind: "reset", effect: "none" }, "Ambiguous", 0],
  [{ kind: "reset", effect: "done" }, "Ambiguous", 1],
  [{ kind: "hang", effect: "done" }, "Ambiguous", 1],
  [{ kind: "slow-body" }, "Ambiguous", 1],
  [{ kind: "truncated" }, "Ambiguous", 1],
  [{ kind: "malformed" }, "Ambiguous", 1],
  [{ kind: "html", status: 200 }, "Ambiguous", 0],
  [{ kind: "empty" }, "Ambiguous", 1],
  [{ kind: "oversized" }, "Ambiguous", 1],
  [{ kind: "redirect", location: "/v1/users/me", status: 307 }, "Ambiguous", 0],
];

describe("CodegenAgent over HTTP", () => {
  for (const [fault, reason, launched] of atLaunch) {
    const what = Object.values(fault).join(" ");
    it.live(`sends one launch and says ${reason} after ${what}`, () =>
      Effect.gen(function* () {
        const fake = yield* service({ faults: [{ fault, on: "create" }] });
        const agent = yield* agentFor(fake, { launchDeadlineSeconds: 1 });
        const error = yield* Effect.flip(agent.launch(request()));
        assert.strictEqual(error.reason, reason, error.message);
        assert.strictEqual(fake.audit.entries.length, 1);
        assert.strictEqual(fake.launched().length, launched);
        const found = yield* agent.find("r1/a/launch/1");
        assert.strictEqual(found.length, launched);
        assert.deepStrictEqual(fake.violations(), []);
      }),
    );
  }

  it.live("says NotSent after a connection that nobody takes", () =>
    Effect.gen(function* () {
      const fake = yield* service();
      const agent = yield* agentFor(fake);
      yield* Effect.promise(() => fake.close());
      const error = yield* Effect.flip(agent.launch(request()));
      assert.strictEqual(error.reason, "NotSent", error.message);
    }),
  );

  it.live("takes its token to no other host, however it is sent there", () =>
    Effect.gen(function* () {
      const other = yield* service();
      const location = `${other.url}/v1/users/me`;
      for (const status of [301, 302, 303, 307, 308]) {
        const fake = yield* service({
          faults: [{ fault: { kind: "redirect", location, status } }],
        });
        const agent = yield* agentFor(fake);
        yield* Effect.flip(agent.launch(request()));
        const client = yield* clientFor(fake);
        yield* Effect.flip(client.get("1", { retry: false }));
        assert.strictEqual(fake.audit.entries.length, 2);
      }
      assert.strictEqual(other.audit.entries.length, 0);
    }),
  );

  it.live("does not take a run that lost its metadata for none", () =>
    Effect.gen(function* () {
      const fake = yield* service({
        script: { fallback: { omit: ["metadata"] } },
        faults: [{ fault: { kind: "reset", effect: "done" }, on: "create", times: 1 }],
      });
      const agent = yield* agentFor(fake);
      yield* Effect.flip(agent.launch(request()));
      const error = yield* Effect.flip(agent.find("r1/a/launch/1"));
      const [lost] = fake.launched();
      assert.include(error.message, `1 agent runs since the launch do not show their metadata`);
      assert.include(error.message, `https://codegen.com/agent/trace/${lost?.id}`);
      assert.deepStrictEqual(yield* agent.find("r1/never/launch/1"), []);
    }),
  );

  it.live("finds its own among the runs of others, whatever their metadata", () =>
    Effect.gen(function* () {
      const fake = yield* service();
      for (let i = 0; i < 120; i++) {
        fake.addRun({ metadata: i % 2 === 0 ? null : { orchestrator: { key: "another" } } });
      }
      const agent = yield* agentFor(fake);
      const ref = yield* agent.launch(request());
      for (let i = 0; i < 120; i++) fake.addRun({});
      assert.deepStrictEqual(yield* agent.find("r1/a/launch/1"), [ref]);
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.live("hears the end of a run that no list shows", () =>
    Effect.gen(function* () {
      const fate = { seconds: 0.2, absences: [{ from: "list" as const }] };
      const fake = yield* service({ script: { fallback: fate } });
      const agent = yield* agentFor(fake);
      const ref = yield* agent.launch(request());
      const end = yield* agent.observe(ref, report().told);
      assert.strictEqual(end._tag, "Succeeded");
    }),
  );
});

describe("Preflight over HTTP", () => {
  const look = (faults: ReadonlyArray<FaultRule>, more: Partial<Preflight.Options> = {}) =>
    Effect.gen(function* () {
      const fake = yield* service({ faults });
      const options = { ...optionsFor(fake), repository: "acme/shop", ...more };
      return yield* Effect.provide(Preflight.check(options), FetchHttpClient.layer);
    });

  it.live("finds a good host ready, with the id of the repository", () =>
    Effect.gen(function* () {
      const found = yield* look([], { model: "model-a" });
      assert.isTrue(found.isReady, JSON.stringify(found));
      assert.strictEqual(found.repoId, 7001);
    }),
  );

  it.live("says what is wrong with a token, and with a host of HTML", () =>
    Effect.gen(function* () {
      const token = yield* look([], { token: Redacted.make("sk-wrong") });
      assert.include(token.findings[0]?.message, "codegen.com/token");
      const html = yield* look([{ fault: { kind: "html", status: 200 } }]);
      assert.include(html.findings[0]?.message, "may be discontinued");
    }),
  );
});
