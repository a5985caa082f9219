import { assert, describe, it } from "@effect/vitest";
import * as FastCheck from "fast-check";
import * as LandingPolicy from "../src/LandingPolicy.ts";
import { anySituation, check, ourApp, owner, person, situation } from "./support/views.ts";

type Told = Parameters<typeof situation>;

const decide = (...told: Told) => LandingPolicy.decide(situation(...told));
const sha = "a1b2c3d4e5";

/** What it waits for, or what it does instead. */
const why = (...told: Told): string => {
  const step = decide(...told);
  return step._tag === "Wait" ? step.why : step._tag;
};
const question = (...told: Told): string => {
  const step = decide(...told);
  return step._tag === "Ask" ? step.question : step._tag;
};
const sentBack = (...told: Told) => {
  const step = decide(...told);
  assert(step._tag === "Refuse");
  return step;
};

const failed = (name: string, told = {}) => check(name, { state: "failure", ...told });
const pending = (name: string, told = {}) => check(name, { state: "pending", ...told });
const request = { id: "R_1", by: "grace", url: "https://g/r1", isOfHead: true };

describe("a pull request that nothing speaks against", () => {
  it("is merged with its head pinned", () => {
    assert.deepStrictEqual(decide(), { _tag: "Merge", sha, method: "squash" });
    assert.deepStrictEqual(decide({}, { method: "rebase" }), {
      _tag: "Merge",
      sha,
      method: "rebase",
    });
  });

  it("is merged although checks fail that do not count", () => {
    const checks = [check("test"), failed("coverage", { isRequired: false })];
    assert.strictEqual(decide({ checks, mergeState: "unstable" })._tag, "Merge");
    assert.strictEqual(decide({ checks }, { checks: "all" })._tag, "Rerun");
  });

  it("is merged without checks once they would have shown", () => {
    assert.strictEqual(decide({ checks: [] })._tag, "Merge");
    assert.strictEqual(
      why({ checks: [] }, {}, { now: 30_000 }),
      "its checks may still be on their way",
    );
    assert.strictEqual(decide({ checks: [] }, { checksGraceSeconds: 0 }, { now: 0 })._tag, "Merge");
  });

  it("goes into the merge queue where there is one", () => {
    assert.deepStrictEqual(decide({ hasQueue: true }), { _tag: "Enqueue", sha });
  });

  it("is merged by GitHub when what it demands is there", () => {
    const auto = { _tag: "EnableAutoMerge", sha, method: "squash" } as const;
    const checks = [pending("test")];
    assert.deepStrictEqual(decide({ checks, mergeState: "blocked" }), auto);
    assert.deepStrictEqual(decide({ review: "required", mergeState: "blocked" }), auto);
    assert.deepStrictEqual(decide({ mergeState: "blocked" }), auto);
  });

  it("is waited for where GitHub may not be asked to", () => {
    const checks = [pending("test")];
    const allows = { autoMerge: false, methods: ["squash"] } as const;
    assert.strictEqual(
      why({ checks, mergeState: "blocked", allows }),
      "checks have not ended: test",
    );
    const memory = { autoMerge: "unavailable" } as const;
    const blocked = { mergeState: "blocked" } as const;
    assert.strictEqual(
      why({ ...blocked, review: "required" }, {}, memory),
      "it waits for a review",
    );
    assert.include(why(blocked, {}, memory), "a rule of its base is not met");
  });

  it("is merged when GitHub says that nothing is left to wait for", () => {
    const memory = { autoMerge: "unneeded" } as const;
    assert.strictEqual(decide({ mergeState: "blocked" }, {}, memory)._tag, "Merge");
    const open = { checks: [pending("test")], mergeState: "blocked" } as const;
    assert.strictEqual(why(open, {}, memory), "checks have not ended: test");
  });

  it("is brought up to date where its base takes nothing else", () => {
    assert.deepStrictEqual(decide({ mergeState: "behind" }), { _tag: "Update", sha });
    assert.include(why({ mergeState: "behind" }, { updateBehind: false }), "people update it");
  });

  it("waits while GitHub finds out whether it fits", () => {
    const unknown = "GitHub finds out whether it can be merged";
    assert.strictEqual(why({ fits: "unknown" }), unknown);
    assert.strictEqual(why({ mergeState: "unknown" }), unknown);
  });

  it("is a matter for people when GitHub goes on refusing it", () => {
    const memory = { refusals: 5, refusal: "Required status check x is expected." };
    assert.include(question({}, {}, memory), "Required status check x is expected.");
    assert.strictEqual(decide({}, {}, { ...memory, refusals: 4 })._tag, "Merge");
  });

  it("is a matter for people when its repository does not allow the method", () => {
    const allows = { autoMerge: true, methods: ["merge", "rebase"] } as const;
    assert.include(question({ allows }), "does not allow squash");
    assert.include(question({ allows }), "it allows merge or rebase");
  });
});

