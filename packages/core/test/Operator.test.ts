import { assert, describe, it } from "@effect/vitest";
import { type Agent, AgentPool, Journal, type Operator, Orchestrator } from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { TestClock } from "effect/testing";
import { engine, phases, settle, start } from "./support/engine.ts";

const decide = (task: string, decision: "adopt" | "relaunch" | "skip" | "wait") =>
  ({ _tag: "Decide", task, decision }) satisfies Operator.Change;

const exhausted = { refuse: { reason: "Exhausted", message: "The plan is used up" } } as const;

/** Tasks for which a person is asked, beside one that goes on for an hour. */
const working = (script: Readonly<Record<string, ScriptedAgent.Step>>) =>
  engine(ScriptedAgent.make({ w: ScriptedAgent.succeeds(1, "1 hour"), ...script }).agent);

describe("a decision while the run goes on", () => {
  it.effect("takes a stop back before it has gone through all tasks", () =>
    Effect.gen(function* () {
      const waiting = Array.from({ length: 10_000 }, (_, at) => ({
        id: `p${at}`,
        dependsOn: ["w"],
      }));
      const handle = yield* start([{ id: "h" }, { id: "w" }, ...waiting], { timeout: "1 day" });
      yield* settle;
      yield* handle.cancel();
      yield* handle.change(decide("h", "skip"));
      yield* TestClock.adjust("2 hours");
      const { state } = yield* handle.result;
      assert.strictEqual(state.get("h")!.outcome, "Skipped");
      assert.strictEqual(state.get("w")!.outcome, "Cancelled");
      assert.isAbove(state.count("Skipped"), 1, "the stop had gone through all tasks before");
    }).pipe(Effect.provide(working({ h: ScriptedAgent.asks("Which colour?") }))),
  );

  it.effect("asks an agent again that took no launches", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "w" }, { id: "a" }], { timeout: "1 day" });
      yield* settle;
      assert.deepStrictEqual(phases(handle), { w: "Running", a: "Held" });
      yield* handle.change(decide("a", "relaunch"));
      yield* TestClock.adjust("1 hour");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
    }).pipe(
      Effect.provide(
        engine(
          ScriptedAgent.make({
            w: ScriptedAgent.succeeds(1, "1 hour"),
            a: [exhausted, ScriptedAgent.succeeds()],
          }).agent,
        ),
      ),
    ),
  );

  it.effect("goes on with no launch that certainly reached nobody", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "w" }, { id: "a" }], { timeout: "1 day" });
      yield* settle;
      const named = { ...decide("a", "adopt"), ref: { agent: "scripted", id: "x" } };
      for (const change of [decide("a", "wait"), decide("a", "adopt"), named]) {
        const refused = yield* Effect.flip(handle.change(change));
        assert.include(refused.message, "no agent run to go on with");
      }
      assert.deepStrictEqual(phases(handle), { w: "Running", a: "Held" });
    }).pipe(Effect.provide(working({ a: exhausted }))),
  );

  it.effect("is refused if it speaks of an agent that the program does not have", () =>
    Effect.gen(function* () {
      const journal = Journal.makeMemory();
      const withAgents = (first: Agent.Agent, ...others: ReadonlyArray<Agent.Agent>) => {
        const agents = [{ agent: first }, ...others.map((agent) => ({ agent }))] as const;
        const pool = AgentPool.AgentPool.layer({ agents });
        const parts = Layer.merge(pool, Layer.succeed(Journal.Journal, journal));
        return Orchestrator.Orchestrator.layer.pipe(Layer.provideMerge(parts));
      };
      const capabilities = { launch: "blind", survives: true } as const;
      const { agent: gone } = ScriptedAgent.make(
        { a: ScriptedAgent.refuses("Ambiguous") },
        { name: "gone", capabilities },
      );
      const { agent } = ScriptedAgent.make(
        { b: ScriptedAgent.succeeds(1, "1 hour") },
        { capabilities: { survives: true } },
      );
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const plan = [{ id: "a", agent: "gone" }, { id: "b" }];
        const handle = yield* service.start(plan, { run: "r", timeout: "1 day" });
        yield* settle;
        yield* handle.suspend();
      }).pipe(Effect.scoped, Effect.provide(withAgents(agent, gone)));
      const handle = yield* Effect.provide(
        Effect.flatMap(Orchestrator.Orchestrator, (service) => service.resume("r")),
        withAgents(agent),
      );
      yield* settle;
      const refused = yield* Effect.flip(handle.change(decide("a", "wait")));
      assert.include(refused.message, "does not have");
      yield* handle.change(decide("a", "skip"));
      yield* TestClock.adjust("1 hour");
      yield* handle.result;
      assert.deepStrictEqual(phases(handle), { a: "Skipped", b: "Succeeded" });
    }),
  );
});

describe("a reopened task", () => {
  it.effect("brings back those about which a person was asked because of it", () =>
    Effect.gen(function* () {
      const plan = [{ id: "w" }, { id: "a" }, { id: "b", dependsOn: ["a"] }];
      const handle = yield* start(plan, { timeout: "1 day", onDependencyFailure: "hold" });
      yield* settle;
      assert.deepStrictEqual(phases(handle), { w: "Running", a: "Failed", b: "Held" });
      yield* handle.change({ _tag: "Reopen", tasks: ["a"] });
      yield* TestClock.adjust("1 hour");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
    }).pipe(
      Effect.provide(
        engine(
          ScriptedAgent.make({
            w: ScriptedAgent.succeeds(1, "1 hour"),
            a: [ScriptedAgent.fails("red", "permanent"), ScriptedAgent.succeeds()],
          }).agent,
        ),
      ),
    ),
  );

  it.effect("leaves alone what is held for another reason", () =>
    Effect.gen(function* () {
      const plan = [
        { id: "w" },
        { id: "a" },
        { id: "b", dependsOn: [{ task: "a", onFailure: "run-anyway" as const }] },
      ];
      const handle = yield* start(plan, { timeout: "1 day" });
      yield* settle;
      assert.deepStrictEqual(phases(handle), { w: "Running", a: "Failed", b: "Held" });
      yield* handle.change({ _tag: "Reopen", tasks: ["a"] });
      yield* settle;
      assert.deepStrictEqual(phases(handle), { w: "Running", a: "Failed", b: "Held" });
    }).pipe(
      Effect.provide(
        working({
          a: ScriptedAgent.fails("red", "permanent"),
          b: ScriptedAgent.asks("Which colour?"),
        }),
      ),
    ),
  );

  it.effect("that a stop keeps from starting again is cancelled, not failed", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }, { id: "w" }], { timeout: "1 day" });
      yield* settle;
      assert.deepStrictEqual(phases(handle), { a: "Failed", w: "Running" });
      yield* handle.change({ _tag: "Reopen", tasks: ["a"] });
      yield* handle.cancel();
      yield* handle.result;
      assert.deepStrictEqual(phases(handle), { a: "Cancelled", w: "Cancelled" });
    }).pipe(
      Effect.provide(
        engine({
          agents: [
            {
              agent: ScriptedAgent.make({
                a: ScriptedAgent.fails("red", "permanent"),
                w: ScriptedAgent.neverEnds,
              }).agent,
              slots: 1,
            },
          ],
        }),
      ),
    ),
  );
});
