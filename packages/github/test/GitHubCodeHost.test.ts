import { assert, describe, it } from "@effect/vitest";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type { News } from "../src/GitHubCodeHost.ts";
import { Desk, landing, opened, unprocessable } from "./support/landingDesk.ts";
import { rollup, run } from "./support/pulls.ts";
import { broken, pass, refused, until } from "./support/stub.ts";

const pending = { status: "IN_PROGRESS", conclusion: null };
const checks = (...all: ReadonlyArray<ReturnType<typeof run>>) => ({
  statusCheckRollup: rollup(all),
});

describe("a change that nothing speaks against", () => {
  it.effect("is merged once, with its head, and passes its gates on the way", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      const { host } = yield* opened(desk);
      const { commit, gates } = yield* landing(host, 7);
      assert.strictEqual(yield* commit, "merge7");
      assert.deepStrictEqual(gates, ["pr-open", "checks-green", "merged"]);
      assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
    }),
  );

  it.effect("is found by its branch", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7, {});
      assert.strictEqual(yield* commit, "merge7");
    }),
  );

  it.effect("is waited for until its checks have ended", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, {
        ...checks(run("test", pending)),
        mergeStateStatus: "BLOCKED",
      });
      desk.place = { autoMergeAllowed: false };
      const { host } = yield* opened(desk);
      const { commit, gates } = yield* landing(host, 7);
      yield* pass("5 minutes");
      assert.deepStrictEqual(gates, ["pr-open"]);
      desk.change(7, { ...checks(run("test")), mergeStateStatus: "CLEAN" });
      yield* commit;
      assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
    }),
  );

  it.effect("that was merged already has landed, and is not merged again", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      desk.merged(7);
      const { host } = yield* opened(desk);
      for (let time = 0; time < 2; time++) {
        const { commit, gates } = yield* landing(host, 7);
        assert.strictEqual(yield* commit, "merge7");
        assert.deepStrictEqual(gates, ["pr-open", "checks-green", "merged"]);
      }
      assert.deepStrictEqual(desk.acts, []);
    }),
  );

  it.effect("that was there before the task is left to people, whatever the agent reports", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      const { host } = yield* opened(desk);
      const since = Date.parse("2026-11-21T19:30:00Z");
      const { commit, gates } = yield* landing(host, 7, undefined, { since });
      yield* pass("5 minutes");
      assert.deepStrictEqual([...gates], ["pr-open", "checks-green"]);
      assert.deepStrictEqual(desk.acts, []);
      desk.merged(7);
      assert.strictEqual(yield* commit, "merge7");
    }),
  );

  it.effect("that somebody gives another base is that person's matter, and no agent's", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, { labels: { nodes: [{ name: "hold" }] } });
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      yield* pass("2 minutes");
      desk.change(7, { baseRefName: "release", labels: { nodes: [] } });
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, "was given another base, release");
      assert.deepStrictEqual(desk.acts, []);
      // Whoever decides to wait without doing anything is not asked again.
      const again = yield* landing(host, 7);
      yield* pass("5 minutes");
      desk.change(7, { baseRefName: "main" });
      assert.strictEqual(yield* again.commit, "merge7");
    }),
  );

  it.effect("is not merged by a request that waited for a limit since it was looked at", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      const reset = Math.ceil((yield* Clock.currentTimeMillis) / 1000) + 300;
      desk.headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(reset),
        "x-ratelimit-resource": "core",
      };
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("2 minutes");
      assert.deepStrictEqual(desk.acts, []);
      desk.change(7, { labels: { nodes: [{ name: "hold" }] } });
      yield* pass("10 minutes");
      assert.deepStrictEqual(desk.acts, []);
      desk.change(7, { labels: { nodes: [] } });
      assert.strictEqual(yield* commit, "merge7");
      assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
    }),
  );
});

describe("in manual mode", () => {
  it.effect("nothing is merged; what people merge has landed", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      const { host } = yield* opened(desk, { mode: "manual" });
      const { commit, gates, isOver } = yield* landing(host, 7);
      yield* pass("1 hour");
      assert.isFalse(isOver());
      assert.deepStrictEqual(gates, ["pr-open", "checks-green"]);
      desk.merged(7);
      assert.strictEqual(yield* commit, "merge7");
      assert.deepStrictEqual(desk.acts, []);
    }),
  );
});

