import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as PullRequestView from "../src/PullRequestView.ts";
import { answer, pull, repository, rollup, run, status } from "./support/pulls.ts";
import { client, type Handler, json, within } from "./support/stub.ts";

const subject = (number: number) => ({ owner: "acme", repository: "shop", number });

/** What is seen of pull request 7, if GitHub answers this. */
const seenIn = Effect.fnUntraced(function* (handler: Handler) {
  const { asked, client: github } = yield* client(handler);
  const looks = yield* within("1 minute", PullRequestView.read(github, [subject(7)]));
  const look = looks.get("acme/shop#7");
  assert(look?._tag === "Found");
  return { asked, view: look.view };
});

const seen = (told: Readonly<Record<string, unknown>>, errors?: ReadonlyArray<unknown>) =>
  Effect.map(
    seenIn(() => json(answer([repository(pull(7, told))], errors))),
    ({ view }) => view,
  );

const forbidden = (...path: ReadonlyArray<string | number>) => ({
  type: "FORBIDDEN",
  path: ["p0", "pullRequest", ...path],
  message: "Resource not accessible by personal access token",
});

describe("a look at pull requests", () => {
  it.effect("takes one request for all of them", () =>
    Effect.gen(function* () {
      const numbers = [7, 8, 9];
      const { asked, client: github } = yield* client(() =>
        json(answer(numbers.map((number) => repository(pull(number))))),
      );
      const looks = yield* PullRequestView.read(github, [...numbers, 7].map(subject));
      assert.strictEqual(asked.length, 1);
      assert.deepStrictEqual([...looks.keys()], ["acme/shop#7", "acme/shop#8", "acme/shop#9"]);
    }),
  );

  it.effect("takes no more than fifty at once", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(({ body }) => {
        const { variables } = body as { variables: Record<string, number> };
        const numbers = Object.keys(variables).filter((name) => name.startsWith("m"));
        return json(answer(numbers.map((name) => repository(pull(variables[name]!)))));
      });
      const all = Array.from({ length: 120 }, (_, i) => subject(i + 1));
      const looks = yield* within("1 minute", PullRequestView.read(github, all));
      assert.strictEqual(asked.length, 3);
      assert.strictEqual(looks.size, 120);
    }),
  );

  it.effect("asks for nothing if nothing is wanted", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => json({}));
      assert.strictEqual((yield* PullRequestView.read(github, [])).size, 0);
      assert.strictEqual(asked.length, 0);
    }),
  );

  it.effect("says what is missing, or hidden", () =>
    Effect.gen(function* () {
      const missing = { type: "NOT_FOUND", path: ["p1"], message: "Could not resolve" };
      const { client: github } = yield* client(() =>
        json(answer([repository(null), null], [missing])),
      );
      const looks = yield* PullRequestView.read(github, [subject(7), subject(8)]);
      assert.deepStrictEqual([...looks.values()], [{ _tag: "Missing" }, { _tag: "Missing" }]);
    }),
  );
});

