import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Schema from "effect/Schema";
import { label } from "./support/requests.ts";
import { broken, client, type Handler, json, pass, refused, within } from "./support/stub.ts";

const failure = (handler: Handler) =>
  Effect.gen(function* () {
    const { asked, client: github } = yield* client(handler);
    const error = yield* Effect.flip(within("2 minutes", github.send(label)));
    assert.strictEqual(asked.length, 1);
    return error;
  });

describe("a change", () => {
  it.effect("is sent with its parameters as they are", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => json([{ name: "x" }]));
      assert.deepStrictEqual(yield* github.send(label), [{ name: "x" }]);
      const [one] = asked;
      assert.strictEqual(one?.method, "POST");
      assert.strictEqual(one?.href, "https://api.github.com/repos/acme/shop/issues/1/labels");
      assert.deepStrictEqual(one?.body, { labels: ["x"], url: "12n" });
      assert.deepInclude(github.ledger.statement(), { requests: 1, rest: 1 });
    }),
  );

  it.effect("may be answered with nothing", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => new Response(null, { status: 204 }));
      yield* github.send({
        ...label,
        route: "DELETE /repos/{owner}/{repo}/issues/{number}/labels",
        parameters: { owner: "acme", repo: "shop", number: 1 },
        schema: Schema.Undefined,
      });
      assert.strictEqual(asked[0]?.method, "DELETE");
      assert.isUndefined(asked[0]?.body);
    }),
  );

  it.effect("whose answer was lost may have happened, and is not repeated", () =>
    Effect.gen(function* () {
      const lost = { _tag: "Unavailable", reached: "maybe" } as const;
      assert.deepInclude(yield* failure(() => broken("ECONNRESET")), lost);
      assert.deepInclude(yield* failure(() => "hang"), lost);
      assert.deepInclude(yield* failure(() => refused(502, "Bad Gateway")), lost);
      const half = new ReadableStream({
        pull: (controller) => controller.error(broken("ECONNRESET")),
      });
      assert.deepInclude(yield* failure(() => new Response(half)), lost);
    }),
  );

  it.effect("says when its turn has come, and before that nothing has happened", () =>
    Effect.gen(function* () {
      const left: Array<number> = [];
      const { asked, client: github } = yield* client(() => json([{ name: "x" }]));
      const send = (number: number) =>
        github.send({ ...label, leaving: () => void left.push(number) });
      const both = yield* Effect.forkChild(
        Effect.all([send(1), send(2)], { concurrency: "unbounded" }),
      );
      yield* pass("500 millis");
      assert.deepStrictEqual(left, [1]);
      yield* Fiber.interrupt(both);
      assert.lengthOf(asked, 1);
    }),
  );

  it.effect("that nobody received has certainly not happened", () =>
    Effect.gen(function* () {
      const error = yield* failure(() => broken("ECONNREFUSED"));
      assert.deepInclude(error, { _tag: "Unavailable", reached: "no" });
    }),
  );

  it.effect("that comes too late is a conflict", () =>
    Effect.gen(function* () {
      for (const status of [405, 409]) {
        const error = yield* failure(() => refused(status, "Base branch was modified."));
        assert.deepInclude(error, { _tag: "Conflict", status });
      }
    }),
  );

  it.effect("is not repeated after the refusal of a limit, which says until when", () =>
    Effect.gen(function* () {
      const error = yield* failure(() =>
        refused(403, "You have exceeded a secondary rate limit and have been temporarily blocked", {
          "retry-after": "30",
        }),
      );
      assert.deepInclude(error, { _tag: "RateLimited", limit: "secondary", until: 31_000 });
    }),
  );

  it.effect("is not sent to where a redirect leads", () =>
    Effect.gen(function* () {
      const headers = { location: "https://api.github.com/repositories/7/issues/1/labels" };
      for (const status of [301, 307]) {
        const error = yield* failure(() => new Response(null, { status, headers }));
        assert.deepInclude(error, { _tag: "Malformed", status });
        assert.include(error.message, "use its new name");
      }
    }),
  );

  it.effect("with what cannot be written is not sent", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => json([]));
      const parameters = { ...label.parameters, labels: [1n] };
      const error = yield* Effect.flip(github.send({ ...label, parameters }));
      assert.strictEqual(error._tag, "Invalid");
      assert.include(error.message, "nothing was sent");
      assert.strictEqual(asked.length, 0);
    }),
  );
});
