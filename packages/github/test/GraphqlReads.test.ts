import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { viewer } from "./support/requests.ts";
import { client, type Handler, json, within } from "./support/stub.ts";

const repository = {
  ...viewer,
  what: "two repositories",
  schema: Schema.Struct({
    a: Schema.NullOr(Schema.Struct({ id: Schema.String })),
    b: Schema.NullOr(Schema.Struct({ id: Schema.String })),
  }),
};

const failure = (handler: Handler) =>
  Effect.gen(function* () {
    const { asked, client: github } = yield* client(handler);
    const error = yield* Effect.flip(within("2 minutes", github.query(viewer)));
    return { error, tries: asked.length };
  });

const errors = (...all: ReadonlyArray<object>) => json({ data: null, errors: all });

describe("a query", () => {
  it.effect("has variables of any name, and learns what it cost", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() =>
        json({ data: { viewer: { login: "ada" }, orchestratorCost: { cost: 3 } } }),
      );
      const answer = yield* github.query({ ...viewer, schema: Schema.Unknown });
      assert.deepStrictEqual(answer, { data: { viewer: { login: "ada" } }, errors: [] });
      assert.strictEqual(asked[0]?.href, "https://api.github.com/graphql");
      assert.deepStrictEqual(asked[0]?.body, {
        query:
          "query ($n: Int!) { orchestratorCost: rateLimit { cost limit remaining resetAt } viewer { login } }",
        variables: viewer.variables,
      });
      assert.deepInclude(github.ledger.statement(), { requests: 1, rest: 0, graphql: 3 });
    }),
  );

  it.effect("goes to /api/graphql on a server of one's own", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(
        () => json({ data: { viewer: { login: "ada" }, orchestratorCost: null } }),
        { baseUrl: "https://git.acme.example/api/v3", allowedHosts: ["git.acme.example"] },
      );
      yield* github.query(viewer);
      assert.strictEqual(asked[0]?.href, "https://git.acme.example/api/graphql");
      assert.strictEqual(github.ledger.statement().graphql, 1);
    }),
  );

  it.effect("is answered in part where a part is absent or hidden", () =>
    Effect.gen(function* () {
      const missing = { type: "NOT_FOUND", path: ["b"], message: "Could not resolve" };
      const hidden = { type: "FORBIDDEN", path: ["a", "id"], message: "Resource not accessible" };
      const { client: github } = yield* client(() =>
        json({ data: { a: null, b: null }, errors: [missing, hidden] }),
      );
      const answer = yield* github.query(repository);
      assert.deepStrictEqual(answer.data, { a: null, b: null });
      assert.deepStrictEqual(answer.errors, [missing, hidden]);
    }),
  );

  it.effect("without any data says what is not there", () =>
    Effect.gen(function* () {
      const { error, tries } = yield* failure(() =>
        errors({ type: "NOT_FOUND", path: ["viewer"], message: "Could not resolve" }),
      );
      assert.deepInclude(error, { _tag: "NotFound", status: 200 });
      assert.include(error.message, "Could not resolve");
      assert.strictEqual(tries, 1);
    }),
  );

  it.effect("names the scope that the token lacks", () =>
    Effect.gen(function* () {
      const { error } = yield* failure(() =>
        errors({
          type: "INSUFFICIENT_SCOPES",
          message:
            "Your token has not been granted the required scopes to execute this query. The 'projectV2' field requires one of the following scopes: ['read:project'], but your token has only been granted the: ['repo'] scopes.",
        }),
      );
      assert.deepInclude(error, { _tag: "Forbidden", permission: "the scope read:project" });
    }),
  );

  it.effect("that may not be asked names the permission it needs", () =>
    Effect.gen(function* () {
      const { error } = yield* failure(() =>
        errors({ type: "FORBIDDEN", message: "Resource not accessible by integration" }),
      );
      assert.deepInclude(error, { _tag: "Forbidden", permission: "Issues: read" });
    }),
  );

  it.effect("names the fields that the server does not know", () =>
    Effect.gen(function* () {
      const unknown = (fieldName: string, extensions: object = {}) => ({
        path: ["query", "viewer", fieldName],
        message: `Field '${fieldName}' doesn't exist on type 'Issue'`,
        extensions: { code: "undefinedField", ...extensions },
      });
      const { error, tries } = yield* failure(() =>
        json({
          errors: [
            unknown("blockedBy", { typeName: "Issue", fieldName: "blockedBy" }),
            unknown("subIssues"),
            unknown("blockedBy"),
          ],
        }),
      );
      assert.deepInclude(error, { _tag: "Invalid", code: "undefinedField" });
      assert.deepStrictEqual(Reflect.get(error, "fields"), ["Issue.blockedBy", "Issue.subIssues"]);
      assert.strictEqual(tries, 1);
    }),
  );

  const invalid = [
    [{ type: "MAX_NODE_LIMIT_EXCEEDED", message: "too many nodes" }, "MAX_NODE_LIMIT_EXCEEDED"],
    [{ type: "UNPROCESSABLE", message: "is not valid" }, "UNPROCESSABLE"],
    [{ message: "Resource limits for this query exceeded." }, "RESOURCE_LIMITS_EXCEEDED"],
    [{ message: "Parse error on }", extensions: { code: "parseError" } }, "parseError"],
  ] as const;
  for (const [one, code] of invalid) {
    it.effect(`that is refused for ${code} is wrong as it is, whatever data comes with it`, () =>
      Effect.gen(function* () {
        const { error, tries } = yield* failure(() =>
          json({ data: { viewer: { login: "ada" } }, errors: [one] }),
        );
        assert.deepInclude(error, { _tag: "Invalid", code });
        assert.strictEqual(tries, 1);
      }),
    );
  }

  it.effect("that broke down is asked again", () =>
    Effect.gen(function* () {
      const message = "Something went wrong while executing your query on 2026-11-21. Please …";
      const { client: github } = yield* client((_, count) =>
        count < 3 ? errors({ message }) : json({ data: { viewer: { login: "ada" } } }),
      );
      const { data } = yield* within("1 minute", github.query(viewer));
      assert.deepStrictEqual(data, { viewer: { login: "ada" } });
      assert.deepInclude(github.ledger.statement(), { requests: 3, repeated: 2 });
      const { error, tries } = yield* failure(() => errors({ message }));
      assert.deepInclude(error, { _tag: "Unavailable", reached: "maybe" });
      assert.strictEqual(tries, 5);
    }),
  );

  for (const [what, body] of [
    ["neither data nor errors", {}],
    ["null for everything", { data: null }],
    ["a text", "ok"],
    ["a number for its data", { data: 1 }],
  ] as const) {
    it.effect(`is not answered with ${what}`, () =>
      Effect.gen(function* () {
        const { error } = yield* failure(() => json(body));
        assert.include(["Unavailable", "Malformed"], error._tag);
      }),
    );
  }
});
