import { assert, describe, it } from "@effect/vitest";
import { type RunEvent, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as RunComment from "../src/RunComment.ts";
import { desk } from "./support/issueDesk.ts";
import { broken, client, refused, within } from "./support/stub.ts";

const options: RunComment.Options = {
  secret: Redacted.make("secret"),
  run: "run-1",
  issue: { owner: "acme", repository: "shop", number: 1 },
  isResumed: false,
};

const started: RunEvent.RunEvent = {
  _tag: "RunStarted",
  at: 0,
  run: "run-1",
  plan: "plan",
  mode: "parallel",
  concurrency: 1,
  failFast: false,
};
const going = RunState.RunState.fold([started]);
const ended = RunState.RunState.fold([started, { _tag: "RunEnded", at: 9, outcome: "succeeded" }]);

const setUp = (github = desk(), more: Partial<RunComment.Options> = {}) =>
  Effect.gen(function* () {
    const { asked, client: made } = yield* client(github.handler);
    const comment = yield* RunComment.make(made, { ...options, ...more });
    const publish = (state: RunState.RunState) =>
      within("10 minutes", comment.publish(state), 1_000);
    return { asked, github, publish };
  });

const posts = (changes: ReadonlyArray<string>) =>
  changes.filter((change) => change === "POST /issues/1/comments").length;

describe("the comment of a run", () => {
  it.effect("is written once and then changed, if there is something new", () =>
    Effect.gen(function* () {
      const { github, publish } = yield* setUp();
      assert.deepStrictEqual(yield* publish(going), { id: "1" });
      yield* publish(going);
      assert.lengthOf(github.changes, 1);
      yield* publish(ended);
      assert.lengthOf(github.comments, 1);
      assert.match(github.comments[0]!.body, /^<!-- orchestrator .* -->\n### 🟢 succeeded\n/);
    }),
  );

  it.effect("is found again by another process, and not taken for that of another run", () =>
    Effect.gen(function* () {
      const { github, publish } = yield* setUp(desk(), { run: "run-0" });
      yield* publish(going);
      yield* (yield* setUp(github)).publish(going);
      yield* (yield* setUp(github, { isResumed: true })).publish(ended);
      assert.lengthOf(github.comments, 2);
      assert.include(github.comments[1]!.body, "succeeded");
    }),
  );

  it.effect("is there once although the answer was lost", () =>
    Effect.gen(function* () {
      const { github, publish } = yield* setUp();
      github.after = (_, operation) =>
        operation === "POST /issues/1/comments" ? broken("ECONNRESET") : undefined;
      assert.deepStrictEqual(yield* publish(going), { id: "1" });
      yield* publish(ended);
      assert.strictEqual(posts(github.changes), 1);
    }),
  );

  it.effect("that may have been written by an earlier process is waited for", () =>
    Effect.gen(function* () {
      const { asked, publish } = yield* setUp(desk(), { isResumed: true });
      yield* publish(going);
      const post = asked.find(({ method, url }) => method === "POST" && /comments/.test(url.href));
      assert.isAtLeast(post?.at ?? 0, 180_000);
    }),
  );

  it.effect("that GitHub refuses says so, and what is unclear is not sent again", () =>
    Effect.gen(function* () {
      const { github, publish } = yield* setUp();
      github.before = ({ url }) =>
        url.pathname.endsWith("comments") ? refused(403, "locked") : undefined;
      assert.strictEqual((yield* Effect.flip(publish(going))).reason, "Rejected");
      github.before = (_, operation) =>
        operation === "POST /issues/1/comments" ? broken("ECONNRESET") : undefined;
      assert.strictEqual((yield* Effect.flip(publish(going))).reason, "Ambiguous");
      assert.strictEqual(posts(github.changes), 1);
    }),
  );
});