describe("a view", () => {
  it.effect("has what decides, in words of its own", () =>
    Effect.gen(function* () {
      const view = yield* seen({});
      assert.deepInclude(view, {
        id: "PR_7",
        repository: "acme/shop",
        author: "codegen-sh[bot]",
        state: "open",
        head: { branch: "branch-7", sha: "head7" },
        base: { branch: "main", isDefault: true, tip: "ba5e", checks: "success" },
        fits: "yes",
        mergeState: "clean",
        review: "none",
        labels: ["shop"],
        allows: { autoMerge: true, methods: ["squash", "rebase"] },
      });
    }),
  );

  it.effect("takes states that it does not know for unknown", () =>
    Effect.gen(function* () {
      const view = yield* seen({
        mergeable: "UNKNOWN",
        mergeStateStatus: "NEW",
        reviewDecision: "NEW",
      });
      assert.deepInclude(view, { fits: "unknown", mergeState: "unknown", review: "none" });
    }),
  );

  it.effect("knows who merged, closed, or stopped it", () =>
    Effect.gen(function* () {
      const ada = { __typename: "User", login: "ada" };
      const view = yield* seen({
        state: "CLOSED",
        timelineItems: {
          nodes: [
            null,
            { __typename: "AutoMergeDisabledEvent", actor: ada, reason: "no" },
            { __typename: "RemovedFromMergeQueueEvent", actor: null, reason: "failed checks" },
            { __typename: "ClosedEvent", actor: ada },
          ],
        },
      });
      assert.strictEqual(view.closedBy, "ada");
      assert.deepStrictEqual(view.switchedOff, {
        by: "ada",
        isPerson: true,
        isOurs: false,
        reason: "no",
      });
      assert.deepInclude(view.unqueued, {
        by: undefined,
        isPerson: false,
        reason: "failed checks",
      });
    }),
  );

  it.effect("knows what this program asked for itself", () =>
    Effect.gen(function* () {
      const us = { __typename: "Bot", login: "us" };
      const view = yield* seen({
        autoMergeRequest: { enabledBy: us },
        mergeQueueEntry: { position: 2, enqueuer: us },
      });
      const ours = { by: "us[bot]", isPerson: false, isOurs: true };
      assert.deepStrictEqual(view.autoMerge, ours);
      assert.deepStrictEqual(view.queued, { ...ours, position: 2 });
    }),
  );

  it.effect("has the reviews that ask for changes, also where none are required", () =>
    Effect.gen(function* () {
      const review = (id: string, state: string, oid: string) => ({
        id,
        state,
        url: `https://g/${id}`,
        author: { __typename: "User", login: "grace" },
        commit: { oid },
      });
      const nodes = [
        review("R_1", "CHANGES_REQUESTED", "head7"),
        review("R_2", "CHANGES_REQUESTED", "head6"),
        review("R_3", "APPROVED", "head7"),
      ];
      const view = yield* seen({ latestOpinionatedReviews: { nodes } });
      assert.strictEqual(view.review, "changes-requested");
      assert.deepStrictEqual(
        view.changesRequested.map(({ id, isOfHead }) => [id, isOfHead]),
        [
          ["R_1", true],
          ["R_2", false],
        ],
      );
    }),
  );
});

/** Name and state of each check. */
const states = (told: Readonly<Record<string, unknown>>, errors?: ReadonlyArray<unknown>) =>
  Effect.map(seen(told, errors), ({ checks }) =>
    checks.map(({ name, state }) => `${name}: ${state}`),
  );

