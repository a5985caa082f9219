/** The table of docs/guides/landing.md, row by row. */
import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { CodeHost } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as LandingPolicy from "../src/LandingPolicy.ts";
import { check, ourApp, person, situation } from "./support/views.ts";

const guide = readFileSync(new URL("../../../docs/guides/landing.md", import.meta.url), "utf8");

/** The rows of the policy: what is so, and what is done. */
const rows = new Map(
  guide
    .split("## The policy")[1]!
    .split("## Options")[0]!
    .split("\n")
    .filter((line) => /^\| (?!what is so|-)/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, so = "", done = ""]) => [so, done] as const),
);

const elsewhere = { branch: "dev", isDefault: false, tip: "d", checks: undefined };
const red = { branch: "main", isDefault: true, tip: "t", checks: "failure" } as const;
const failed = check("test", { state: "failure" });
const final = check("test", { state: "failure", rerun: undefined });
const open = check("lint", { state: "pending" });
const review = { id: "R_1", by: "grace", url: "https://g/1", isOfHead: true };
const requested = (isOfHead: boolean) =>
  ({ review: "changes-requested", changesRequested: [{ ...review, isOfHead }] }) as const;

/** On top of the change of `api`, of which this much is known. */
const stacked = (
  told: { readonly standing?: CodeHost.Stacked["standing"]; readonly hasLanded?: boolean },
  view: Parameters<typeof situation>[0] = {},
  given: Parameters<typeof situation>[1] = {},
): LandingPolicy.Situation => {
  const { hasLanded = false, standing } = told;
  const below = { task: "api", attempt: 1, change: {}, settled: Effect.void };
  const against = standing && CodeHost.unsupported({ ...below, standing });
  const one = situation(view, given);
  return {
    ...one,
    options: { ...one.options, stackedOn: "api" },
    stack: { task: "api", hasLanded, against, isUpToDate: false },
  };
};

type Example = readonly [LandingPolicy.Situation, ...ReadonlyArray<LandingPolicy.Situation>];

const examples: Readonly<Record<string, Example>> = {
  "merged, by whomever": [situation({ state: "merged" })],
  "merged into another branch": [situation({ state: "merged", base: elsewhere })],
  "closed, not merged": [situation({ state: "closed" })],
  "of a stranger": [situation({ isFromFork: true })],
  "against another branch than before": [situation({ base: elsewhere }, {}, { wasOnBase: true })],
  "against another branch, or without a change": [
    situation({ base: elsewhere }),
    situation({ changedFiles: 0 }),
  ],
  "on top of a change that does not land ([stack](#stacks))": [
    stacked({ standing: () => ({ _tag: "Ended", outcome: "Held" }) }),
  ],
  "on top of a change in whose place its task landed another": [
    stacked({ standing: () => ({ _tag: "Replaced" }) }),
  ],
  "on top of a change that has landed, against the branch of that": [
    stacked({ hasLanded: true }, { base: { ...elsewhere, branch: "api" } }),
  ],
  "on top of a change that has landed, and not brought up to date since": [
    stacked({ hasLanded: true }),
  ],
  "a hold label, while something stands in the way": [
    situation({ labels: ["hold"], fits: "no" }),
    situation({ labels: ["hold"], checks: [failed] }),
  ],
  "in conflict with its base": [situation({ fits: "no" }), situation({ mergeState: "dirty" })],
  "a review of the present head asks for changes": [situation(requested(true))],
  "counting checks failed, others have not ended": [situation({ checks: [final, open] })],
  "counting checks failed for the first time": [situation({ checks: [failed] })],
  "counting checks failed": [situation({ checks: [final] })],
  "a review of an older head asks for changes": [situation(requested(false))],
  "a draft": [situation({ isDraft: true })],
  "on top of a change that has not landed": [stacked({}), stacked({}, {}, { mode: "manual" })],
  "`mode: manual`": [situation({}, { mode: "manual" })],
  "a hold label": [situation({ labels: ["hold"] })],
  "opened before the task began, and does not close its issue": [
    { ...situation(), isEarlier: true },
  ],
  "protected paths are touched, or not all paths are known": [
    situation({ paths: ["pnpm-lock.yaml"] }),
    situation({ paths: undefined }),
  ],
  "the checks of the base fail (`pauseOnRedBase`)": [situation({ base: red })],
  "in the merge queue, or auto-merge is on": [
    situation({ queued: { ...ourApp, position: 1 } }),
    situation({ autoMerge: person }),
  ],
  "a person switched auto-merge off, or took it out of the queue": [
    situation({ switchedOff: person }),
    situation({ unqueued: person }),
  ],
  "the merge queue gave it back": [situation({ hasQueue: true }, {}, { isEnqueued: true })],
  "checks that GitHub does not wait for have not ended, or may still come": [
    situation({ checks: [check("docs", { state: "pending", isRequired: false })] }),
    situation({ checks: [] }, {}, { now: 0 }),
  ],
  "GitHub has not found out yet whether it fits": [situation({ fits: "unknown" })],
  "the repository does not allow `method`": [
    situation({ allows: { autoMerge: true, methods: ["rebase"] } }),
  ],
  "everything there, but behind a base that takes only what is up to date": [
    situation({ mergeState: "behind" }),
  ],
  "GitHub demands something that is not there": [
    situation({ mergeState: "blocked", review: "required" }),
    situation({ mergeState: "blocked", checks: [open] }),
  ],
  "everything there, and the base has a merge queue": [situation({ hasQueue: true })],
  "everything there": [situation()],
};

/** How the guide begins to say what a step does. */
const words: Readonly<Record<LandingPolicy.Step["_tag"], ReadonlyArray<string>>> = {
  Landed: ["it has landed"],
  Ask: ["a person is asked", "that person's word stays: asks"],
  Refuse: ["back to the agent"],
  Wait: ["waits"],
  Rerun: ["they run once more"],
  Update: ["its base is merged into it"],
  Retarget: ["it is given the branch that changes land on as its base"],
  EnableAutoMerge: ["auto-merge"],
  Enqueue: ["into the queue"],
  Merge: ["merged"],
  Withdraw: ["it is taken back"],
};

describe("the guide", () => {
  it("has a row for everything that is decided", () => {
    assert.deepStrictEqual([...rows.keys()], Object.keys(examples));
  });

  for (const [so, situations] of Object.entries(examples)) {
    it(`is right about: ${so}`, () => {
      for (const one of situations) {
        const { _tag } = LandingPolicy.decide(one);
        const done = rows.get(so) ?? "";
        assert.isTrue(
          words[_tag].some((word) => done.startsWith(word)),
          `${_tag}: ${done}`,
        );
      }
    });
  }

  it("is right about what speaks against a merge that was asked for", () => {
    const { _tag } = LandingPolicy.decide(situation({ autoMerge: ourApp, labels: ["hold"] }));
    assert.strictEqual(_tag, "Withdraw");
    assert.include(guide, words.Withdraw[0]!);
  });
});
