import { assert, describe, it } from "@effect/vitest";
import { AgentPool, Journal, Orchestrator, Reporter, RunState } from "@orchestrator/core";
import { MemoryReporter, ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";
import { settle } from "./support/engine.ts";

const layer = (
  { reporter }: MemoryReporter.MemoryReporter,
  { agent } = ScriptedAgent.make(),
  journal = Journal.makeMemory(),
) =>
  Orchestrator.Orchestrator.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        AgentPool.AgentPool.layer({ agents: [{ agent }] }),
        Layer.succeed(Journal.Journal, journal),
        Layer.succeed(Reporter.Reporter, reporter),
      ),
    ),
  );

const run = (...args: Parameters<Orchestrator.Orchestrator["Service"]["run"]>) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.run(...args));

const lost = (created: boolean) => [{ reason: "Ambiguous", created } as const];

describe("the report of a task", () => {
  it.effect("is created once and says in the end how the task ended", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      const scripted = ScriptedAgent.make({ b: ScriptedAgent.fails("red", "permanent") });
      const plan = [{ id: "a" }, { id: "b" }, { id: "c", dependsOn: ["b"] }];
      yield* run(plan).pipe(Effect.provide(layer(memory, scripted)));
      const told = Object.fromEntries(
        memory.reports.map(({ phases, task }) => [task, phases.at(-1)]),
      );
      assert.deepStrictEqual(told, { a: "Succeeded", b: "Failed", c: "Skipped" });
      assert.strictEqual(memory.creations, 3);
    }),
  );

  it.effect("is there while the agent works, and is brought up to date", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.succeeds(1, "1 minute") });
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }]);
        yield* settle;
        assert.deepStrictEqual(memory.reports[0]!.phases, ["Running"]);
        yield* TestClock.adjust("1 minute");
        yield* handle.result;
        assert.deepStrictEqual(memory.reports[0]!.phases, ["Running", "Succeeded"]);
      }).pipe(Effect.provide(layer(memory, scripted)));
    }),
  );

  it.effect("is not made for tasks that have no place for it", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ covers: (task) => task === "a" });
      yield* run([{ id: "a" }, { id: "b" }]).pipe(Effect.provide(layer(memory)));
      assert.deepStrictEqual(
        memory.reports.map(({ task }) => task),
        ["a"],
      );
    }),
  );

  it.effect("costs no task when the reporter breaks", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({
        covers: () => {
          throw new Error("what was that?");
        },
      });
      const { outcome, state } = yield* run([{ id: "a" }]).pipe(Effect.provide(layer(memory)));
      assert.strictEqual(outcome, "succeeded");
      assert.include(state.warnings.join(), "what was that?");
    }),
  );

  it.effect("is found again when the answer to its creation was lost", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ refuse: { a: lost(true) } });
      yield* run([{ id: "a" }]).pipe(Effect.provide(layer(memory)));
      assert.strictEqual(memory.creations, 1);
      assert.strictEqual(memory.reports[0]!.phases.at(-1), "Succeeded");
    }),
  );

  it.effect("is created again only once listings have proved that it is not there", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ refuse: { a: lost(false) } });
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }, { id: "b" }]);
        yield* TestClock.adjust("179 seconds");
        assert.strictEqual(memory.creations, 2);
        yield* TestClock.adjust("1 minute");
        yield* handle.result;
        assert.strictEqual(memory.creations, 3);
      }).pipe(Effect.provide(layer(memory)));
      assert.deepStrictEqual(memory.reports.map(({ task }) => task).sort(), ["a", "b"]);
    }),
  );

  it.effect("that is refused is told once and fails no task", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ refuse: { a: [{ reason: "Rejected" }] } });
      const { outcome, state } = yield* run([{ id: "a" }]).pipe(Effect.provide(layer(memory)));
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(memory.creations, 1);
      assert.lengthOf(state.warnings, 1);
      assert.include(state.warnings[0]!, "a could not be reported");
    }),
  );

  it.effect("that is not answered when the run is left says nothing more about it", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      const silent = { ...memory, reporter: { ...memory.reporter, create: () => Effect.never } };
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(1, "1 minute") },
        { capabilities: { survives: true } },
      );
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }], { run: "r" });
        yield* settle;
        yield* handle.suspend();
        yield* settle;
        assert.deepStrictEqual(handle.state.warnings, []);
        const node = handle.state.table.numberOf("a")!;
        assert.strictEqual(handle.state.report(node)?.failed, undefined);
      }).pipe(Effect.provide(layer(silent, scripted, journal)));
    }),
  );

  it.effect("that the process left half done is finished by the next one", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(1, "1 minute") },
        { capabilities: { survives: true } },
      );
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        yield* Effect.scoped(
          Effect.gen(function* () {
            const handle = yield* service.start([{ id: "a" }], { run: "r" });
            yield* settle;
            yield* handle.suspend();
          }),
        );
        const handle = yield* service.resume("r");
        yield* TestClock.adjust("1 minute");
        yield* handle.result;
        const entries = yield* Stream.runCollect(journal.read("r"));
        const created = entries.filter(({ event }) => event._tag === "ReportCreated");
        assert.lengthOf(created, 1);
      }).pipe(Effect.provide(layer(memory, scripted, journal)));
      assert.deepStrictEqual(memory.reports[0]!.phases, ["Running", "Succeeded"]);
      assert.strictEqual(memory.creations, 1);
    }),
  );

  it("is not known to be up to date once the task has moved on and come back", () => {
    const state = new RunState.RunState();
    const ended = {
      _tag: "TaskEnded",
      at: 0,
      task: "a",
      outcome: "Cancelled",
      reason: { _tag: "Stopped", message: "enough" },
    } as const;
    state.apply({ _tag: "TasksAdded", at: 0, tasks: [{ id: "a" }] });
    state.apply({ _tag: "ReportCreated", at: 0, task: "a", ref: { id: "1" } });
    state.apply(ended);
    state.apply({ _tag: "ReportUpdated", at: 0, task: "a", phase: "Cancelled" });
    assert.strictEqual(state.report(0)?.told, "Cancelled");
    state.apply({ _tag: "TasksReopened", at: 0, tasks: ["a"] });
    state.apply(ended);
    assert.strictEqual(state.report(0)?.told, undefined);
  });
});
