import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { broken, client, type Handler, json, refused, within } from "./support/stub.ts";

const enable = {
  what: "auto-merge of acme/shop#1",
  operation: "EnableAutoMerge",
  permission: "Contents: write",
  query: "mutation EnableAutoMerge($id: ID!) { enable(id: $id) { id } }",
  variables: { id: "PR_1" },
  schema: Schema.Struct({ enable: Schema.Struct({ id: Schema.String }) }),
} as const;

const failure = (handler: Handler) =>
  Effect.gen(function* () {
    const { asked, client: github } = yield* client(handler);
    const error = yield* Effect.flip(within("2 minutes", github.mutate(enable)));
    assert.strictEqual(asked.length, 1);
    return error;
  });

describe("a mutation", () => {
  it.effect("is sent as it is written and answered with its data", () =>
    Effect.gen(function* () {
      const answer = { data: { enable: { id: "PR_1" } } };
      const { asked, client: github } = yield* client(() => json(answer));
      assert.deepStrictEqual(yield* github.mutate(enable), answer.data);
      const { query, variables } = enable;
      assert.deepStrictEqual(asked[0]?.body, { query, variables });
      assert.deepInclude(github.ledger.statement(), { requests: 1, graphql: 1 });
    }),
  );

  it.effect("whose answer was lost may have happened, and is not repeated", () =>
    Effect.gen(function* () {
      const lost = { _tag: "Unavailable", reached: "maybe" } as const;
      assert.deepInclude(yield* failure(() => broken("ECONNRESET")), lost);
      assert.deepInclude(yield* failure(() => refused(502, "Bad Gateway")), lost);
      assert.deepInclude(yield* failure(() => json({ data: null })), lost);
    }),
  );

  it.effect("is refused in GitHub's words, also if there is data beside them", () =>
    Effect.gen(function* () {
      const message = '["Pull request Pull request is in clean status"]';
      for (const data of [null, { enable: { id: "PR_1" } }]) {
        const errors = [{ type: "UNPROCESSABLE", path: ["enable"], message }];
        const error = yield* failure(() => json({ data, errors }));
        assert.deepInclude(error, { _tag: "Invalid", code: "UNPROCESSABLE" });
        assert.include(error.message, "(Pull request Pull request is in clean status)");
      }
    }),
  );

  it.effect("tells what every error says, each once", () =>
    Effect.gen(function* () {
      const messages = ['["Auto merge is not allowed", "Draft"]', "Draft", "[not a list"];
      const errors = messages.map((message) => ({ type: "UNPROCESSABLE", message }));
      const error = yield* failure(() => json({ data: null, errors }));
      assert.include(error.message, "(Auto merge is not allowed; Draft; [not a list)");
    }),
  );

  it.effect("is refused by a limit that nothing passed, and told until when", () =>
    Effect.gen(function* () {
      const content = { type: "UNPROCESSABLE", message: "was submitted too quickly" };
      const late = { "retry-after": "30" };
      const error = yield* failure(() => json({ data: null, errors: [content] }, late));
      assert.deepInclude(error, { _tag: "RateLimited", limit: "secondary", until: 31_000 });
      for (const type of ["RATE_LIMIT", "RATE_LIMITED"]) {
        const errors = [{ type, message: "API rate limit already exceeded for user ID 1." }];
        const used = yield* failure(() => json({ data: null, errors }, late));
        assert.deepInclude(used, { _tag: "RateLimited", limit: "primary" });
      }
    }),
  );

  it.effect("that the token may not make says what it lacks", () =>
    Effect.gen(function* () {
      const message = "Resource not accessible by personal access token";
      const errors = [{ type: "FORBIDDEN", path: ["enable"], message }];
      const error = yield* failure(() => json({ data: { enable: null }, errors }));
      assert.deepInclude(error, { _tag: "Forbidden", permission: "Contents: write" });
    }),
  );

  it.effect("goes after the change before it, and not right after", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() =>
        json({ data: { enable: { id: "PR_1" } } }),
      );
      const both = Effect.all([github.mutate(enable), github.mutate(enable)], {
        concurrency: 2,
      });
      yield* within("1 minute", both);
      assert.deepStrictEqual(
        asked.map(({ at }) => at),
        [0, 1000],
      );
    }),
  );
});