describe("a merge without an answer", () => {
  const lost: ReadonlyArray<readonly [string, () => Response | Error | "hang"]> = [
    ["a connection that broke", () => broken("ECONNRESET")],
    [
      "a page for people",
      () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    ],
    ["a broken gateway", () => refused(502, "Bad Gateway")],
    ["no answer at all", () => "hang"],
  ];
  for (const [what, answer] of lost) {
    it.effect(`that happened is found: ${what}`, () =>
      Effect.gen(function* () {
        const desk = new Desk().add(7);
        desk.on("merge", (_, does) => (does(), answer()));
        const { host } = yield* opened(desk);
        const { commit, gates } = yield* landing(host, 7);
        assert.strictEqual(yield* commit, "merge7");
        assert.deepStrictEqual(gates, ["pr-open", "checks-green", "merged"]);
        assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
      }),
    );

    it.effect(`that did not happen is sent again after a look: ${what}`, () =>
      Effect.gen(function* () {
        const desk = new Desk().add(7);
        let looks = 0;
        desk.on(
          "merge",
          () => ((looks = desk.looks), answer()),
          (_, does) => (assert.isAbove(desk.looks, looks), does()),
        );
        const { host } = yield* opened(desk);
        const { commit } = yield* landing(host, 7);
        assert.strictEqual(yield* commit, "merge7");
        assert.strictEqual(desk.acts.length, 2);
      }),
    );
  }
});

describe("a merge that GitHub refuses", () => {
  it.effect("because the base moved is tried again", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      const moved = () => refused(405, "Base branch was modified. Review and try the merge again.");
      desk.on("merge", ...Array.from({ length: 8 }, () => moved), (_, does) => does());
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* commit;
      assert.strictEqual(desk.acts.length, 9);
    }),
  );

  it.effect("because somebody pushed is decided anew for the new head", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      desk.on("merge", (_, does) => {
        desk.change(7, { headRefOid: "pushed", ...checks(run("test", pending)) });
        desk.on("merge");
        return does();
      });
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("2 minutes");
      assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
      desk.change(7, checks(run("test")));
      yield* commit;
      assert.deepStrictEqual(desk.acts, ["merge 7 head7", "merge 7 pushed"]);
    }),
  );

  it.effect("again and again is asked about, in its words", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      desk.on("merge", () => refused(405, "2 approving reviews are required."));
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, "2 approving reviews are required.");
      assert.strictEqual(desk.acts.length, 5);
    }),
  );

  it.effect("because the token may not is asked about, with what it lacks", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      desk.on("merge", () => refused(403, "Resource not accessible by personal access token"));
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, "Contents: write");
    }),
  );
});

const blocked = { ...checks(run("test", pending)), mergeStateStatus: "BLOCKED" };
const ready = { ...checks(run("test")), mergeStateStatus: "CLEAN" };

