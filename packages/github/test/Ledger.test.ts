import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { issue, label, viewer } from "./support/requests.ts";
import { client, json, refused, within } from "./support/stub.ts";

const standing = (resource: string, remaining: number) => ({
  "x-ratelimit-limit": "5000",
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-reset": "3600",
  "x-ratelimit-resource": resource,
});

describe("the ledger", () => {
  it.effect("is empty before anything is asked", () =>
    Effect.gen(function* () {
      const { client: github } = yield* client(() => json({}));
      assert.deepStrictEqual(github.ledger.statement(), {
        requests: 0,
        unchanged: 0,
        repeated: 0,
        rest: 0,
        graphql: 0,
        waitedMillis: 0,
        operations: [],
        remaining: [],
      });
    }),
  );

  it.effect("tells what each operation cost, all together, and what is left", () =>
    Effect.gen(function* () {
      const { client: github } = yield* client(({ method, url }, count) => {
        if (count === 1) return refused(502, "Server Error", standing("core", 4_001));
        if (url.pathname === "/graphql") {
          const data = { viewer: { login: "ada" }, orchestratorCost: { cost: 7 } };
          return json({ data }, standing("graphql", 4_993));
        }
        return method === "GET"
          ? json({ number: 1 }, standing("core", 4_000))
          : refused(404, "Not Found", standing("core", 3_999));
      });
      yield* within("1 minute", github.get(issue));
      yield* github.query(viewer);
      yield* Effect.flip(github.send(label));
      const nothing = { unchanged: 0, repeated: 0, rest: 0, graphql: 0 };
      assert.deepStrictEqual(github.ledger.statement(), {
        requests: 4,
        unchanged: 0,
        repeated: 1,
        rest: 3,
        graphql: 7,
        waitedMillis: 0,
        operations: [
          { operation: "issues.get", ...nothing, requests: 2, repeated: 1, rest: 2 },
          { operation: "viewer.get", ...nothing, requests: 1, graphql: 7 },
          { operation: "labels.add", ...nothing, requests: 1, rest: 1 },
        ],
        remaining: [
          { resource: "rest", limit: 5000, remaining: 3_999, resetsAt: 3_600_000 },
          { resource: "graphql", limit: 5000, remaining: 4_993, resetsAt: 3_600_000 },
        ],
      });
    }),
  );

  it.effect("counts a request that was given up", () =>
    Effect.gen(function* () {
      const { client: github } = yield* client(() => "hang");
      const given = Effect.timeoutOption(github.get(issue), "5 seconds");
      yield* within("10 seconds", given);
      assert.deepInclude(github.ledger.statement(), { requests: 1, rest: 0 });
    }),
  );
});
