import { assert, describe, it } from "@effect/vitest";
import { Agent, type Task } from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import { engine, eventsOf, run, settle, start } from "./support/engine.ts";

const changes = { end: { _tag: "Succeeded", change: { branch: "work" } } } as const;
const two = [{ id: "bad" }, { id: "good" }];
const good = (r: { readonly state: { get(id: string): { outcome?: unknown } | undefined } }) =>
  r.state.get("good")!.outcome;

describe("an adapter that answers nonsense", () => {
  it.effect.each([undefined, null, 7, {}])(
    "is refused when it discovers %j, and the run goes on",
    (list) =>
      Effect.gen(function* () {
        const agent = Agent.fromFunction((_, context) =>
          Effect.ignore(context.discover(list as unknown as ReadonlyArray<Task.Task>)),
        );
        assert.strictEqual(good(yield* run(two).pipe(Effect.provide(engine(agent)))), "Succeeded");
      }),
  );
  it.effect.each([undefined, null])("does not matter to a plan with %j, which is invalid", (task) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(run([task as unknown as Task.Task]));
      assert.strictEqual(error._tag, "PlanInvalid");
    }).pipe(Effect.provide(engine(ScriptedAgent.make().agent))),
  );
  it.effect.each([undefined, null])("costs no other task when a landing answers %j", (landed) =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ bad: changes });
      const host = { gates: ["merged"], land: () => Effect.succeed(landed as never) } as const;
      assert.strictEqual(
        good(yield* run(two).pipe(Effect.provide(engine(agent, host)))),
        "Succeeded",
      );
    }),
  );
  it.effect.each([undefined, null, { reason: "Conflict", message: "m" }])(
    "costs no other task when a landing fails with %j",
    (error) =>
      Effect.gen(function* () {
        const { agent } = ScriptedAgent.make({ bad: changes });
        const host = { gates: ["merged"], land: () => Effect.fail(error as never) } as const;
        const options = { retry: { attempts: 1 } };
        assert.strictEqual(
          good(yield* run(two, options).pipe(Effect.provide(engine(agent, host)))),
          "Succeeded",
        );
      }),
  );
  it.effect.each([undefined, null])("costs no other task when a launch fails with %j", (error) =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make();
      const odd: Agent.Agent = {
        ...agent,
        launch: (request) =>
          request.task.id === "bad" ? Effect.fail(error as never) : agent.launch(request),
      };
      assert.strictEqual(good(yield* run(two).pipe(Effect.provide(engine(odd)))), "Succeeded");
    }),
  );
  it.effect.each([undefined, null])(
    "leaves no agent run on record when a launch answers %j",
    (ref) =>
      Effect.gen(function* () {
        const odd: Agent.Agent = {
          ...ScriptedAgent.make().agent,
          launch: () => Effect.succeed(ref as never),
        };
        yield* Effect.gen(function* () {
          const handle = yield* start([{ id: "a" }]);
          assert.strictEqual((yield* handle.result).state.get("a")!.outcome, "Failed");
          assert.notInclude(
            (yield* eventsOf(handle)).map(({ _tag }) => _tag),
            "AgentRunStarted",
          );
        }).pipe(Effect.provide(engine(odd)));
      }),
  );
  it.effect("costs no other task when it delivers no change to land", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({
        bad: { end: { _tag: "Succeeded", change: null as never } },
      });
      yield* Effect.gen(function* () {
        const handle = yield* start(two);
        yield* settle;
        yield* handle.cancelTask("bad");
        assert.strictEqual(good(yield* handle.result), "Succeeded");
      }).pipe(Effect.provide(engine(agent, { gates: ["merged"], land: () => Effect.never })));
    }),
  );

  it.effect.each([1n, () => 1, Symbol("odd")])(
    "costs no other task when an output cannot be kept: %s",
    (output) =>
      Effect.gen(function* () {
        const agent = Agent.fromFunction((task) =>
          Effect.succeed(task.id === "bad" ? (output as never) : undefined),
        );
        const { state } = yield* run(two).pipe(Effect.provide(engine(agent)));
        assert.strictEqual(good({ state }), "Succeeded");
        assert.strictEqual(state.get("bad")!.outcome, "Failed");
      }),
  );

  it.effect("is asked for every task, whatever its id is", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make(
        {},
        { capabilities: { remote: true, survives: true } },
      );
      const ids = ["\ud800", "\udbff", "%ud800", "\ufffd", "a/b", "\u{1f600}"];
      const plan = ids.map((id) => ({ id }));
      const { outcome } = yield* run(plan, { run: "r" }).pipe(Effect.provide(engine(agent)));
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(new Set(launches.map(({ key }) => key)).size, ids.length);
    }),
  );
});