describe("people merge", () => {
  it("everything in manual mode", () => {
    const manual = { mode: "manual" } as const;
    assert.strictEqual(why({}, manual), "it waits for somebody to merge it");
    assert.strictEqual(why({ review: "required" }, manual), "it waits for a review");
    assert.include(why({ autoMerge: person }, manual), "auto-merge is on");
  });

  it("what touches protected paths", () => {
    const paths = ["src/a.ts", ".github/workflows/ci.yml"];
    assert.strictEqual(
      why({ paths }),
      "it changes .github/workflows/ci.yml, which only people merge",
    );
    assert.include(why({ paths: ["apps/web/pnpm-lock.yaml"] }), "pnpm-lock.yaml");
    assert.strictEqual(decide({ paths }, { protectedPaths: ["docs/**"] })._tag, "Merge");
    assert.strictEqual(decide({ paths: undefined }, { protectedPaths: [] })._tag, "Merge");
    assert.include(why({ paths: undefined }), "not all of the files");
  });

  it("nothing else while a hold label is there", () => {
    assert.strictEqual(why({ labels: ["Do-Not-Merge"] }), "it has the label Do-Not-Merge");
    assert.strictEqual(decide({ labels: ["hold"] }, { holdLabels: ["stop"] })._tag, "Merge");
  });

  it("no draft, until somebody says that it is ready", () => {
    assert.include(why({ isDraft: true, mergeState: "draft" }), "it is a draft");
  });

  it("nothing into a base whose checks fail, unless that is allowed", () => {
    const base = { branch: "main", isDefault: true, tip: "ba5e", checks: "failure" } as const;
    assert.include(why({ base }), "the checks of main fail");
    assert.strictEqual(decide({ base }, { pauseOnRedBase: false })._tag, "Merge");
  });
});

describe("what goes back to the agent", () => {
  it("is a conflict with its base, known by the tip of that", () => {
    const step = sentBack({ fits: "no", mergeState: "dirty" });
    assert.isTrue(step.isConflict);
    assert.strictEqual(step.obstacle, "conflict with ba5e");
    assert.include(step.message, "conflicts with main");
  });

  it("is a failed check, known by the head and its name", () => {
    const checks = [
      failed("test", { rerun: undefined, says: "3 failed" }),
      failed("lint", { rerun: undefined }),
    ];
    const step = sentBack({ checks, mergeState: "blocked" });
    assert.isFalse(step.isConflict);
    assert.strictEqual(step.obstacle, `${sha} lint, test`);
    assert.include(step.message, "test (3 failed) https://github.com/acme/shop/runs/test");
    assert.deepStrictEqual(step.texts, ["CR_test", "CR_lint"]);
  });

  it("is a review of its head that asks for changes, known by its id", () => {
    const step = sentBack({ review: "changes-requested", changesRequested: [request] });
    assert.strictEqual(step.obstacle, "review R_1");
    assert.include(step.message, "grace asked for changes");
    assert.deepStrictEqual(step.texts, ["R_1"]);
  });

  it("is all of it at once", () => {
    const step = sentBack({
      fits: "no",
      checks: [failed("test", { rerun: undefined })],
      review: "changes-requested",
      changesRequested: [request],
    });
    assert.isTrue(step.isConflict);
    assert.strictEqual(step.obstacle, `conflict with ba5e; ${sha} test; review R_1`);
  });

  it("is also told in manual mode, and for drafts", () => {
    assert.strictEqual(decide({ fits: "no" }, { mode: "manual" })._tag, "Refuse");
    assert.strictEqual(decide({ fits: "no", isDraft: true })._tag, "Refuse");
  });

  it("is only what is to be sent back", () => {
    assert.include(why({ fits: "no" }, { sendBack: ["checks"] }), "People put it right.");
    const both = { fits: "no", review: "changes-requested", changesRequested: [request] } as const;
    assert.strictEqual(sentBack(both, { sendBack: ["reviews"] }).obstacle, "review R_1");
  });

  it("is no review of an older head: its author looks first", () => {
    const changesRequested = [{ ...request, isOfHead: false }];
    const told = { review: "changes-requested", changesRequested } as const;
    assert.strictEqual(why(told), "it waits for grace to look at it again");
  });

  it("is nothing while somebody holds it", () => {
    assert.strictEqual(why({ fits: "no", labels: ["hold"] }), "it has the label hold");
  });

  it("is nothing while other checks have not ended", () => {
    const checks = [failed("test", { rerun: undefined }), pending("lint")];
    assert.include(
      why({ checks, mergeState: "blocked" }),
      "test failed; the other checks have not ended: lint",
    );
  });

  it("is a pull request without a change, or against another branch", () => {
    assert.strictEqual(sentBack({ changedFiles: 0 }).obstacle, `${sha} is empty`);
    const base = { branch: "dev", isDefault: false, tip: "d", checks: undefined };
    assert.strictEqual(sentBack({ base }).obstacle, "base dev");
    assert.strictEqual(decide({ base }, { base: "dev" })._tag, "Merge");
  });
});

