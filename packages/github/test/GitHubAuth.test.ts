import { generateKeyPairSync, verify } from "node:crypto";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import type * as GitHubAuth from "../src/GitHubAuth.ts";
import { issue, label } from "./support/requests.ts";
import { client, type Handler, json, pass, refused, until } from "./support/stub.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { format: "pem", type: "pkcs8" },
  publicKeyEncoding: { format: "pem", type: "spki" },
});

const app = (more: Partial<GitHubAuth.App> = {}): GitHubAuth.App => ({
  _tag: "App",
  appId: "12",
  privateKey: Redacted.make(privateKey),
  installationId: 7,
  ...more,
});

const hour = 3_600_000;

/** Gives tokens that live for an hour of the clock of the test; what is read shows which one was used. */
const service = (isRefused: (authorization: string) => boolean = () => false) => {
  let tokens = 0;
  const handler: Handler = ({ at, headers, method, url }) => {
    if (url.pathname === "/repos/acme/shop/installation") return json({ id: 9 });
    if (method === "POST") {
      const expires_at = new Date(at + hour).toISOString();
      return json({ token: `ghs_${++tokens}`, expires_at }, {}, 201);
    }
    return isRefused(headers.get("authorization") ?? "")
      ? refused(401, "Bad credentials")
      : json({ number: 1 });
  };
  return handler;
};

const part = (jwt: string, index: number): Record<string, unknown> => {
  const text = Buffer.from(jwt.split(".")[index] ?? "", "base64url").toString();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
};