describe("the checks of a view", () => {
  const ofEach = {
    success: ["SUCCESS", "NEUTRAL", "SKIPPED"],
    failure: ["FAILURE", "CANCELLED", "TIMED_OUT", "STARTUP_FAILURE", "STALE"],
    pending: ["ACTION_REQUIRED", "SOMETHING_NEW", null],
  };
  for (const [state, conclusions] of Object.entries(ofEach)) {
    it.effect(`are ${state} with ${conclusions.join(", ")}`, () =>
      Effect.gen(function* () {
        const runs = conclusions.map((conclusion, i) => run(`r${i}`, { conclusion }));
        const found = yield* states({ statusCheckRollup: rollup(runs) });
        assert.deepStrictEqual(
          found,
          conclusions.map((_, i) => `CI / r${i}: ${state}`),
        );
      }),
    );
  }

  it.effect("are pending until they are complete", () =>
    Effect.gen(function* () {
      const runs = [
        run("a", { status: "IN_PROGRESS", conclusion: null }),
        run("b", { status: "QUEUED" }),
      ];
      assert.deepStrictEqual(yield* states({ statusCheckRollup: rollup(runs) }), [
        "CI / a: pending",
        "CI / b: pending",
      ]);
    }),
  );

  it.effect("are statuses of the commit, too; one that is expected is pending", () =>
    Effect.gen(function* () {
      const all = ["SUCCESS", "EXPECTED", "ERROR", "FAILURE"].map((state) =>
        status(state, { state }),
      );
      assert.deepStrictEqual(yield* states({ statusCheckRollup: rollup(all) }), [
        "SUCCESS: success",
        "EXPECTED: pending",
        "ERROR: failure",
        "FAILURE: failure",
      ]);
    }),
  );

  it.effect("count as they were run last", () =>
    Effect.gen(function* () {
      const runs = [
        run("a", { id: "new", startedAt: "2026-11-21T19:05:00Z" }),
        run("a", { id: "old", conclusion: "FAILURE" }),
        run("a", {
          id: "push",
          conclusion: "FAILURE",
          checkSuite: { workflowRun: { event: "push" } },
        }),
      ];
      assert.deepStrictEqual(yield* states({ statusCheckRollup: rollup(runs) }), [
        "CI / a: success",
        "a: failure",
      ]);
    }),
  );

  it.effect("say how they can be run again", () =>
    Effect.gen(function* () {
      const runs = [
        run("job"),
        run("other", { checkSuite: { app: { slug: "codecov" } } }),
        status("s"),
      ];
      const { checks } = yield* seen({ statusCheckRollup: rollup(runs) });
      assert.deepStrictEqual(
        checks.map(({ rerun }) => rerun?.of),
        ["actions", "app", undefined],
      );
    }),
  );

  it.effect("are none where there are none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* states({ statusCheckRollup: null }), []);
    }),
  );

  it.effect("that the token may not read are as good as all of them together", () =>
    Effect.gen(function* () {
      for (const [word, state] of [
        ["SUCCESS", "success"],
        ["FAILURE", "failure"],
        ["EXPECTED", "pending"],
      ]) {
        const told = { statusCheckRollup: rollup([run("test"), null], word) };
        const path = ["statusCheckRollup", "contexts", "nodes", 1] as const;
        assert.deepStrictEqual(yield* states(told, [forbidden(...path)]), [
          "CI / test: success",
          `checks that the token may not read: ${state}`,
        ]);
      }
    }),
  );

  it.effect("of which none may be read are as good as GitHub's word on merging", () =>
    Effect.gen(function* () {
      const errors = [forbidden("statusCheckRollup")];
      const told = { statusCheckRollup: null };
      const hidden = "checks that the token may not read";
      assert.deepStrictEqual(yield* states(told, errors), [`${hidden}: success`]);
      const unstable = { ...told, mergeStateStatus: "UNSTABLE" };
      assert.deepStrictEqual(yield* states(unstable, errors), [`${hidden}: pending`]);
    }),
  );

  it.effect("are read to the last page", () =>
    Effect.gen(function* () {
      const first = rollup([run("a")], "FAILURE", { hasNextPage: true, endCursor: "c1" });
      const second = pull(7, { statusCheckRollup: rollup([run("b", { conclusion: "FAILURE" })]) });
      const { asked, view } = yield* seenIn((_, count) =>
        count === 1
          ? json(answer([repository(pull(7, { statusCheckRollup: first }))]))
          : json({ data: { repository: { pullRequest: second } } }),
      );
      assert.strictEqual(asked.length, 2);
      assert.deepStrictEqual(
        view.checks.map(({ name, state }) => `${name}: ${state}`),
        ["CI / a: success", "CI / b: failure"],
      );
    }),
  );

  it.effect("of another head are not mixed with those of this one", () =>
    Effect.gen(function* () {
      const first = rollup([run("a")], "PENDING", { hasNextPage: true, endCursor: "c1" });
      const second = pull(7, { headRefOid: "later", statusCheckRollup: rollup([run("b")]) });
      const { view } = yield* seenIn((_, count) =>
        count === 1
          ? json(answer([repository(pull(7, { statusCheckRollup: first }))]))
          : json({ data: { repository: { pullRequest: second } } }),
      );
      assert.deepStrictEqual(
        view.checks.map(({ name, state }) => `${name}: ${state}`),
        ["CI / a: success", "checks that the token may not read: pending"],
      );
    }),
  );
});