describe("auto-merge", () => {
  it.effect("is asked for while something is missing, and GitHub merges", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("2 minutes");
      assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7"]);
      desk.change(7, ready);
      yield* pass("2 minutes");
      desk.merged(7);
      yield* commit;
      assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7"]);
    }),
  );

  for (const message of [
    '["Pull request Auto merge is not allowed for this repository"]',
    '["Pull request Auto-merge is not allowed for this repository"]',
    '["Pull request Protected branch rules not configured for this branch"]',
    '["Pull request Something that nobody has seen before"]',
  ]) {
    it.effect(`that cannot be had is done here: ${message}`, () =>
      Effect.gen(function* () {
        const desk = new Desk().add(7, blocked);
        desk.on("EnableAutoMerge", () => unprocessable(message));
        const { host } = yield* opened(desk);
        const { commit } = yield* landing(host, 7);
        yield* pass("5 minutes");
        assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7"]);
        desk.change(7, ready);
        yield* commit;
        assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7", "merge 7 head7"]);
      }),
    );
  }

  for (const status of ["clean", "unstable", "has_hooks"]) {
    it.effect(`is not needed in ${status} status`, () =>
      Effect.gen(function* () {
        const desk = new Desk().add(7, { mergeStateStatus: "BLOCKED" });
        desk.on("EnableAutoMerge", () =>
          unprocessable(`["Pull request Pull request is in ${status} status"]`),
        );
        const { host } = yield* opened(desk);
        const { commit } = yield* landing(host, 7);
        yield* commit;
        assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7", "merge 7 head7"]);
      }),
    );
  }

  it.effect("without an answer is looked for before anything else", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      desk.on("EnableAutoMerge", (_, does) => (does(), broken("ECONNRESET")));
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("5 minutes");
      assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7"]);
      desk.merged(7);
      yield* commit;
    }),
  );

  it.effect("is taken back when somebody sets a hold label, and asked for again without it", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("2 minutes");
      desk.change(7, { labels: { nodes: [{ name: "hold" }] } });
      yield* pass("3 minutes");
      assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7", "DisableAutoMerge 7"]);
      desk.change(7, { labels: { nodes: [] } });
      yield* pass("3 minutes");
      assert.strictEqual(desk.acts.at(-1), "EnableAutoMerge 7 head7");
      desk.merged(7);
      yield* commit;
    }),
  );

  it.effect("that a person switched off is asked about once, and then left to people", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      const { host } = yield* opened(desk);
      const first = yield* landing(host, 7);
      yield* pass("2 minutes");
      const off = {
        __typename: "AutoMergeDisabledEvent",
        actor: { __typename: "User", login: "ada" },
      };
      desk.change(7, { autoMergeRequest: null, timelineItems: { nodes: [off] } });
      const { message, reason } = yield* first.failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, "ada switched auto-merge off");
      const again = yield* landing(host, 7);
      yield* pass("10 minutes");
      assert.isFalse(again.isOver());
      assert.deepStrictEqual(desk.acts, ["EnableAutoMerge 7 head7"]);
      // Another process knows from the run that somebody was asked.
      const other = yield* landing((yield* opened(desk)).host, 7, {}, { wasAsked: true });
      yield* pass("10 minutes");
      assert.isFalse(other.isOver());
      desk.merged(7);
      yield* again.commit;
      yield* other.commit;
    }),
  );
});

describe("the merge queue", () => {
  it.effect("takes what is ready, and its end is waited for", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, { isMergeQueueEnabled: true });
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("5 minutes");
      assert.deepStrictEqual(desk.acts, ["Enqueue 7 head7"]);
      desk.change(7, { mergeQueueEntry: null });
      desk.merged(7);
      yield* commit;
    }),
  );

  it.effect("that gives a change back sends it to its agent", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, { isMergeQueueEnabled: true });
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      yield* pass("2 minutes");
      const out = {
        __typename: "RemovedFromMergeQueueEvent",
        actor: null,
        reason: "failed checks",
      };
      desk.change(7, { mergeQueueEntry: null, timelineItems: { nodes: [out] } });
      const { message, obstacle, reason } = yield* failure;
      assert.strictEqual(reason, "Refused");
      assert.include(message, "(failed checks)");
      assert.strictEqual(obstacle, "head7 in the merge queue of main");
    }),
  );
});