describe("a check that fails for the first time", () => {
  const checks = [failed("test"), failed("lint")];

  it("is run again, with all others that failed", () => {
    assert.deepStrictEqual(decide({ checks, mergeState: "blocked" }), { _tag: "Rerun", checks });
    assert.strictEqual(decide({ checks }, { rerunFlaky: false })._tag, "Refuse");
  });

  it("is waited for until it shows that it runs again, for some minutes", () => {
    const again = { mark: "CR_test 1", at: 3_600_000 - 60_000 };
    const memory = { reruns: new Map([["test", again]]) };
    const told = { checks: [failed("test")], mergeState: "blocked" } as const;
    assert.strictEqual(decide(told, {}, memory)._tag, "EnableAutoMerge");
    const late = { reruns: new Map([["test", { ...again, at: 0 }]]) };
    assert.strictEqual(decide(told, {}, late)._tag, "Refuse");
  });

  it("counts when it fails again", () => {
    const memory = { reruns: new Map([["test", { mark: "CR_test 0", at: 3_600_000 }]]) };
    const told = { checks: [failed("test")], mergeState: "blocked" } as const;
    assert.strictEqual(decide(told, {}, memory)._tag, "Refuse");
  });
});

describe("what people do goes first", () => {
  it("merged by hand has landed", () => {
    const landed = { _tag: "Landed", commit: "c0" } as const;
    const told = { state: "merged", mergeCommit: "c0", mergedBy: "ada" } as const;
    assert.deepStrictEqual(decide({ ...told, labels: ["hold"], isDraft: true }), landed);
  });

  it("merged into another branch is asked about", () => {
    const base = { branch: "dev", isDefault: false, tip: "d", checks: undefined };
    assert.include(question({ state: "merged", base }), "was merged into dev");
  });

  it("closed by hand is asked about", () => {
    const told = question({ state: "closed", closedBy: "ada" });
    assert.include(told, "was closed by ada and not merged");
  });

  it("auto-merge that a person switched off stays off, and is asked about once", () => {
    const told = { switchedOff: person };
    assert.include(question(told), "ada switched auto-merge off");
    assert.include(why(told, {}, { hasAsked: true }), "ada switched auto-merge off");
    assert.include(question({ switchedOff: owner }), "me switched auto-merge off");
  });

  it("auto-merge that this program took back is switched on again", () => {
    assert.strictEqual(decide({ switchedOff: owner }, {}, { hasWithdrawn: true })._tag, "Merge");
    assert.strictEqual(decide({ switchedOff: ourApp })._tag, "Merge");
  });

  it("taken out of the queue by a person stays out", () => {
    assert.include(
      question({ hasQueue: true, unqueued: person }),
      "ada took it out of the merge queue",
    );
  });

  it("what a push or a failed check stopped was stopped by nobody", () => {
    for (const reason of ["Head branch was pushed to", "failed_checks", "MERGE_CONFLICT"]) {
      const told = { hasQueue: true, unqueued: { ...person, reason } };
      assert.strictEqual(decide(told)._tag, "Enqueue");
    }
    const byHand = { ...person, reason: "Auto-merge was disabled manually" };
    assert.include(question({ switchedOff: byHand }), "ada switched auto-merge off");
  });

  it("auto-merge that a person switched on is left on", () => {
    assert.include(why({ autoMerge: person, labels: ["hold"] }), "the label hold");
    assert.include(why({ autoMerge: owner }, { mode: "manual" }), "auto-merge is on");
  });

  it("what speaks against a merge takes back what this program asked GitHub for", () => {
    const off = { _tag: "Withdraw", from: "auto-merge", why: "it has the label hold" } as const;
    const labels = ["hold"];
    assert.deepStrictEqual(decide({ autoMerge: ourApp, labels }), off);
    assert.deepStrictEqual(decide({ autoMerge: owner, labels }, {}, { hasRequested: true }), off);
    const queued = { ...ourApp, position: 2 };
    assert.deepInclude(decide({ queued, labels }), { _tag: "Withdraw", from: "queue" });
    assert.deepInclude(decide({ autoMerge: ourApp, fits: "no" }), { _tag: "Withdraw" });
  });
});

