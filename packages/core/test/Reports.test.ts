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

  it.effect(
    "that nothing proved absent is looked for again when there is more to prove it by",
    () =>
      Effect.gen(function* () {
        const memory = MemoryReporter.make({ refuse: { a: lost(false) } });
        const scripted = ScriptedAgent.make({
          a: ScriptedAgent.succeeds(1, "1 hour"),
          b: ScriptedAgent.succeeds(1, "1 minute"),
        });
        yield* Effect.gen(function* () {
          const service = yield* Orchestrator.Orchestrator;
          const handle = yield* service.start([{ id: "a" }]);
          yield* settle;
          yield* TestClock.adjust("30 minutes");
          assert.include(handle.state.warnings.join(), "a may or may not have been reported");
          yield* handle.add([{ id: "b" }]);
          yield* settle;
          yield* TestClock.adjust("30 minutes");
          const { state } = yield* handle.result;
          assert.strictEqual(state.overdueReports, 0);
          assert.lengthOf(state.warnings, 1);
        }).pipe(Effect.provide(layer(memory, scripted)));
        assert.deepStrictEqual(memory.reports.map(({ task }) => task).sort(), ["a", "b"]);
        assert.strictEqual(memory.creations, 3);
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

  it.effect("that could not be sent is made at the task's next news, and told once", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ refuse: { a: [{ reason: "NotSent" }] } });
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.succeeds(1, "1 minute") });
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }]);
        yield* settle;
        yield* TestClock.adjust("1 minute");
        const { state } = yield* handle.result;
        assert.lengthOf(state.warnings, 1);
        assert.include(state.warnings[0]!, "a could not be reported for now");
      }).pipe(Effect.provide(layer(memory, scripted)));
      assert.strictEqual(memory.creations, 2);
      assert.deepStrictEqual(memory.reports[0]!.phases, ["Succeeded"]);
    }),
  );

  it.effect("that could not be sent is made before the run ends, if there is no more news", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ refuse: { a: [{ reason: "NotSent" }] } });
      const { outcome, state } = yield* run([{ id: "a" }]).pipe(Effect.provide(layer(memory)));
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(state.overdueReports, 0);
      assert.strictEqual(memory.creations, 2);
      const twice = MemoryReporter.make({
        refuse: { a: [{ reason: "NotSent" }, { reason: "NotSent" }] },
      });
      const left = yield* run([{ id: "a" }]).pipe(Effect.provide(layer(twice)));
      assert.strictEqual(left.state.overdueReports, 1);
    }),
  );

  it.effect("is brought up to date after its creation, so that what goes with it is set", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      const updated: Array<string> = [];
      const update: Reporter.Reporter["Service"]["update"] = (ref, report) => {
        updated.push(report.state.phase);
        return memory.reporter.update(ref, report);
      };
      const plan = [{ id: "b" }, { id: "c", dependsOn: ["b"] }];
      const scripted = ScriptedAgent.make({ b: ScriptedAgent.fails("red", "permanent") });
      yield* run(plan).pipe(
        Effect.provide(layer({ ...memory, reporter: { ...memory.reporter, update } }, scripted)),
      );
      assert.strictEqual(memory.creations, 2);
      assert.includeMembers(updated, ["Failed", "Skipped"]);
    }),
  );

  it.effect("that cannot be changed now is changed at the task's next news, and told once", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      let asked = 0;
      const update: Reporter.Reporter["Service"]["update"] = (ref, report) => {
        const refused = new Reporter.ReportError({ reason: "Rejected", message: "locked" });
        return asked++ === 0 ? Effect.fail(refused) : memory.reporter.update(ref, report);
      };
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.succeeds(1, "1 minute") });
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }]);
        yield* settle;
        yield* TestClock.adjust("59 seconds");
        assert.strictEqual(asked, 1);
        yield* TestClock.adjust("1 second");
        const { state } = yield* handle.result;
        assert.lengthOf(state.warnings, 1);
        assert.include(state.warnings[0]!, "a could not be reported for now: locked");
        assert.strictEqual(memory.reports[0]!.phases.at(-1), "Succeeded");
      }).pipe(
        Effect.provide(layer({ ...memory, reporter: { ...memory.reporter, update } }, scripted)),
      );
    }),
  );

  it.effect("has time to wait for its turn, if the reporter asks for it", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make();
      const reporter: Reporter.Reporter["Service"] = {
        ...memory.reporter,
        patienceSeconds: 300,
        create: (report) => Effect.delay(memory.reporter.create(report), "5 minutes"),
        update: (ref, report) => Effect.delay(memory.reporter.update(ref, report), "5 minutes"),
      };
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }]);
        yield* TestClock.adjust("11 minutes");
        const { state } = yield* handle.result;
        assert.deepStrictEqual(state.warnings, []);
        assert.strictEqual(memory.creations, 1);
      }).pipe(Effect.provide(layer({ ...memory, reporter })));
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

  it.effect("that was not right when the run ended is made up for when it is resumed", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({ refuse: { b: [{ reason: "NotSent" }] } });
      const scripted = ScriptedAgent.make();
      const journal = Journal.makeMemory();
      const refused = new Reporter.ReportError({ reason: "Rejected", message: "no points left" });
      const update = () => Effect.fail(refused);
      const broken = { ...memory, reporter: { ...memory.reporter, update } };
      const plan = [{ id: "a" }, { id: "b" }];
      const { state } = yield* run(plan, { run: "r" }).pipe(
        Effect.provide(layer(broken, scripted, journal)),
      );
      assert.strictEqual(state.overdueReports, 2);
      const again = Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        return yield* (yield* service.resume("r")).result;
      }).pipe(Effect.scoped, Effect.provide(layer(memory, scripted, journal)));
      const { outcome, state: told } = yield* again;
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(told.overdueReports, 0);
      assert.deepStrictEqual(
        memory.reports.map(({ phases }) => phases.at(-1)),
        ["Succeeded", "Succeeded"],
      );
      const before = yield* Stream.runCollect(journal.read("r"));
      yield* again;
      assert.lengthOf(yield* Stream.runCollect(journal.read("r")), before.length);
      assert.strictEqual(memory.creations, 3);
    }),
  );

  it.effect("of a run that has ended can be left undone", () =>
    Effect.gen(function* () {
      const memory = MemoryReporter.make({
        refuse: { a: [{ reason: "NotSent" }, { reason: "NotSent" }] },
      });
      const journal = Journal.makeMemory();
      yield* run([{ id: "a" }], { run: "r" }).pipe(
        Effect.provide(layer(memory, ScriptedAgent.make(), journal)),
      );
      const silent = { ...memory, reporter: { ...memory.reporter, create: () => Effect.never } };
      const resumed = <E>(leave: (handle: Orchestrator.RunHandle) => Effect.Effect<unknown, E>) =>
        Effect.gen(function* () {
          const service = yield* Orchestrator.Orchestrator;
          const handle = yield* service.resume("r");
          yield* settle;
          yield* leave(handle);
        }).pipe(Effect.scoped, Effect.provide(layer(silent, ScriptedAgent.make(), journal)));
      yield* resumed((handle) => Effect.andThen(handle.suspend(), handle.result));
      // The end of its scope ends it as well.
      yield* resumed(() => Effect.void);
      assert.lengthOf(memory.reports, 0);
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
