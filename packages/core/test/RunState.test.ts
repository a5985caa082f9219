import { assert, describe, it } from "@effect/vitest";
import { RunEvent, RunState, Task } from "@orchestrator/core";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";
import { type History, history, startedAt } from "./support/history.ts";

const fold = RunState.RunState.fold;

/** Everything that can be read off a run. */
const picture = (state: RunState.RunState) => ({
  run: state.run,
  plan: state.plan,
  mode: state.mode,
  concurrency: state.concurrency,
  failFast: state.failFast,
  startedAt: state.startedAt,
  endedAt: state.endedAt,
  outcome: state.outcome,
  stopping: state.stopping,
  warnings: [...state.warnings],
  busyMillis: state.busyMillis,
  counts: RunState.phases.map((phase) => state.count(phase)),
  tasks: Array.from(state.tasks(), (task) => ({
    ...task,
    attempts: task.attempts.map((attempt) => ({ ...attempt })),
  })),
});

const eventsOf = (events: History["events"], id: string) =>
  events.filter((event) => "task" in event && event.task === id);

const phasesOf: Partial<Record<RunEvent.RunEvent["_tag"], RunState.Phase>> = {
  TaskReady: "Ready",
  LaunchIntended: "Launching",
  AgentRunStarted: "Running",
  RetryScheduled: "BackingOff",
  LandingStarted: "Landing",
};

/** The phase that the last event says which says one. */
const phaseOf = (events: History["events"]): RunState.Phase => {
  for (const event of events.toReversed()) {
    if (event._tag === "TaskEnded") return event.outcome;
    const phase = phasesOf[event._tag];
    if (phase !== undefined) return phase;
  }
  return "Pending";
};