describe("a GitHub App", () => {
  it.effect("asks for a token of its installation with a signed claim, and uses that", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(service(), { credentials: app() });
      yield* github.get(issue);
      yield* github.get(issue);
      assert.deepStrictEqual(
        asked.map(({ method, url }) => `${method} ${url.pathname}`),
        [
          "POST /app/installations/7/access_tokens",
          "GET /repos/acme/shop/issues/1",
          "GET /repos/acme/shop/issues/1",
        ],
      );
      const [, jwt = ""] = (asked[0]?.headers.get("authorization") ?? "").split(" ");
      const [head, claims, signature = ""] = jwt.split(".");
      const signed = Buffer.from(`${head}.${claims}`);
      assert.isTrue(verify("sha256", signed, publicKey, Buffer.from(signature, "base64url")));
      assert.strictEqual(part(jwt, 1)["iss"], "12");
      assert.strictEqual(asked[1]?.headers.get("authorization"), "token ghs_1");
    }),
  );

  it.effect("looks its installation up by the repository, once", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(service(), {
        credentials: app({ installationId: undefined, repository: "acme/shop" }),
      });
      yield* github.get(issue);
      yield* pass("2 hours");
      yield* github.get(issue);
      assert.deepStrictEqual(
        asked.map(({ url }) => url.pathname).filter((path) => !path.includes("/issues/")),
        [
          "/repos/acme/shop/installation",
          "/app/installations/9/access_tokens",
          "/app/installations/9/access_tokens",
        ],
      );
    }),
  );

  it.effect("renews its token before it ends", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(service(), { credentials: app() });
      yield* github.get(issue);
      yield* pass("50 minutes");
      yield* github.get(issue);
      yield* pass("6 minutes");
      yield* github.get(issue);
      const used = asked.filter(({ method }) => method === "GET");
      assert.deepStrictEqual(
        used.map(({ headers }) => headers.get("authorization")),
        ["token ghs_1", "token ghs_1", "token ghs_2"],
      );
    }),
  );

  it.effect("asks for one token, however many wait for it", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(service(), { credentials: app() });
      const all = Effect.forEach(Array.from({ length: 5 }), () => github.get(issue), {
        concurrency: 5,
      });
      yield* all;
      assert.strictEqual(asked.filter(({ method }) => method === "POST").length, 1);
    }),
  );

  it.effect("takes a new token once when the one it has is refused", () =>
    Effect.gen(function* () {
      const revoked = service((authorization) => authorization === "token ghs_1");
      const { asked, client: github } = yield* client(revoked, { credentials: app() });
      assert.deepStrictEqual(yield* github.get(issue), { number: 1 });
      assert.strictEqual(asked.length, 4);
      const never = yield* client(
        service(() => true),
        { credentials: app() },
      );
      const error = yield* Effect.flip(never.client.get(issue));
      assert.strictEqual(error._tag, "Unauthorized");
      assert.strictEqual(never.asked.length, 4);
    }),
  );

  it.effect("does not repeat a change for a new token, but uses that afterwards", () =>
    Effect.gen(function* () {
      const revoked: Handler = (asked, count) =>
        asked.url.pathname.endsWith("/labels") &&
        asked.headers.get("authorization") === "token ghs_1"
          ? refused(401, "Bad credentials")
          : usual(asked, count);
      const usual = service();
      const { asked, client: github } = yield* client(revoked, { credentials: app() });
      const error = yield* Effect.flip(github.send(label));
      assert.strictEqual(error._tag, "Unauthorized");
      yield* github.get(issue);
      assert.deepStrictEqual(
        asked.map(({ method, url }) => `${method} ${url.pathname.split("/").at(-1)}`),
        ["POST access_tokens", "POST labels", "POST access_tokens", "GET 1"],
      );
    }),
  );

  it.effect("uses a token that lives, however long a request had to wait", () =>
    Effect.gen(function* () {
      const usual = service();
      const { asked, client: github } = yield* client(
        (one, count) =>
          one.method === "GET" && one.at === 0
            ? refused(403, "You have exceeded a secondary rate limit", { "retry-after": "3600" })
            : usual(one, count),
        { credentials: app(), patienceSeconds: 7200 },
      );
      const fiber = yield* Effect.forkChild(github.get(issue));
      yield* until(() => asked.length === 2);
      yield* pass("61 minutes");
      yield* Fiber.join(fiber);
      assert.strictEqual(asked.at(-1)?.headers.get("authorization"), "token ghs_2");
      assert.strictEqual(asked.length, 4);
    }),
  );

  it.effect("whose machine has a wrong clock learns the right time from the refusal", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000);
      const theirs = 1_800_000_000_000 + hour;
      const issuedAt = (authorization: string) => Number(part(authorization, 1)["iat"]) * 1000;
      const date = new Date(theirs).toUTCString();
      const usual = service();
      const { asked, client: github } = yield* client(
        (one, count) => {
          const isClaim = one.method === "POST";
          const isWrong =
            Math.abs(issuedAt(one.headers.get("authorization") ?? "") - theirs) > 60_000;
          return isClaim && isWrong
            ? json({ message: "'Expiration time' claim ('exp') must be …" }, { date }, 401)
            : usual(one, count);
        },
        { credentials: app() },
      );
      assert.deepStrictEqual(yield* github.get(issue), { number: 1 });
      assert.deepStrictEqual(
        asked.map(({ method }) => method),
        ["POST", "POST", "GET"],
      );
    }),
  );

  it.effect("that is not installed there says so", () =>
    Effect.gen(function* () {
      const { client: github } = yield* client(() => refused(404, "Not Found"), {
        credentials: app({ installationId: undefined, repository: "acme/shop" }),
      });
      const error = yield* Effect.flip(github.get(issue));
      assert.strictEqual(error._tag, "NotFound");
      assert.include(error.message, "the installation of the GitHub App in acme/shop");
    }),
  );

  it.effect("with a key that signs nothing is unauthorized, and shows no key", () =>
    Effect.gen(function* () {
      const key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
      const { asked, client: github } = yield* client(service(), {
        credentials: app({ privateKey: Redacted.make(key) }),
      });
      const error = yield* Effect.flip(github.get(issue));
      assert.strictEqual(error._tag, "Unauthorized");
      assert.notInclude(error.message, "c2VjcmV0");
      assert.strictEqual(asked.length, 0);
    }),
  );

  it.effect("is not made from credentials that are not whole", () =>
    Effect.gen(function* () {
      const rows = [
        [{ appId: " " }, "no id"],
        [{ privateKey: Redacted.make("/path/to/key.pem") }, "PEM"],
        [{ installationId: undefined }, "owner/repo"],
        [{ installationId: undefined, repository: "acme" }, "owner/repo"],
      ] as const;
      for (const [more, hint] of rows) {
        const error = yield* Effect.flip(client(service(), { credentials: app(more) }));
        assert.strictEqual(error._tag, "CredentialsRefused");
        assert.include(error.message, hint);
      }
    }),
  );
});