describe("a failed check", () => {
  const rerunsOn = ({ acts }: Desk) => acts.filter((act) => act.startsWith("rerun"));

  const failed = (told = {}) => ({
    ...checks(run("test", { conclusion: "FAILURE", ...told })),
    mergeStateStatus: "BLOCKED",
  });

  it.effect("is run again once, and the change is merged if it passes then", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, failed());
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("1 minute");
      assert.deepStrictEqual(desk.acts.slice(0, 1), ["rerun 5000000001"]);
      desk.change(7, { ...ready, autoMergeRequest: null });
      desk.on("EnableAutoMerge");
      yield* pass("5 minutes");
      if (desk.pull(7)["state"] === "OPEN") desk.merged(7);
      yield* commit;
      assert.strictEqual(rerunsOn(desk).length, 1);
    }),
  );

  it.effect("that fails again goes back with what it says", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, failed());
      desk.place = { autoMergeAllowed: false };
      desk.says("CR_again", {
        __typename: "CheckRun",
        id: "CR_again",
        name: "test",
        title: "1 failed",
        summary: "expected 1\u202e to be 2",
        text: "x".repeat(5000),
      });
      const { host } = yield* opened(desk);
      const { failure, gates } = yield* landing(host, 7);
      yield* pass("30 seconds");
      desk.change(7, failed({ id: "CR_again", startedAt: "2026-11-21T19:30:00Z" }));
      const { message, obstacle, reason } = yield* failure;
      assert.strictEqual(reason, "Refused");
      assert.strictEqual(obstacle, "head7 CI / test");
      assert.include(message, "Checks of https://github.com/acme/shop/pull/7 fail at head7");
      assert.include(message, "expected 1 to be 2");
      assert.isBelow(message.length, 2500);
      assert.deepStrictEqual(gates, ["pr-open"]);
      assert.deepStrictEqual(desk.acts, ["rerun 5000000001"]);
    }),
  );

  it.effect("that ran twice already is not run a third time", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, failed());
      desk.attempts = 2;
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      assert.strictEqual((yield* failure).reason, "Refused");
      assert.deepStrictEqual(desk.acts, []);
    }),
  );

  it.effect("is run again together with the others of its workflow", () =>
    Effect.gen(function* () {
      const two = ["test", "lint"].map((name) => run(name, { conclusion: "FAILURE" }));
      const desk = new Desk().add(7, { ...checks(...two), mergeStateStatus: "BLOCKED" });
      desk.workflow = 31;
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("1 minute");
      assert.deepStrictEqual(rerunsOn(desk), ["rerun 31"]);
      desk.merged(7);
      yield* pass("5 minutes");
      yield* commit;
    }),
  );

  it.effect("is run again as soon as the other jobs of its workflow have ended", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, failed());
      const busy = "The workflow run containing this job is already running";
      desk.on("rerun", () => refused(403, busy));
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7);
      yield* pass("1 minute");
      desk.on("rerun");
      yield* pass("1 minute");
      const before = rerunsOn(desk).length;
      assert.isAbove(before, 1);
      yield* pass("2 minutes");
      assert.strictEqual(rerunsOn(desk).length, before);
      desk.merged(7);
      yield* pass("5 minutes");
      yield* commit;
    }),
  );

  it.effect("that may not be run again goes back at once", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, failed());
      desk.on("rerun", () => refused(403, "Must have admin rights to Repository."));
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      assert.strictEqual((yield* failure).reason, "Refused");
    }),
  );
});

describe("a change that does not fit", () => {
  it.effect("is a conflict with the paths that both sides changed", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, { mergeable: "CONFLICTING", mergeStateStatus: "DIRTY" });
      desk.files.set(7, ["a.ts", "b.ts"]);
      desk.baseFiles = ["b.ts", "c.ts"];
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      const { message, obstacle, paths, reason } = yield* failure;
      assert.strictEqual(reason, "Conflict");
      assert.deepStrictEqual(paths, ["b.ts"]);
      assert.strictEqual(obstacle, "conflict with ba5e");
      assert.include(message, "bring the branch branch-7 up to date");
      assert.deepStrictEqual(desk.acts, []);
    }),
  );
});

describe("a review that asks for changes", () => {
  it.effect("goes back with its remarks", () =>
    Effect.gen(function* () {
      const grace = { __typename: "User", login: "grace" };
      const review = { id: "R_1", state: "CHANGES_REQUESTED", url: "https://g/1", author: grace };
      const desk = new Desk().add(7, {
        latestOpinionatedReviews: { nodes: [{ ...review, commit: { oid: "head7" } }] },
      });
      const remark = { path: "a.ts", line: 3, body: "Name it" };
      desk.says("R_1", {
        __typename: "PullRequestReview",
        id: "R_1",
        body: "Nearly.",
        author: grace,
        comments: { nodes: [remark] },
      });
      const { host } = yield* opened(desk);
      const { failure } = yield* landing(host, 7);
      const { message, obstacle } = yield* failure;
      assert.strictEqual(obstacle, "review R_1");
      assert.include(message, "grace says:\nNearly.\n- a.ts:3: Name it");
    }),
  );
});

