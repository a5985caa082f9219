import { assert, describe, it } from "@effect/vitest";
import { ProgressMonitor, type RunEvent, RunState } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as fc from "fast-check";
import { history, startedAt } from "./support/history.ts";

const fold = RunState.RunState.fold;

const begun = (tasks: number): ReadonlyArray<RunEvent.RunEvent> => [
  {
    _tag: "RunStarted",
    at: startedAt,
    run: "r",
    plan: "p",
    mode: "parallel",
    concurrency: 4,
    failFast: false,
  },
  {
    _tag: "TasksAdded",
    at: startedAt,
    tasks: Array.from({ length: tasks }, (_, index) => ({ id: `${index}` })),
  },
];

const started = (task: string, at: number): ReadonlyArray<RunEvent.RunEvent> => [
  { _tag: "TaskReady", at, task },
  { _tag: "LaunchIntended", at, task, attempt: 1, agent: "a", slot: "a-1" },
  { _tag: "AgentRunStarted", at, task, attempt: 1, ref: { agent: "a", id: task } },
];

const succeeded = (task: string, at: number): ReadonlyArray<RunEvent.RunEvent> => [
  { _tag: "AgentRunEnded", at, task, attempt: 1, end: { _tag: "Succeeded" } },
  { _tag: "TaskEnded", at, task, outcome: "Succeeded" },
];

describe("a snapshot", () => {
  it("of a run that has not begun knows nothing", () => {
    assert.deepStrictEqual(ProgressMonitor.snapshot(new RunState.RunState(), startedAt), {
      total: 0,
      completed: 0,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      held: 0,
      in_progress: 0,
      remaining: 0,
      throughput: null,
      average_duration_seconds: null,
      elapsed_seconds: 0,
      completion_percentage: 100,
      estimated_time_remaining_seconds: 0,
      utilisation: 0,
    });
  });

  it("leaves open what is not known before the first task ends", () => {
    const state = fold([...begun(3), ...started("0", startedAt)]);
    const progress = ProgressMonitor.snapshot(state, startedAt + 10_000);
    assert.deepInclude(progress, {
      in_progress: 1,
      remaining: 3,
      throughput: null,
      average_duration_seconds: null,
      estimated_time_remaining_seconds: null,
      elapsed_seconds: 10,
      completion_percentage: 0,
      utilisation: 0.25,
    });
  });

  it("goes on at the pace so far", () => {
    const state = fold([
      ...begun(4),
      ...started("0", startedAt),
      ...started("1", startedAt),
      ...succeeded("0", startedAt + 4000),
    ]);
    assert.deepInclude(ProgressMonitor.snapshot(state, startedAt + 8000), {
      completed: 1,
      in_progress: 1,
      remaining: 3,
      throughput: 1 / 8,
      average_duration_seconds: 4,
      completion_percentage: 25,
      estimated_time_remaining_seconds: 24,
    });
  });

  it("counts no agent for a task whose approval was answered while nobody works on the run", () => {
    const approval = { _tag: "Waiting", question: "Publish?", approval: true } as const;
    const held: ReadonlyArray<RunEvent.RunEvent> = [
      ...begun(2),
      ...started("0", startedAt),
      { _tag: "AgentRunEnded", at: startedAt + 1000, task: "0", attempt: 1, end: approval },
      { _tag: "TaskEnded", at: startedAt + 1000, task: "0", outcome: "Held" },
      { _tag: "RunEnded", at: startedAt + 1000, outcome: "held" },
    ];
    for (const decision of ["approve", "reject"] as const) {
      const state = fold([
        ...held,
        { _tag: "HeldDecided", at: startedAt + 2000, task: "0", decision },
        ...started("1", startedAt + 3000),
      ]);
      assert.deepInclude(ProgressMonitor.snapshot(state, startedAt + 4000), {
        held: 0,
        in_progress: 1,
        remaining: 2,
        utilisation: 0.25,
      });
      assert.deepStrictEqual([state.isAtWork(0), state.isAtWork(1)], [false, true]);
      state.apply({ _tag: "LandingStarted", at: startedAt + 5000, task: "0", attempt: 1 });
      assert.deepInclude(ProgressMonitor.snapshot(state, startedAt + 5000), {
        in_progress: 2,
        utilisation: 0.25,
      });
    }
  });

  it("of a run that has ended stays as it is", () => {
    const state = fold([
      ...begun(1),
      ...started("0", startedAt),
      ...succeeded("0", startedAt + 1000),
      { _tag: "RunEnded", at: startedAt + 2000, outcome: "succeeded" },
    ]);
    const progress = ProgressMonitor.snapshot(state, startedAt + 2000);
    assert.deepStrictEqual(ProgressMonitor.snapshot(state, startedAt + 99_000), progress);
    assert.deepInclude(progress, {
      elapsed_seconds: 2,
      completion_percentage: 100,
      estimated_time_remaining_seconds: 0,
    });
  });

  it("holds figures that fit each other, whatever happened", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: -1000, max: 1_000_000 }), ({ events }, later) => {
        const state = fold(events);
        const now = events.at(-1)!.at + later;
        const progress = ProgressMonitor.snapshot(state, now);
        const { cancelled, completed, failed, held, remaining, skipped, total } = progress;
        assert.strictEqual(completed + failed + skipped + cancelled + held + remaining, total);
        assert.isAtMost(progress.in_progress, remaining);
        assert.isAtLeast(progress.elapsed_seconds, 0);
        assert.isTrue(progress.completion_percentage >= 0 && progress.completion_percentage <= 100);
        for (const figure of Object.values(progress)) {
          assert.isTrue(figure === null || (Number.isFinite(figure) && figure >= 0));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("the stream of snapshots", () => {
  it.effect("gives one for each event to a reader that keeps up", () =>
    Effect.gen(function* () {
      let calls = 0;
      const current = Effect.sync(() => {
        calls++;
        return ProgressMonitor.snapshot(new RunState.RunState(), startedAt);
      });
      const changes = ProgressMonitor.changes(Stream.make(1), current);
      assert.strictEqual((yield* Stream.runCollect(changes)).length, 1);
      assert.strictEqual(calls, 1);
    }),
  );

  it.effect("gives a slow reader the latest only", () =>
    Effect.gen(function* () {
      let version = 0;
      const allEmitted = yield* Deferred.make<void>();
      const events = Stream.fromIterable(Array.from({ length: 100 }, (_, index) => index)).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => version++)),
        Stream.onEnd(Deferred.succeed(allEmitted, undefined)),
      );
      const state = fold(begun(0));
      const current = Effect.sync(() =>
        ProgressMonitor.snapshot(state, startedAt + version * 1000),
      );
      const seen = yield* ProgressMonitor.changes(events, current).pipe(
        Stream.tap(() => Deferred.await(allEmitted)),
        Stream.runCollect,
      );
      assert.isAtMost(seen.length, 3);
      assert.strictEqual(seen.at(-1)!.elapsed_seconds, 100);
    }),
  );
});
