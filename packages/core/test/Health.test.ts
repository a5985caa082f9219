import { assert, describe, it } from "@effect/vitest";
import { Health, ProgressMonitor, type RunEvent, RunState } from "@orchestrator/core";
import * as fc from "fast-check";
import { history, startedAt } from "./support/history.ts";

const fold = RunState.RunState.fold;
const at = (seconds: number) => startedAt + seconds * 1000;

const begun: ReadonlyArray<RunEvent.RunEvent> = [
  {
    _tag: "RunStarted",
    at: startedAt,
    run: "r",
    plan: "p",
    mode: "parallel",
    concurrency: 2,
    failFast: false,
  },
  {
    _tag: "TasksAdded",
    at: startedAt,
    tasks: ["a", "b", "c", "d"].map((id) => ({ id })),
  },
  ...["a", "b", "c", "d"].map((task) => ({ _tag: "TaskReady", at: startedAt, task }) as const),
];

const launched = (task: string, seconds: number, attempt = 1): RunEvent.RunEvent => ({
  _tag: "LaunchIntended",
  at: at(seconds),
  task,
  attempt,
  agent: "x",
  slot: `x-${task}`,
});

const ended = (
  task: string,
  seconds: number,
  end: RunEvent.OfKind<"AgentRunEnded">["end"],
  attempt = 1,
): RunEvent.RunEvent => ({ _tag: "AgentRunEnded", at: at(seconds), task, attempt, end });

const broken = { class: "agent", message: "it broke" } as const;

describe("the health of a run", () => {
  it("sums up queue, waits, slots, failures and the slowest tasks", () => {
    const state = fold([
      ...begun,
      launched("a", 2),
      launched("b", 4),
      ended("a", 10, { _tag: "Failed", failure: broken }),
      { _tag: "RetryScheduled", at: at(10), task: "a", attempt: 1, class: "agent", delayMillis: 0 },
      { _tag: "TaskReady", at: at(11), task: "a" },
      launched("a", 14, 2),
      ended("b", 20, { _tag: "Succeeded", change: { branch: "b" } }),
      { _tag: "LandingStarted", at: at(20), task: "b", attempt: 1 },
      {
        _tag: "LandingFailed",
        at: at(24),
        task: "b",
        attempt: 1,
        failure: { class: "conflict", message: "README.md" },
      },
    ]);
    const health = Health.of(state, at(34), { shown: 1 });
    assert.deepStrictEqual(health.progress, ProgressMonitor.snapshot(state, at(34)));
    assert.deepInclude(health, {
      at: new Date(at(34)).toISOString(),
      queue: {
        length: 2,
        longest_wait_seconds: 34,
        tasks: [{ task: "c", waiting_seconds: 34 }],
      },
      waits: { launches: 3, mean_seconds: 3, longest_seconds: 4 },
      slots: { total: 2, busy: 1, resting: 0, utilisation: (8 + 16 + 20) / (2 * 34) },
      slowest: [{ task: "a", seconds: 28, attempts: 2, at_work: true }],
      failures: [
        {
          class: "agent",
          during: "attempt",
          count: 1,
          last: { task: "a", message: "it broke", at: new Date(at(10)).toISOString() },
        },
        {
          class: "conflict",
          during: "landing",
          count: 1,
          last: { task: "b", message: "README.md", at: new Date(at(20)).toISOString() },
        },
      ],
      concerns: [],
      budgets: [],
    });
  });

  it("names what needs somebody or slows the run down", () => {
    const state = fold([
      ...begun,
      {
        _tag: "TaskEnded",
        at: at(1),
        task: "a",
        outcome: "Held",
        reason: { _tag: "NeedsDecision", question: "?" },
      },
      {
        _tag: "LaunchesPaused",
        at: at(2),
        cause: "quota",
        agent: "x",
        message: "no quota",
        until: at(60),
      },
      { _tag: "SlotQuarantined", at: at(3), slot: "x-1", until: at(9), message: "gone" },
      { _tag: "Warning", at: at(4), message: "odd" },
    ]);
    const budget = { api: "github rest", limit: 5000, resets_at: "2026-01-01T00:00:00.000Z" };
    const budgets = [
      { ...budget, remaining: 499 },
      { ...budget, remaining: 500 },
    ];
    assert.deepStrictEqual(Health.of(state, at(5), { budgets }).concerns, [
      { kind: "paused", message: "launches of x pause until 2023-11-14T22:14:20Z: no quota" },
      { kind: "held", message: "1 task is held" },
      {
        kind: "resting",
        message: "the slot x-1 rests until 2023-11-14T22:13:29Z after a failure",
      },
      {
        kind: "api-budget",
        message: "499 of 5000 points of github rest are left until 2026-01-01T00:00:00.000Z",
      },
      { kind: "warnings", message: "1 warning, the last: odd" },
    ]);
  });

  it("is the same for whoever reads the journal, and adds up in every history", () => {
    fc.assert(
      fc.property(history, ({ events }) => {
        const now = events.at(-1)!.at + 5000;
        const health = Health.of(fold(events), now, { shown: 1000 });
        assert.deepStrictEqual(
          Health.of(fold(JSON.parse(JSON.stringify(events)) as typeof events), now, {
            shown: 1000,
          }),
          health,
        );
        const launches = events.filter(({ _tag }) => _tag === "LaunchIntended").length;
        assert.strictEqual(health.waits.launches, launches);
        assert.strictEqual(health.queue.tasks.length, health.queue.length);
        assert.isAtMost(health.slots.utilisation, 1);
        const failed = events.filter(
          (event) =>
            event._tag === "LaunchFailed" ||
            event._tag === "LandingFailed" ||
            event._tag === "CancelConfirmed" ||
            (event._tag === "AgentRunEnded" && event.end._tag === "Failed"),
        ).length;
        assert.isAtMost(
          health.failures.reduce((sum, { count }) => sum + count, 0),
          failed + health.slots.busy,
        );
      }),
      { numRuns: 100 },
    );
  });
});