describe("people", () => {
  it.effect("are asked about a pull request that one of them closed", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      const { host } = yield* opened(desk, { mode: "manual" });
      const { failure } = yield* landing(host, 7);
      yield* pass("1 minute");
      desk.change(7, { state: "CLOSED" });
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, "was closed and not merged");
    }),
  );

  it.effect("are asked which of two it is", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7).add(8);
      const { host } = yield* opened(desk);
      const pullRequests = [7, 8].map((number) => `https://github.com/acme/shop/pull/${number}`);
      const { failure } = yield* landing(host, 9, { pullRequests });
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, pullRequests.join(", "));
    }),
  );

  it.effect("merge what touches protected paths", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      desk.files.set(7, [".github/workflows/ci.yml"]);
      const { host } = yield* opened(desk);
      const { commit, isOver } = yield* landing(host, 7);
      yield* pass("10 minutes");
      assert.isFalse(isOver());
      assert.deepStrictEqual(desk.acts, []);
      desk.merged(7);
      yield* commit;
    }),
  );

  it.effect("are told what is waited for, each time that it changes", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, { isDraft: true, mergeStateStatus: "DRAFT" });
      const told: Array<News> = [];
      const onNews = (news: News) => Effect.sync(() => void told.push(news));
      const { host } = yield* opened(desk, { onNews });
      const { commit } = yield* landing(host, 7);
      yield* pass("10 minutes");
      desk.change(7, { isDraft: false, mergeStateStatus: "CLEAN" });
      yield* commit;
      const [draft, ...others] = told.map(({ step, task }) => [
        task,
        step._tag,
        "why" in step ? step.why : "",
      ]);
      assert.deepStrictEqual(draft, [
        "t7",
        "Wait",
        "it is a draft: it waits until somebody says that it is ready",
      ]);
      assert.deepStrictEqual(others, [["t7", "Merge", ""]]);
    }),
  );
});

describe("a change without a pull request", () => {
  it.effect("goes back, because its agent can open one", () =>
    Effect.gen(function* () {
      const { host } = yield* opened(new Desk());
      const { failure, gates } = yield* landing(host, 7, {});
      const { message, obstacle, reason } = yield* failure;
      assert.strictEqual(reason, "Refused");
      assert.include(message, "no-change");
      assert.strictEqual(obstacle, "no pull request");
      assert.deepStrictEqual(gates, []);
    }),
  );

  it.effect("is looked for some times: lists may be behind", () =>
    Effect.gen(function* () {
      const desk = new Desk();
      const { host } = yield* opened(desk);
      const { commit } = yield* landing(host, 7, {});
      yield* pass("20 seconds");
      desk.add(7);
      assert.strictEqual(yield* commit, "merge7");
    }),
  );

  it.effect("has none in another repository", () =>
    Effect.gen(function* () {
      const { host } = yield* opened(new Desk());
      const { failure } = yield* landing(host, 7, {
        pullRequests: ["https://github.com/mallory/shop/pull/7"],
      });
      assert.strictEqual((yield* failure).reason, "Rejected");
    }),
  );

  it.effect("must say where it lands", () =>
    Effect.gen(function* () {
      const { host } = yield* opened(new Desk(), { repository: undefined });
      const { failure } = yield* landing(host, 7);
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Rejected");
      assert.include(message, "does not say in which repository");
    }),
  );
});

describe("an hour without GitHub", () => {
  it.effect("is waited through", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      const { host } = yield* opened(desk, { mode: "manual" });
      const { commit, isOver } = yield* landing(host, 7);
      yield* pass("1 minute");
      desk.onLook = () => refused(502, "Bad Gateway");
      for (let minute = 0; minute < 60; minute++) yield* pass("1 minute");
      assert.isFalse(isOver());
      desk.onLook = undefined;
      desk.merged(7);
      assert.strictEqual(yield* commit, "merge7");
    }),
  );

  it.effect("is none where the token was taken back: people are asked", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked);
      const { host } = yield* opened(desk, { mode: "manual" });
      const { failure } = yield* landing(host, 7);
      yield* pass("1 minute");
      desk.onLook = () => refused(401, "Bad credentials");
      const { message, reason } = yield* failure;
      assert.strictEqual(reason, "Undecided");
      assert.include(message, "then decide wait");
    }),
  );
});

