import { assert, describe, it } from "@effect/vitest";
import { type RunEvent, RunState, type Task } from "@orchestrator/core";
import * as StepSummary from "../src/StepSummary.ts";
import { nothing, read } from "./support/asGitHub.ts";
import { start } from "./support/reports.ts";

const began: RunEvent.RunEvent = {
  _tag: "RunStarted",
  at: start,
  run: "run-1",
  plan: "acme/shop issues",
  mode: "parallel",
  concurrency: 2,
  failFast: false,
};

const issue = (number: number, title: string): Task.Task => ({
  id: `acme/shop#${number}`,
  title,
  url: `https://github.com/acme/shop/issues/${number}`,
});

const runOf = (tasks: ReadonlyArray<Task.Task>, events: ReadonlyArray<RunEvent.RunEvent> = []) =>
  RunState.RunState.fold([began, { _tag: "TasksAdded", at: start, tasks }, ...events]);

const works = (task: string, end: RunEvent.OfKind<"AgentRunEnded">["end"]) =>
  [
    { _tag: "LaunchIntended", at: start, task, attempt: 1, agent: "codegen", slot: "codegen-1" },
    { _tag: "AgentRunStarted", at: start, task, attempt: 1, ref: { agent: "codegen", id: "1" } },
    { _tag: "AgentRunEnded", at: start + 125_000, task, attempt: 1, end },
  ] as const;

const at = start + 125_000;
const pullRequests = ["https://github.com/acme/shop/pull/7"];

describe("the summary of a run", () => {
  it("shows what came of every task, what needs somebody first", () => {
    const failure = { class: "agent", message: "2 tests | failed" } as const;
    const state = runOf(
      [issue(1, "Add a cart"), issue(2, "Pay"), issue(3, "Ship"), { id: "local" }],
      [
        ...works("acme/shop#1", { _tag: "Succeeded", change: { branch: "b", pullRequests } }),
        { _tag: "TaskEnded", at, task: "acme/shop#1", outcome: "Succeeded" },
        ...works("acme/shop#2", { _tag: "Failed", failure }),
        {
          _tag: "TaskEnded",
          at,
          task: "acme/shop#2",
          outcome: "Failed",
          reason: { _tag: "AttemptFailed", failure },
        },
        {
          _tag: "TaskEnded",
          at,
          task: "acme/shop#3",
          outcome: "Skipped",
          reason: {
            _tag: "DependencyFailed",
            dependency: "acme/shop#2",
            outcome: "Failed",
            root: "acme/shop#2",
          },
        },
        { _tag: "Warning", at, message: "acme/shop#1 could not be reported" },
      ],
    );
    const ledger = {
      requests: 12,
      unchanged: 0,
      repeated: 0,
      rest: 9,
      graphql: 1,
      waitedMillis: 61_000,
      operations: [],
      remaining: [],
    };
    assert.strictEqual(
      StepSummary.make(state, { ledger }),
      `### 🔵 goes on

Run \`run-1\` of acme/shop issues

**4 tasks**: 1 succeeded, 1 failed, 1 skipped, 1 open · 2 attempts · 2 min 5 s, agents worked 4 min 10 s in 2 slots

| | Task | Attempts | Took | Pull request | Why |
| --- | --- | ---: | ---: | --- | --- |
| 🔴 Failed | [acme/shop\\#\u200b2](https://github.com/acme/shop/issues/2) Pay | 1 | 2 min 5 s |  | 2 tests \\| failed |
| ⚫ Skipped | [acme/shop\\#\u200b3](https://github.com/acme/shop/issues/3) Ship | 0 |  |  | depends on acme/shop\\#\u200b2 (failed): 2 tests \\| failed |
| ⚪ Queued | local | 0 |  |  |  |
| 🟢 Completed | [acme/shop\\#\u200b1](https://github.com/acme/shop/issues/1) Add a cart | 1 | 2 min 5 s | [7](https://github.com/acme/shop/pull/7) |  |

**1 warning**

- acme/shop\\#\u200b1 could not be reported

GitHub: 12 requests, 9 REST and 1 GraphQL points, 2.5 points a task, waited 1 min 1 s for limits.
`,
    );
  });

  it("says how the run ended", () => {
    const ended = (outcome: RunEvent.RunOutcome) =>
      StepSummary.make(runOf([], [{ _tag: "RunEnded", at, outcome }])).split("\n")[0];
    assert.strictEqual(ended("succeeded"), "### 🟢 succeeded");
    assert.strictEqual(ended("failed"), "### 🔴 ended without all tasks");
    assert.strictEqual(ended("held"), "### 🟡 held: somebody has to decide");
    const left = runOf([], [{ _tag: "RunSuspended", at, message: "bye" }]);
    assert.match(StepSummary.make(left), /^### 🟠 left before its end\n/);
  });

  it("shows a malicious title, and nothing of it acts", () => {
    const title =
      "@eve fixes #1 | </td><img src=x> ![p](https://evil.example/p) [log in](https://evil.example) `x";
    const state = runOf([{ ...issue(1, title), url: "https://evil.example/issues/1" }]);
    const line = StepSummary.make(state).split("\n").at(-2);
    assert.strictEqual(
      line,
      "| ⚪ Queued | acme/shop\\#\u200b1 (evil.example) @\u200beve fixes \\#\u200b1 \\| \\</td\\>\\<img src=x\\> p log in \\`x | 0 |  |  |  |",
    );
    assert.deepStrictEqual(read(line?.replaceAll(" | ", " ").slice(2, -2) ?? ""), nothing);
  });

  it("fits where it is put, and says how many tasks are left out", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => issue(index + 1, "＠".repeat(500)));
    const warned = Array.from({ length: 50 }, (): RunEvent.RunEvent => ({
      _tag: "Warning",
      at,
      message: "＠".repeat(5_000),
    }));
    const state = runOf(many, warned);
    const text = StepSummary.make(state, { mostBytes: 60_000 });
    assert.isAtMost(Buffer.byteLength(text), 60_000);
    assert.match(text, /… 1,?\d{3} more tasks/);
    assert.include(text, "- … 40 more");
  });
});
