import { assert, describe, it } from "@effect/vitest";
import { type Agent, type CodeHost, Orchestrator } from "@orchestrator/core";
import { MemoryCodeHost, ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";
import { engine, phases, run, settle, start } from "./support/engine.ts";

const delivers: ScriptedAgent.Step = { end: { _tag: "Succeeded", change: { branch: "work" } } };

/** An agent that delivers each time, a host that does with it what the steps say, and what the agent was told. */
const landing = (steps: ReadonlyArray<MemoryCodeHost.Step>) => {
  const told: Array<string | undefined> = [];
  const { agent } = ScriptedAgent.make({ a: delivers });
  const listening: Agent.Agent = {
    ...agent,
    launch: (request) => {
      told.push(request.previousFailure?.message);
      return agent.launch(request);
    },
  };
  const { host, landings } = MemoryCodeHost.make({ script: { a: steps } });
  return { told, landings, layer: engine(listening, host) };
};

const refused = (message: string, obstacle?: string): MemoryCodeHost.Step => ({
  error: { reason: "Refused", message, ...(obstacle === undefined ? {} : { obstacle }) },
});

const atOnce = { retry: { delay: 0, jitter: false } };
const lands: MemoryCodeHost.Step = {};

const decide = (decision: "adopt" | "relaunch" | "skip" | "wait") =>
  ({ _tag: "Decide", task: "a", decision }) as const;

describe("a change that is not taken as it is", () => {
  it.effect("goes back to the agent with what was said about it", () => {
    const { landings, layer, told } = landing([refused("the check lint failed"), lands]);
    return Effect.gen(function* () {
      const { outcome } = yield* run([{ id: "a" }], atOnce);
      assert.strictEqual(outcome, "succeeded");
      assert.deepStrictEqual(told, [undefined, "the check lint failed"]);
      assert.deepStrictEqual(
        landings.map(({ attempt }) => attempt),
        [2],
      );
    }).pipe(Effect.provide(layer));
  });

  it.effect("is put right as often as is allowed, beside the attempts of the task", () => {
    const { layer, told } = landing([refused("one"), refused("two"), refused("three"), lands]);
    return Effect.gen(function* () {
      const { state } = yield* run([{ id: "a", retry: { attempts: 2 } }], atOnce);
      assert.deepStrictEqual(told, [undefined, "one", "two"]);
      const failure = { class: "refused", message: "three" } as const;
      assert.deepStrictEqual(state.get("a")!.reason, { _tag: "AttemptFailed", failure });
    }).pipe(Effect.provide(layer));
  });

  it.effect("is not put right again when an attempt ends before the same obstacle", () => {
    const { layer, told } = landing([
      refused("lint failed at 1a", "1a lint"),
      refused("tests failed at 2b", "2b tests"),
      refused("lint failed at 1a", "1a lint"),
      lands,
    ]);
    return Effect.gen(function* () {
      const { state } = yield* run([{ id: "a" }], { retry: { ...atOnce.retry, fixAttempts: 9 } });
      assert.strictEqual(told.length, 3);
      assert.strictEqual(state.get("a")!.outcome, "Failed");
    }).pipe(Effect.provide(layer));
  });
});

describe("a landing that takes its time", () => {
  it.effect("says what it waits for, and the same once", () => {
    const { agent } = ScriptedAgent.make({ a: delivers });
    const { host } = MemoryCodeHost.make({ script: { a: { after: "1 hour" } } });
    const telling: CodeHost.CodeHost["Service"] = {
      ...host,
      land: (request) =>
        Effect.gen(function* () {
          for (const why of ["checks run", "checks run", "a person merges it"]) {
            yield* request.progress!(why);
          }
          return yield* host.land(request);
        }),
    };
    return Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }], { timeout: "1 day" });
      yield* settle;
      const { phase, progress } = handle.state.get("a")!;
      assert.deepStrictEqual(
        { phase, progress },
        { phase: "Landing", progress: "a person merges it" },
      );
      yield* TestClock.adjust("2 hours");
      yield* handle.result;
      const entries = yield* Stream.runCollect(handle.events);
      const said = entries.flatMap(({ event }) =>
        event._tag === "AgentProgress" ? [event.message] : [],
      );
      assert.deepStrictEqual(said, ["checks run", "a person merges it"]);
    }).pipe(Effect.provide(engine(agent, telling)));
  });
});