describe("many landings", () => {
  const numbers = Array.from({ length: 40 }, (_, i) => i + 1);

  it.effect("are watched by one query together, seldom when nothing happens", () =>
    Effect.gen(function* () {
      const desk = new Desk();
      for (const number of numbers) desk.add(number, blocked);
      const { host } = yield* opened(desk, { mode: "manual" });
      const all = yield* Effect.forEach(numbers, (number) => landing(host, number));
      yield* pass("10 minutes");
      const before = desk.looks;
      for (let minute = 0; minute < 60; minute++) yield* pass("1 minute");
      assert.isBelow(desk.looks - before, 70);
      for (const number of numbers) desk.merged(number);
      yield* Effect.forEach(all, ({ commit }) => commit);
    }),
  );

  it.effect("merge into one base one at a time, each after a look", () =>
    Effect.gen(function* () {
      const desk = new Desk();
      for (const number of numbers.slice(0, 8)) desk.add(number);
      let open = 0;
      const looks = new Set<number>();
      desk.on("merge", async (_, does) => {
        assert.strictEqual(++open, 1);
        looks.add(desk.looks);
        await new Promise(setImmediate);
        open--;
        return does();
      });
      const { host } = yield* opened(desk);
      const all = yield* Effect.forEach(numbers.slice(0, 8), (number) => landing(host, number));
      yield* Effect.forEach(all, ({ commit }) => commit);
      assert.strictEqual(new Set(desk.acts).size, 8);
      assert.strictEqual(desk.acts.length, 8);
      assert.strictEqual(looks.size, 8);
    }),
  );

  it.effect("are brought up to date one at a time", () =>
    Effect.gen(function* () {
      const desk = new Desk();
      for (const number of [1, 2, 3]) desk.add(number, { mergeStateStatus: "BEHIND" });
      const { host } = yield* opened(desk);
      const all = yield* Effect.forEach([1, 2, 3], (number) => landing(host, number));
      yield* Effect.forEach(all, ({ commit }) => commit);
      assert.deepStrictEqual(desk.acts, [
        "update 1 head1",
        "merge 1 head1+",
        "update 2 head2",
        "merge 2 head2+",
        "update 3 head3",
        "merge 3 head3+",
      ]);
    }),
  );
});

describe("a landing that is interrupted", () => {
  it.effect("leaves its pull request as it is, and others alone", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7, blocked).add(8);
      const { host } = yield* opened(desk, { mode: "manual" });
      const { fiber } = yield* landing(host, 7);
      yield* pass("1 minute");
      yield* Fiber.interrupt(fiber);
      const looks = desk.looks;
      yield* pass("1 hour");
      assert.strictEqual(desk.looks, looks);
      const { commit } = yield* landing(host, 8);
      desk.merged(8);
      yield* commit;
    }),
  );

  it.effect("while its merge waits for its turn ends at once, and nothing is sent", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      let answer: () => void = () => undefined;
      desk.on("merge", (_, does) => new Promise((resolve) => (answer = () => resolve(does()))));
      const { host } = yield* opened(desk);
      const first = yield* landing(host, 7);
      yield* until(() => desk.acts.length === 1);
      desk.add(9);
      const other = yield* landing(host, 9);
      yield* pass("1 second");
      yield* Fiber.interrupt(other.fiber);
      answer();
      yield* first.commit;
      yield* pass("1 minute");
      assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
    }),
  );

  it.effect("in the middle of its merge waits for it, and says that it happened", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      let answer: () => void = () => undefined;
      desk.on(
        "merge",
        (_, does) =>
          new Promise((resolve) => {
            answer = () => resolve(does());
          }),
      );
      const { host } = yield* opened(desk);
      const { fiber, gates } = yield* landing(host, 7);
      for (let step = 0; step < 50 && desk.acts.length === 0; step++) yield* pass("1 second");
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber), {
        startImmediately: true,
      });
      yield* pass("1 second");
      assert.isUndefined(interrupting.pollUnsafe());
      answer();
      yield* Fiber.join(interrupting);
      assert.include(gates, "merged");
      assert.deepStrictEqual(desk.acts, ["merge 7 head7"]);
    }),
  );

  it.effect("in the middle of a merge whose answer is lost finds out that it happened", () =>
    Effect.gen(function* () {
      const desk = new Desk().add(7);
      let answer: () => void = () => undefined;
      desk.on(
        "merge",
        (_, does) =>
          new Promise((resolve) => {
            answer = () => (does(), resolve(broken("ECONNRESET")));
          }),
      );
      const { host } = yield* opened(desk);
      const { fiber, gates } = yield* landing(host, 7);
      yield* until(() => desk.acts.length === 1);
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber), {
        startImmediately: true,
      });
      answer();
      yield* pass("1 second");
      yield* Fiber.join(interrupting);
      assert.include(gates, "merged");
    }),
  );
});
