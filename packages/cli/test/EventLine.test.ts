import type { RunEvent } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Paint from "../src/terminal/Paint.ts";
import * as EventLine from "../src/view/EventLine.ts";
import * as Scene from "./support/Scene.ts";

const told = (events: ReadonlyArray<RunEvent.RunEvent>): ReadonlyArray<string> => {
  const state = Scene.stateOf(events);
  return events.flatMap(
    (event, index) =>
      EventLine.line(
        { run: "r", sequence: index + 1, epoch: 1, monotonicMillis: 0, event },
        state,
        Paint.plain,
      ) ?? [],
  );
};

const tasks = Scene.added(["a", "b", "c", "d"].map((id) => ({ id })));

describe("EventLine", () => {
  it("tells a run in one line per event, with the time since its start", () => {
    const events = [
      Scene.started(),
      tasks,
      ...Scene.succeeded("a"),
      ...Scene.failed("b", "The command ended with exit code 3. Its last lines:\nboom"),
      Scene.skipped("c", "b"),
      ...Scene.waitsToRetry("d", "not yet"),
    ];
    expect(told(events)).toEqual([
      " 0:00  • run 20261121-120000-abcd of shop: parallel, 4 agents at once",
      " 0:00  • 4 tasks in the plan",
      " 0:01  ▶ a started on local-1",
      " 0:05  ✓ a succeeded after 4.0s",
      " 0:01  ▶ b started on local-1",
      " 0:08  ✗ b failed after 7.0s: The command ended with exit code 3. Its last lines: boom",
      " 0:08  − c skipped: depends on b (failed): The command ended with exit code 3. Its last lines: boom",
      " 0:01  ▶ d started on local-1",
      " 0:50  ↻ d failed (attempt 1), again in 30s: not yet",
    ]);
  });

  it("says where the pull requests of a succeeded task are, or else its agent run", () => {
    const [at, outcome] = [Scene.now, "Succeeded"] as const;
    const pullRequests = ["https://example.org/pull/1", "https://example.org/pull/2"];
    const lines = (change: object) =>
      told([
        Scene.started(),
        tasks,
        ...Scene.launched("a").slice(0, 2),
        {
          _tag: "AgentRunStarted",
          at,
          task: "a",
          attempt: 1,
          ref: { agent: "codegen", id: "7", url: "https://example.org/7" },
        },
        { _tag: "AgentRunEnded", at, task: "a", attempt: 1, end: { _tag: outcome, ...change } },
        { _tag: "TaskEnded", at, task: "a", outcome },
      ]).at(-1);
    expect(lines({ change: { branch: "b", pullRequests } })).toBe(
      " 1:00  ✓ a succeeded after 59.0s: https://example.org/pull/1 https://example.org/pull/2",
    );
    expect(lines({})).toBe(" 1:00  ✓ a succeeded after 59.0s: https://example.org/7");
  });

  it("leaves out that Codegen works, and nothing else that is said", () => {
    const progress = (message: string) =>
      ({ _tag: "AgentProgress", at: Scene.now, task: "a", attempt: 1, message }) as const;
    const said = ["Codegen says ACTIVE", "Codegen says PAUSED", "compiling"].map(progress);
    expect(told([Scene.started(), tasks, ...Scene.launched("a"), ...said]).slice(3)).toEqual([
      " 1:00  ▶ a: Codegen says PAUSED",
      " 1:00  ▶ a: compiling",
    ]);
  });

  it("names the task that found others, and what stops a run", () => {
    const [at, first] = [Scene.now, Scene.started()];
    const events: ReadonlyArray<RunEvent.RunEvent> = [
      first,
      tasks,
      { _tag: "TasksAdded", at, tasks: [{ id: "e" }, { id: "f" }], by: "a" },
      { _tag: "RunStopping", at, cause: "cancelled", message: "stopped by SIGINT" },
      { _tag: "RunEnded", at, outcome: "cancelled" },
    ];
    expect(told(events).slice(2)).toEqual([
      " 1:00  • a found 2 new tasks: e, f",
      " 1:00  • no new launches: stopped by SIGINT",
    ]);
  });

  it("tells how a run was left, gone on with, and what people decided", () => {
    const at = Scene.now;
    const ref = { agent: "codegen", id: "4711", url: "https://example.org/4711" };
    const question = "Is it at work?";
    const events: ReadonlyArray<RunEvent.RunEvent> = [
      Scene.started(),
      tasks,
      ...Scene.failed("b", "boom"),
      { _tag: "RunSuspended", at, message: "left at SIGINT" },
      { _tag: "TasksReopened", at, tasks: ["b"] },
      { _tag: "RunResumed", at, concurrency: 2 },
      {
        _tag: "TaskEnded",
        at,
        task: "c",
        outcome: "Held",
        reason: { _tag: "NeedsDecision", question },
      },
      { _tag: "HeldDecided", at, task: "c", decision: "relaunch" },
      ...Scene.launched("a").slice(0, 2),
      { _tag: "LaunchFailed", at, task: "a", attempt: 1, reason: "Ambiguous", message: "reset" },
      { _tag: "LaunchAbsent", at, task: "a", attempt: 1, message: "no listing has it" },
      { _tag: "AgentRunStarted", at, task: "a", attempt: 1, ref, found: true },
      { _tag: "LaunchDuplicated", at, task: "a", attempt: 1, refs: [ref, { ...ref, url: "u\n2" }] },
    ];
    expect(told(events).slice(4)).toEqual([
      " 1:00  • no new launches, agents go on by themselves: left at SIGINT",
      " 1:00  • 1 task to be run again: b",
      " 1:00  • gone on with, 2 agents at once",
      " 1:00  ? c held: Is it at work?",
      " 1:00  ? c: decided to relaunch",
      " 0:01  ▶ a started on local-1",
      " 1:00  ▸ a may have been launched or not, looking for it: reset",
      " 1:00  ▸ a was not launched: no listing has it",
      " 1:00  ▶ a: its agent run was found again",
      " 1:00  ? a has 2 agent runs for one launch: https://example.org/4711, u 2",
    ]);
  });

  it("shows at most 300 characters of what others say", () => {
    const events = [Scene.started(), tasks, ...Scene.failed("a", "x".repeat(2_000))];
    expect(told(events).at(-1)).toBe(` 0:08  ✗ a failed after 7.0s: ${"x".repeat(299)}…`);
  });

  it("neutralises ids and messages, and stays on one line", () => {
    const evil = "e\u001b[2Jvil\nid\u202e";
    const events = [
      Scene.started(),
      Scene.added([{ id: evil }]),
      ...Scene.launched(evil),
      {
        _tag: "AgentProgress",
        at: Scene.now,
        task: evil,
        attempt: 1,
        message: "\u001b]0;owned\u0007a\rb",
      },
    ] satisfies ReadonlyArray<RunEvent.RunEvent>;
    expect(told(events).slice(2)).toEqual([
      " 0:01  ▶ evil id\ufffd started on local-1",
      " 1:00  ▶ evil id\ufffd: a b",
    ]);
  });
});