describe("the merge queue", () => {
  it("is waited for", () => {
    const queued = { ...ourApp, position: 2 };
    assert.strictEqual(why({ hasQueue: true, queued }), "it is in the merge queue, at place 2");
  });

  it("waits for the merge queue, which takes out what it merges", () => {
    for (const reason of ["MERGE", "merged", "ALREADY_MERGED"]) {
      for (const isPerson of [true, false]) {
        const unqueued = { by: "ada", isPerson, isOurs: false, reason };
        const said = why({ hasQueue: true, unqueued }, {}, { isEnqueued: true });
        assert.strictEqual(said, "the merge queue merges it");
      }
    }
    const reason = "MERGE_CONFLICT";
    const unqueued = { by: undefined, isPerson: false, isOurs: false, reason };
    sentBack({ hasQueue: true, unqueued }, {}, { isEnqueued: true });
  });

  it("sends back what does not pass in it", () => {
    const unqueued = { by: undefined, isPerson: false, isOurs: false, reason: "failed checks" };
    const step = sentBack({ hasQueue: true, unqueued }, {}, { isEnqueued: true });
    assert.include(step.message, "(failed checks)");
    assert.include(step.obstacle, sha);
  });
});

describe("a stranger's pull request", () => {
  it("is asked about", () => {
    assert.include(question({ isFromFork: true }), "was opened by codegen-sh[bot] from a fork");
    assert.include(
      question({ author: "mallory" }, { authors: ["codegen-sh[bot]"] }),
      "who is none of",
    );
  });

  it("is none if its author is named", () => {
    const given = { authors: ["Codegen-sh[bot]"] };
    assert.strictEqual(decide({ isFromFork: true }, given)._tag, "Merge");
  });
});

describe("the gates", () => {
  const gates = (...told: Told) => LandingPolicy.gates(situation(...told));

  it("are reached one after the other", () => {
    assert.deepStrictEqual(gates({ checks: [pending("test")] }), ["pr-open"]);
    assert.deepStrictEqual(gates(), ["pr-open", "checks-green"]);
    assert.deepStrictEqual(gates({ state: "merged" }), ["pr-open", "checks-green", "merged"]);
  });

  it("are not reached by a draft, by what is empty, elsewhere, or a stranger's", () => {
    assert.deepStrictEqual(gates({ isDraft: true }), []);
    assert.deepStrictEqual(gates({ isDraft: true }, { drafts: true }), ["pr-open", "checks-green"]);
    assert.deepStrictEqual(gates({ changedFiles: 0 }), []);
    assert.deepStrictEqual(gates({ isFromFork: true }), []);
    assert.deepStrictEqual(gates({ state: "merged" }, { base: "dev" }), []);
  });

  it("are not reached by checks that may not be all", () => {
    assert.deepStrictEqual(gates({ checks: [] }, {}, { now: 1000 }), ["pr-open"]);
  });

  it("are always the first ones of all", () => {
    const all = ["pr-open", "checks-green", "merged"];
    FastCheck.assert(
      FastCheck.property(anySituation, (one) => {
        const reached = LandingPolicy.gates(one);
        assert.deepStrictEqual([...reached], all.slice(0, reached.length));
      }),
    );
  });
});

