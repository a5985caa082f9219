import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as HttpClient from "effect/http/HttpClient";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import * as Budgets from "../src/Budgets.ts";
import * as CodegenClient from "../src/CodegenClient.ts";
import { client, type Handler, html, json, options, token } from "./support/service.ts";

const make = (handler: Handler, more: Partial<CodegenClient.Options> = {}) => {
  const { asked, http } = client(handler);
  return Effect.map(
    Effect.provideService(CodegenClient.make(options(more)), HttpClient.HttpClient, http),
    (made) => ({ codegen: made, asked }),
  );
};

/** Runs something that waits, as long as it takes. */
const patiently = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect);
    for (let i = 0; i < 600 && fiber.pollUnsafe() === undefined; i++) {
      yield* TestClock.adjust("1 second");
    }
    return yield* Fiber.join(fiber);
  });

const endless = (chunk: number, count: { read: number }) =>
  new Response(
    new ReadableStream({
      pull: (controller) => {
        count.read += chunk;
        controller.enqueue(new Uint8Array(chunk).fill(32));
      },
    }),
  );

describe("CodegenClient", () => {
  it.effect("asks again for what may pass, and not for what will not", () =>
    Effect.gen(function* () {
      let left = 2;
      const { asked, codegen } = yield* make(() =>
        left-- > 0 ? json({ message: "down" }, { status: 503 }) : json({ id: 1 }),
      );
      yield* patiently(codegen.get("1"));
      assert.strictEqual(asked.length, 3);
      const refused = yield* make(() => json({ message: "no" }, { status: 403 }));
      const error = yield* Effect.flip(refused.codegen.get("1"));
      assert.strictEqual(error._tag, "Forbidden");
      assert.strictEqual(refused.asked.length, 1);
    }),
  );

  it.effect("stops reading an answer that is too large", () =>
    Effect.gen(function* () {
      const count = { read: 0 };
      const { codegen } = yield* make(() => endless(2 ** 20, count));
      const error = yield* Effect.flip(codegen.list({ retry: false }));
      assert.strictEqual(error._tag, "Malformed");
      assert.include(error.message, `${16 * 2 ** 20} bytes`);
      assert.isAtMost(count.read, 20 * 2 ** 20);
      const create = { read: 0 };
      const small = yield* make(() => endless(2 ** 16, create));
      yield* Effect.flip(small.codegen.create({ prompt: "x" }));
      assert.isAtMost(create.read, 2 * 2 ** 20);
    }),
  );

  it.effect("gives up an answer whose body does not end in time", () =>
    Effect.gen(function* () {
      const { codegen } = yield* make(
        () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
      );
      const reading = yield* Effect.forkChild(Effect.flip(codegen.list({ retry: false })));
      yield* TestClock.adjust("60 seconds");
      const error = yield* Fiber.join(reading);
      assert.strictEqual(error._tag, "Unavailable");
      assert.include(error.message, "within 1m");
    }),
  );

  it.effect("believes no answer from another address", () =>
    Effect.gen(function* () {
      const { codegen } = yield* make(() => {
        const answer = json({ id: 1 });
        Object.defineProperty(answer, "url", { value: "https://evil.example/v1" });
        return answer;
      });
      const error = yield* Effect.flip(codegen.create({ prompt: "x" }));
      assert.include(error.message, "another address, https://evil.example");
    }),
  );

  it.effect("puts the token into no error, whatever the service or the network says", () =>
    Effect.gen(function* () {
      const leaks: ReadonlyArray<Handler> = [
        () => json({ message: `bad token ${token}` }, { status: 401 }),
        () => json({ detail: [{ msg: token, loc: [token] }] }, { status: 422 }),
        () => html(500),
        () => Object.assign(new Error(`Bearer ${token}`), { code: token }),
        () => new Response(`{"${token}`),
      ];
      for (const leak of leaks) {
        const { codegen } = yield* make(leak);
        const error = yield* Effect.flip(codegen.create({ prompt: "x" }));
        for (const shown of [String(error), JSON.stringify(error), error.stack ?? ""]) {
          assert.notInclude(shown, token);
        }
        assert.isUndefined(error.cause);
      }
      const { codegen } = yield* make(() => json({ id: 1, summary: `see ${token}` }));
      assert.strictEqual((yield* codegen.get("1")).summary, "see <token>");
    }),
  );

  it.effect("refuses a token that no header takes, without showing it", () =>
    Effect.gen(function* () {
      for (const odd of ["", "two words", `${token}\n`]) {
        const error = yield* Effect.flip(make(() => "hang", { token: Redacted.make(odd) }));
        assert.strictEqual(error._tag, "TokenRefused");
        if (odd !== "") assert.notInclude(error.message, odd);
      }
    }),
  );

  it.effect("reads the alpha path for logs, within a budget of their own", () =>
    Effect.gen(function* () {
      const { asked, codegen } = yield* make(() =>
        json({ id: 1, organization_id: 42, logs: [{ message_type: "ACTION" }, 7] }),
      );
      const log = yield* codegen.logs("1");
      assert.strictEqual(asked[0]?.path, "/v1/alpha/organizations/42/agent/run/1/logs");
      assert.strictEqual(log.logs?.[0]?.message_type, "ACTION");
      for (let i = 0; i < 60; i++) yield* codegen.get("1");
      assert.strictEqual(asked.length, 61);
    }),
  );

  it.effect("sends a resumption and a ban once, with the id in the body", () =>
    Effect.gen(function* () {
      const { asked, codegen } = yield* make(({ path }) =>
        path.endsWith("/ban") ? new Response(null, { status: 204 }) : html(502),
      );
      yield* codegen.ban("7");
      const error = yield* Effect.flip(codegen.resume("7", "go on"));
      assert.strictEqual(error._tag, "Unavailable");
      assert.deepStrictEqual(
        asked.map(({ body, path }) => ({ body, path })),
        [
          { path: "/v1/organizations/42/agent/run/ban", body: { agent_run_id: 7 } },
          {
            path: "/v1/organizations/42/agent/run/resume",
            body: { agent_run_id: 7, prompt: "go on" },
          },
        ],
      );
    }),
  );

  it.effect("waits as long as Retry-After says before it reads again", () =>
    Effect.gen(function* () {
      let isRefusing = true;
      const { asked, codegen } = yield* make(() =>
        isRefusing
          ? json({ message: "slow" }, { status: 429, headers: { "retry-after": "20" } })
          : json({ id: 1 }),
      );
      const reading = yield* Effect.forkChild(codegen.get("1"), { startImmediately: true });
      yield* TestClock.adjust("1 second");
      isRefusing = false;
      yield* TestClock.adjust("18 seconds");
      assert.strictEqual(asked.length, 1);
      yield* TestClock.adjust("2 seconds");
      yield* Fiber.join(reading);
    }),
  );
});

describe("Budgets", () => {
  it("are shared by all who use one token at one address", () => {
    const [one, other] = [Redacted.make("a-token"), Redacted.make("another")];
    assert.strictEqual(
      Budgets.of(one, "https://a"),
      Budgets.of(Redacted.make("a-token"), "https://a"),
    );
    assert.notStrictEqual(Budgets.of(one, "https://a"), Budgets.of(other, "https://a"));
    assert.notStrictEqual(Budgets.of(one, "https://a"), Budgets.of(one, "https://b"));
  });
});
