import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { issue, issues } from "./support/requests.ts";
import {
  broken,
  client,
  type Handler,
  json,
  pass,
  refused,
  token,
  within,
} from "./support/stub.ts";

const failure = (handler: Handler) =>
  Effect.gen(function* () {
    const { asked, client: github } = yield* client(handler);
    const error = yield* Effect.flip(within("1 minute", github.get(issue)));
    return { error, asked };
  });

const html = (status: number) =>
  new Response("<!doctype html><p>Unicorn!</p>", {
    status,
    headers: { "content-type": "text/html" },
  });

describe("GitHubClient", () => {
  it.effect("reads one thing", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => json({ number: 1 }));
      assert.deepStrictEqual(yield* github.get(issue), { number: 1 });
      const [one] = asked;
      assert.strictEqual(one?.href, "https://api.github.com/repos/acme/shop/issues/1");
      assert.strictEqual(one?.headers.get("authorization"), `token ${token}`);
      assert.strictEqual(one?.headers.get("x-github-api-version"), "2022-11-28");
      assert.match(one?.headers.get("user-agent") ?? "", /^orchestrator /);
    }),
  );

  it.effect("follows the next page as GitHub wrote it", () =>
    Effect.gen(function* () {
      const next = "https://api.github.com/repositories/7/issues?labels=status:ready&page=2";
      const { asked, client: github } = yield* client((_, count) =>
        count === 1
          ? json([{ number: 1 }], { link: `<${next}>; rel="next", <${next}>; rel="last"` })
          : json([{ number: 2 }]),
      );
      const pages = yield* Stream.runCollect(github.pages(issues));
      assert.deepStrictEqual(pages.flat(), [{ number: 1 }, { number: 2 }]);
      assert.deepStrictEqual(
        asked.map(({ href }) => href),
        ["https://api.github.com/repos/acme/shop/issues?state=open&per_page=100", next],
      );
    }),
  );

  it.effect("reads a page only when it is wanted", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client((_, count) =>
        json([{ number: count }], { link: `<https://api.github.com/p/${count}>; rel="next"` }),
      );
      const pages = yield* Stream.runCollect(Stream.take(github.pages(issues), 2));
      assert.strictEqual(pages.length, 2);
      assert.strictEqual(asked.length, 2);
    }),
  );

  it.effect("repeats the page that failed and no other", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client((_, count) => {
        if (count === 2) return html(502);
        return json(
          [{ number: count }],
          count === 1 ? { link: '<https://api.github.com/p/2>; rel="next"' } : {},
        );
      });
      const pages = yield* within("1 minute", Stream.runCollect(github.pages(issues)));
      assert.deepStrictEqual(pages.flat(), [{ number: 1 }, { number: 3 }]);
      assert.deepStrictEqual(
        asked.map(({ url }) => url.pathname),
        ["/repos/acme/shop/issues", "/p/2", "/p/2"],
      );
    }),
  );

  it.effect("never shows the token to the host of a page elsewhere", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() =>
        json([], { link: '<https://evil.example/p/2>; rel="next"' }),
      );
      const error = yield* Effect.flip(Stream.runCollect(github.pages(issues)));
      assert.strictEqual(error._tag, "Malformed");
      assert.include(error.message, "evil.example");
      assert.strictEqual(asked.length, 1);
    }),
  );

  it.effect("does not take a listing that goes in circles for a whole one", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() =>
        json([], { link: '<https://api.github.com/p/2>; rel="next"' }),
      );
      const error = yield* Effect.flip(Stream.runCollect(github.pages(issues)));
      assert.include(error.message, "read already");
      assert.strictEqual(asked.length, 2);
    }),
  );

  it.effect("follows the redirect of a renamed repository", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client((_, count) =>
        count === 1
          ? new Response(null, { status: 301, headers: { location: "/repositories/7/issues/1" } })
          : json({ number: 1 }),
      );
      assert.deepStrictEqual(yield* github.get(issue), { number: 1 });
      assert.strictEqual(asked[1]?.href, "https://api.github.com/repositories/7/issues/1");
      assert.deepInclude(github.ledger.statement(), { requests: 2, rest: 2 });
    }),
  );

  it.effect("follows no redirect to another host, and none without end", () =>
    Effect.gen(function* () {
      const away = yield* failure(
        () => new Response(null, { status: 302, headers: { location: "https://evil.example/" } }),
      );
      assert.strictEqual(away.error._tag, "Malformed");
      assert.include(away.error.message, "evil.example");
      assert.isTrue(away.asked.every(({ url }) => url.host === "api.github.com"));
      const circle = yield* failure(
        ({ href }) => new Response(null, { status: 307, headers: { location: href } }),
      );
      assert.include(circle.error.message, "one redirect after another");
      assert.strictEqual(circle.asked.length, 5 * 4);
    }),
  );

  const oddities: ReadonlyArray<readonly [string, () => Response, string]> = [
    ["an empty body", () => new Response(""), "is empty"],
    ["half of its JSON", () => new Response('{"number": 1'), "is not whole JSON"],
    ["an HTML page", () => html(200), "is an HTML page"],
  ];
  for (const [what, answer, said] of oddities) {
    it.effect(`never takes ${what} for data, and asks again`, () =>
      Effect.gen(function* () {
        const { asked, client: github } = yield* client((_, count) =>
          count === 1 ? answer() : json({ number: 1 }),
        );
        assert.deepStrictEqual(yield* within("1 minute", github.get(issue)), { number: 1 });
        assert.strictEqual(asked.length, 2);
        const { asked: tries, error } = yield* failure(answer);
        assert.strictEqual(error._tag, "Malformed");
        assert.include(error.message, said);
        assert.strictEqual(tries.length, 5);
      }),
    );
  }

  it.effect("asks again after a breakdown, each time later, and gives up after five", () =>
    Effect.gen(function* () {
      const { asked, error } = yield* failure(() => html(502));
      assert.deepInclude(error, { _tag: "Unavailable", status: 502, reached: "maybe" });
      assert.notInclude(error.message, "Unicorn");
      const gaps = asked.slice(1).map(({ at }, index) => at - asked[index]!.at);
      assert.strictEqual(gaps.length, 4);
      assert.isTrue(gaps.every((gap, index) => index === 0 || gap > gaps[index - 1]!));
    }),
  );

  it.effect("asks again after a breakdown when GitHub says, but within a minute", () =>
    Effect.gen(function* () {
      const answers = ["20", "3000"].map((after) =>
        refused(503, "Service Unavailable", { "retry-after": after }),
      );
      const { asked, client: github } = yield* client(
        (_, count) => answers[count - 1] ?? json({ number: 1 }),
      );
      yield* within("2 minutes", github.get(issue));
      assert.deepStrictEqual(
        asked.map(({ at }) => at),
        [0, 20_000, 80_000],
      );
    }),
  );

  it.effect("tells whether a request without an answer can have arrived", () =>
    Effect.gen(function* () {
      const closed = yield* failure(() => broken("ECONNREFUSED"));
      assert.deepInclude(closed.error, { _tag: "Unavailable", reached: "no" });
      assert.include(closed.error.message, "ECONNREFUSED");
      const reset = yield* failure(() => broken("ECONNRESET"));
      assert.deepInclude(reset.error, { _tag: "Unavailable", reached: "maybe" });
    }),
  );

  it.effect("gives up a request at its deadline and ends it", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(
        (_, count) => (count === 1 ? "hang" : json({ number: 1 })),
        { deadlineSeconds: 10 },
      );
      assert.deepStrictEqual(yield* within("12 seconds", github.get(issue)), { number: 1 });
      assert.isTrue(asked[0]?.signal?.aborted);
      assert.isAtLeast(asked[1]!.at, 10_000);
    }),
  );

  it.effect("ends the request of a fiber that is interrupted", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => "hang");
      const fiber = yield* Effect.forkChild(github.get(issue));
      yield* pass("1 second");
      yield* Fiber.interrupt(fiber);
      assert.isTrue(asked[0]?.signal?.aborted);
    }),
  );

  it.effect("does not read an answer that is too large", () =>
    Effect.gen(function* () {
      let isEnded = false;
      const chunk = new Uint8Array(2 ** 20).fill(32);
      const { error } = yield* failure(
        () =>
          new Response(
            new ReadableStream({
              pull: (controller) => controller.enqueue(chunk),
              cancel: () => {
                isEnded = true;
              },
            }),
          ),
      );
      assert.deepInclude(error, { _tag: "Malformed", status: 200 });
      assert.include(error.message, "larger than 4194304 bytes");
      assert.isTrue(isEnded);
    }),
  );

  it.effect("fails with the shape that was not expected, once", () =>
    Effect.gen(function* () {
      const { asked, error } = yield* failure(() => json({ number: "one" }));
      assert.strictEqual(error._tag, "Malformed");
      assert.include(error.message, "number");
      assert.strictEqual(asked.length, 1);
    }),
  );

  it.effect("asks for nothing whose path would lead elsewhere", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => json({ number: 1 }));
      for (const parameters of [
        { owner: "..", repo: "shop", number: 1 },
        { owner: "", repo: "shop", number: 1 },
        { owner: "acme", number: 1 },
        { ...issue.parameters, baseUrl: "https://evil.example" },
      ]) {
        const error = yield* Effect.flip(github.get({ ...issue, parameters }));
        assert.strictEqual(error._tag, "Invalid");
        assert.include(error.message, "nothing was sent");
      }
      assert.strictEqual(asked.length, 0);
    }),
  );

  it.effect("leaves the token out of messages, whatever GitHub says", () =>
    Effect.gen(function* () {
      const { error } = yield* failure(() => refused(422, `Bad\ntoken ${token}`));
      assert.strictEqual(error._tag, "Invalid");
      assert.include(error.message, "Bad token <token>");
    }),
  );

  it.effect("asks at other addresses as they are made there", () =>
    Effect.gen(function* () {
      const ask = (baseUrl: string) =>
        Effect.gen(function* () {
          const allowedHosts = [new URL(baseUrl).host];
          const { asked, client: github } = yield* client(() => json({ number: 1 }), {
            baseUrl,
            allowedHosts,
          });
          yield* github.get(issue);
          return asked[0]?.href;
        });
      const path = "/repos/acme/shop/issues/1";
      assert.strictEqual(
        yield* ask("https://git.acme.example/api/v3/"),
        `https://git.acme.example/api/v3${path}`,
      );
      assert.strictEqual(yield* ask("https://api.acme.ghe.com"), `https://api.acme.ghe.com${path}`);
    }),
  );

  it.effect("is not made for a host that is not allowed, or with what is no token", () =>
    Effect.gen(function* () {
      const baseUrl = "https://api.acme.ghe.com";
      const host = yield* Effect.flip(client(() => json({}), { baseUrl }));
      assert.strictEqual(host._tag, "BaseUrlRefused");
      assert.include(host.message, "allow the host api.acme.ghe.com");
      for (const given of ["", "ghp_x\n", "two words"]) {
        const credentials = { _tag: "Token", token: Redacted.make(given) } as const;
        const refusal = yield* Effect.flip(client(() => json({}), { credentials }));
        assert.strictEqual(refusal._tag, "CredentialsRefused");
        assert.notInclude(refusal.message, "ghp_x");
      }
    }),
  );
});