describe("whatever a pull request looks like", () => {
  const asks = new Set(["Merge", "EnableAutoMerge", "Enqueue"]);
  const property = (rule: (one: LandingPolicy.Situation, step: LandingPolicy.Step) => void) =>
    FastCheck.assert(
      FastCheck.property(anySituation, (one) => rule(one, LandingPolicy.decide(one))),
      { numRuns: 2000 },
    );
  const merges = (rule: (one: LandingPolicy.Situation, step: LandingPolicy.Step) => void) =>
    property((one, step) => {
      if (asks.has(step._tag)) rule(one, step);
    });

  it("every step there is comes up", () => {
    const found = FastCheck.sample(anySituation, 10_000).map(
      (one) => LandingPolicy.decide(one)._tag,
    );
    assert.sameMembers(
      [...new Set(found)],
      [
        "Wait",
        "Merge",
        "EnableAutoMerge",
        "Enqueue",
        "Withdraw",
        "Update",
        "Rerun",
        "Landed",
        "Refuse",
        "Ask",
      ],
    );
    for (const tag of asks) assert.isAbove(found.filter((each) => each === tag).length, 30);
  });

  it("nothing but the head that was looked at is merged", () =>
    merges(({ view }, step) => assert.propertyVal(step, "sha", view.head.sha)));

  it("nothing is merged in manual mode", () =>
    merges(({ options }) => assert.strictEqual(options.mode, "auto")));

  it("no draft, nothing on hold, nothing in conflict is merged", () =>
    merges(({ view }) => {
      assert.isFalse(view.isDraft);
      assert.notInclude(view.labels, "hold");
      assert.notInclude(view.labels, "Do-Not-Merge");
      assert.strictEqual(view.fits, "yes");
      assert.strictEqual(view.state, "open");
    }));

  it("nothing protected is merged, nor what is not wholly known", () =>
    merges(({ view }) => {
      assert.isDefined(view.paths);
      assert.notInclude(view.paths!, ".github/workflows/ci.yml");
      assert.notInclude(view.paths!, "web/yarn.lock");
    }));

  it("nothing of a stranger, and nothing outside of the base, is merged", () =>
    merges(({ options, view }) => {
      assert.isTrue(view.base.isDefault);
      if (options.authors === undefined) assert.isFalse(view.isFromFork);
      else assert.strictEqual(view.author, "codegen-sh[bot]");
    }));

  it("nothing into a red base, unless that is allowed", () =>
    merges(({ options, view }) => {
      assert.isFalse(options.pauseOnRedBase && view.base.checks === "failure");
    }));

  it("nothing is merged here whose counting checks are not green or which is not reviewed", () =>
    property(({ options, view }, step) => {
      if (step._tag !== "Merge" && step._tag !== "Enqueue") return;
      const required = view.checks.filter(({ isRequired }) => isRequired);
      const counting = options.checks === "all" || required.length === 0 ? view.checks : required;
      assert.isTrue(counting.every(({ state }) => state === "success"));
      assert.include(["approved", "none"], view.review);
    }));

  it("GitHub is left to wait only for what it demands itself", () =>
    property((one, step) => {
      if (step._tag !== "EnableAutoMerge") return;
      const { view } = one;
      assert.strictEqual(view.mergeState, "blocked");
      assert.notStrictEqual(view.review, "changes-requested");
      if (one.options.checks === "all") {
        const others = view.checks.filter(({ isRequired }) => !isRequired);
        assert.isTrue(others.every(({ state }) => state === "success"));
      }
    }));

  it("what a person stopped is not started again", () =>
    merges(({ memory, view }) => {
      for (const stop of [view.switchedOff, view.unqueued]) {
        if (stop?.isPerson === true) assert.isTrue(stop.isOurs && memory.hasWithdrawn);
      }
      assert.isUndefined(view.autoMerge);
      assert.isUndefined(view.queued);
    }));

  it("merged has landed, closed is asked about", () =>
    property(({ view }, step) => {
      if (view.state === "merged")
        assert.strictEqual(step._tag, view.base.isDefault ? "Landed" : "Ask");
      else assert.notStrictEqual(step._tag, "Landed");
      if (view.state === "closed") assert.strictEqual(step._tag, "Ask");
    }));

  it("nothing of a person is taken back", () =>
    property(({ memory, view }, step) => {
      if (step._tag !== "Withdraw") return;
      const taken = step.from === "queue" ? view.queued : view.autoMerge;
      assert.isTrue(taken!.isOurs && (!taken!.isPerson || memory.hasRequested));
    }));

  it("what goes back to an agent says what stands in its way", () =>
    property(({ view }, step) => {
      if (step._tag !== "Refuse") return;
      assert.notStrictEqual(step.obstacle, "");
      assert.include(step.message, view.url);
    }));
});
