import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as StatusLabels from "../src/StatusLabels.ts";
import { desk } from "./support/issueDesk.ts";
import { client, json, refused, within } from "./support/stub.ts";

const issue = { owner: "acme", repository: "shop", number: 1 };

const setUp = (options?: StatusLabels.Options) =>
  Effect.gen(function* () {
    const github = desk();
    const { client: made } = yield* client(github.handler);
    const labels = StatusLabels.make(made, options);
    const set = (...states: ReadonlyArray<StatusLabels.State>) =>
      within(
        "1 minute",
        Effect.forEach(states, (state) => labels.set(issue, state), { discard: true }),
      );
    return { github, set };
  });

describe("the status label", () => {
  it.effect("is the only one of its kind, and leaves all others", () =>
    Effect.gen(function* () {
      const { github, set } = yield* setUp();
      github.labels = ["bug", "status:blocked", "Status:Queued", "status:failed"];
      yield* set("in-progress");
      assert.deepStrictEqual(github.labels, ["bug", "status:blocked", "status:in-progress"]);
      yield* set("completed");
      assert.deepStrictEqual(github.labels, ["bug", "status:blocked", "status:completed"]);
    }),
  );

  it.effect("is made with a colour once, if the repository lacks it", () =>
    Effect.gen(function* () {
      const { github, set } = yield* setUp({ prefix: "o/" });
      yield* set("held", "in-progress", "held");
      assert.strictEqual(github.palette.get("o/held"), "fbca04");
      assert.strictEqual(github.changes.filter((change) => change === "POST /labels").length, 2);
    }),
  );

  it.effect("takes the label that somebody else made meanwhile", () =>
    Effect.gen(function* () {
      const { github, set } = yield* setUp();
      github.before = (_, operation) => {
        if (operation !== "POST /labels") return undefined;
        const errors = [{ resource: "Label", code: "already_exists", field: "name" }];
        return json({ message: "Validation Failed", errors }, {}, 422);
      };
      yield* set("queued");
      assert.deepStrictEqual(github.labels, ["bug", "status:queued"]);
    }),
  );

  it.effect("that somebody took away meanwhile is as good as taken away", () =>
    Effect.gen(function* () {
      const { github, set } = yield* setUp();
      github.labels = ["status:queued"];
      github.before = ({ method }) => {
        if (method !== "DELETE") return undefined;
        github.labels = github.labels.filter((name) => name !== "status:queued");
        return refused(404, "Label does not exist");
      };
      yield* set("in-progress");
      assert.deepStrictEqual(github.labels, ["status:in-progress"]);
    }),
  );

  it.effect("says what the token lacks", () =>
    Effect.gen(function* () {
      const { github, set } = yield* setUp();
      github.before = ({ method }) =>
        method === "GET" ? undefined : refused(403, "Resource not accessible by integration");
      const error = yield* Effect.flip(set("queued"));
      assert.deepInclude(error, { _tag: "Forbidden", permission: "Issues: write" });
      assert.deepStrictEqual(github.labels, ["bug"]);
    }),
  );
});