const undecided: MemoryCodeHost.Step = {
  error: { reason: "Undecided", message: "Which of #4 and #5 is meant?" },
};

/** What is asked, and how many changes have landed. */
const asked = (
  layer: ReturnType<typeof landing>["layer"],
  then: (handle: Orchestrator.RunHandle) => Effect.Effect<void, unknown>,
) =>
  Effect.gen(function* () {
    const tasks = [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "w" }];
    const handle = yield* start(tasks, { timeout: "1 day" });
    yield* settle;
    assert.deepStrictEqual(phases(handle), { a: "Held", b: "Pending", w: "Running" });
    const question = "Which of #4 and #5 is meant?";
    assert.deepStrictEqual(handle.state.get("a")!.reason, { _tag: "NeedsDecision", question });
    yield* then(handle);
    yield* TestClock.adjust("2 hours");
    return yield* handle.result;
  }).pipe(Effect.provide(layer));

const deciding = (steps: ReadonlyArray<MemoryCodeHost.Step>) => {
  const hour = ScriptedAgent.succeeds(1, "1 hour");
  const script = { a: delivers, c: hour, w: hour, h: ScriptedAgent.asks("Which colour?") };
  const { agent, launches } = ScriptedAgent.make(script);
  const { host, landings } = MemoryCodeHost.make({ script: { a: steps } });
  return { launches, landings, layer: engine({ agents: [{ agent }], slots: 2 }, host) };
};

describe("a landing about which a person must decide", () => {
  it.effect("holds its task, and goes on without another launch when it is to look again", () => {
    const { landings, launches, layer } = deciding([undecided, lands]);
    return Effect.gen(function* () {
      const { outcome } = yield* asked(layer, (handle) => handle.change(decide("wait")));
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(landings.length, 1);
      assert.strictEqual(launches.filter(({ task }) => task.id === "a").length, 1);
    });
  });

  it.effect("starts anew when the task is to be launched again", () => {
    const { launches, layer } = deciding([undecided, lands]);
    return Effect.gen(function* () {
      const { outcome } = yield* asked(layer, (handle) => handle.change(decide("relaunch")));
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(launches.filter(({ task }) => task.id === "a").length, 2);
    });
  });

  it.effect("is looked at again by the process that resumes the run", () => {
    const { landings, layer } = deciding([undecided, lands]);
    return Effect.gen(function* () {
      const orchestrator = yield* Orchestrator.Orchestrator;
      const before = yield* run([{ id: "a" }], { run: "one" });
      assert.strictEqual(before.state.get("a")!.outcome, "Held");
      const handle = yield* orchestrator.resume("one", { changes: [decide("wait")] });
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
      assert.strictEqual(landings.length, 1);
      // Whoever lands it knows that it asked before, which another process may have done.
      assert.isTrue(landings[0]!.wasAsked);
      assert.strictEqual(landings[0]!.since, before.state.get("a")!.attempts[0]!.startedAt);
    }).pipe(Effect.provide(layer));
  });
});

describe("a gate that a task has reached", () => {
  it.effect("stays reached when its landing fails, also where the run is looked at anew", () => {
    const rejected: MemoryCodeHost.Step = { error: { reason: "Rejected", message: "closed" } };
    const { layer } = deciding([rejected]);
    const waits = { id: "b", dependsOn: [{ task: "a", until: "agent-ended" as const }, "c"] };
    return Effect.gen(function* () {
      const tasks = [{ id: "a" }, { id: "c" }, { id: "h" }, waits];
      const handle = yield* start(tasks, { timeout: "1 day" });
      yield* settle;
      assert.deepStrictEqual(phases(handle), {
        a: "Failed",
        c: "Running",
        h: "Held",
        b: "Pending",
      });
      yield* handle.change({ _tag: "Decide", task: "h", decision: "skip" });
      yield* TestClock.adjust("2 hours");
      const { state } = yield* handle.result;
      assert.strictEqual(state.get("b")!.outcome, "Succeeded");
    }).pipe(Effect.provide(layer));
  });
});