describe("the state of a run", () => {
  it("is the same whether it is folded at once, by and by, or in two halves", () => {
    fc.assert(
      fc.property(history, fc.nat(200), ({ events }, cut) => {
        const atOnce = fold(events);
        const byAndBy = new RunState.RunState();
        for (const event of events) byAndBy.apply(event);
        const halves = fold(events.slice(cut), fold(events.slice(0, cut)));
        assert.deepStrictEqual(picture(byAndBy), picture(atOnce));
        assert.deepStrictEqual(picture(halves), picture(atOnce));
      }),
      { numRuns: 150 },
    );
  });

  it("is the same from events that were written down and read back", () => {
    const codec = Schema.fromJsonString(Schema.Array(RunEvent.RunEvent));
    fc.assert(
      fc.property(history, ({ events }) => {
        const read = Schema.decodeSync(codec)(Schema.encodeSync(codec)(events));
        assert.deepStrictEqual(picture(fold(read)), picture(fold(events)));
      }),
      { numRuns: 50 },
    );
  });

  it("counts every task in exactly one phase after each event", () => {
    fc.assert(
      fc.property(history, ({ events }) => {
        const state = new RunState.RunState();
        let joined = 0;
        for (const event of events) {
          state.apply(event);
          if (event._tag === "TasksAdded") joined += event.tasks.length;
          const counts = RunState.phases.map((phase) => state.count(phase));
          assert.strictEqual(state.size, joined);
          assert.strictEqual(
            counts.reduce((sum, count) => sum + count, 0),
            joined,
          );
          assert.isAtLeast(Math.min(...counts), 0);
        }
        const shown = Array.from(state.tasks(), ({ phase }) => phase);
        for (const phase of RunState.phases) {
          assert.strictEqual(state.count(phase), shown.filter((one) => one === phase).length);
        }
        assert.strictEqual(
          state.ended,
          shown.filter((one) => Task.Outcome.literals.includes(one as Task.Outcome)).length,
        );
      }),
      { numRuns: 150 },
    );
  });

  it("has of every task what its own events say", () => {
    fc.assert(
      fc.property(history, ({ events, places }) => {
        const state = fold(events);
        for (const id of places.keys()) {
          const own = eventsOf(events, id);
          const task = state.get(id)!;
          assert.strictEqual(task.phase, phaseOf(own));
          const launches = own.filter(({ _tag }) => _tag === "LaunchIntended");
          assert.deepStrictEqual(
            task.attempts.map(({ number, startedAt: at }) => [number, at]),
            launches.map(({ at }, index) => [index + 1, at]),
          );
          const reached = own.flatMap((event) =>
            event._tag === "GateReached"
              ? [Task.gates.indexOf(event.gate)]
              : event._tag === "LandingStarted"
                ? [Task.gates.indexOf("agent-ended")]
                : [],
          );
          const strongest = reached.length === 0 ? undefined : Task.gates[Math.max(...reached)];
          assert.strictEqual(task.gate, strongest);
          const end = own.find(({ _tag }) => _tag === "TaskEnded");
          assert.strictEqual(task.endedAt, end?.at);
          const landing = own.findLastIndex(({ _tag }) => _tag === "LandingStarted");
          const said = own.slice(landing + 1).findLast(({ _tag }) => _tag === "AgentProgress");
          assert.strictEqual(task.progress, said && `at ${said.at}`);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("adds up the time that agents worked in ended attempts", () => {
    fc.assert(
      fc.property(history, ({ events, places }) => {
        let busy = 0;
        for (const id of places.keys()) {
          let since = 0;
          for (const { _tag, at } of eventsOf(events, id)) {
            if (_tag === "LaunchIntended") since = at;
            if (_tag === "AgentRunEnded" || _tag === "CancelConfirmed") busy += at - since;
          }
        }
        assert.strictEqual(fold(events).busyMillis, busy);
      }),
      { numRuns: 100 },
    );
  });

  it("says when the next attempt queues while a task waits for it, and only then", () => {
    fc.assert(
      fc.property(history, ({ events, places }) => {
        const state = fold(events);
        for (const [id, place] of places) {
          const scheduled = eventsOf(events, id).findLast(({ _tag }) => _tag === "RetryScheduled");
          const expected = place === "BackingOff" ? scheduled!.at + 500 : undefined;
          assert.strictEqual(state.get(id)!.retryAt, expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("takes an agent run that ends although it was to be cancelled for what it is", () => {
    const state = fold([
      ...begun,
      { _tag: "TaskReady", at: 1, task: "a" },
      { _tag: "LaunchIntended", at: 2, task: "a", attempt: 1, agent: "x", slot: "x-1" },
      { _tag: "AgentRunStarted", at: 3, task: "a", attempt: 1, ref: { agent: "x", id: "1" } },
      { _tag: "CancelIntended", at: 4, task: "a", attempt: 1, cause: "timeout", message: "slow" },
      {
        _tag: "AgentRunEnded",
        at: 5,
        task: "a",
        attempt: 1,
        end: { _tag: "Succeeded", output: 1 },
      },
    ]);
    const [attempt] = state.get("a")!.attempts;
    assert.deepInclude(attempt, {
      failure: undefined,
      cancelled: undefined,
      output: 1,
      endedAt: 5,
    });
  });

  it("knows nothing of tasks that never joined", () => {
    const state = fold(begun);
    assert.isUndefined(state.get("nobody"));
    assert.strictEqual(state.size, 1);
    assert.deepStrictEqual(state.attempts(0), []);
    assert.isUndefined(state.lastAttempt(0));
  });

  it("remembers warnings, how it stops, and how it ended", () => {
    const stopping = { _tag: "RunStopping", at: 2, cause: "cancelled", message: "m" } as const;
    const state = fold([
      ...begun,
      { _tag: "Warning", at: 1, message: "odd", task: "a" },
      { _tag: "Warning", at: 1, message: "general" },
      { _tag: "SlotQuarantined", at: 1, slot: "x-1", until: 2, message: "m" },
      { _tag: "SlotRecovered", at: 2, slot: "x-1" },
      stopping,
      { _tag: "RunEnded", at: 3, outcome: "cancelled" },
    ]);
    assert.deepStrictEqual(state.warnings, ["odd", "general"]);
    assert.deepStrictEqual(state.stopping, stopping);
    assert.deepStrictEqual([state.outcome, state.endedAt], ["cancelled", 3]);
    assert.strictEqual(state.get("a")!.phase, "Pending");
  });

  it("remembers who discovered a task", () => {
    const state = fold([
      ...begun,
      { _tag: "TasksAdded", at: 1, tasks: [{ id: "b" }, { id: "c" }], by: "a" },
      { _tag: "TasksAdded", at: 2, tasks: [{ id: "d" }] },
    ]);
    assert.deepStrictEqual(
      Array.from(state.tasks(), ({ discoveredBy }) => discoveredBy),
      [undefined, "a", "a", undefined],
    );
  });
});

const begun: ReadonlyArray<RunEvent.RunEvent> = [
  {
    _tag: "RunStarted",
    at: startedAt,
    run: "r",
    plan: "p",
    mode: "parallel",
    concurrency: 1,
    failFast: false,
  },
  { _tag: "TasksAdded", at: startedAt, tasks: [{ id: "a" }] },
];
