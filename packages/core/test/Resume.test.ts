import { assert, describe, it } from "@effect/vitest";
import {
  Agent,
  AgentPool,
  CodeHost,
  Journal,
  Orchestrator,
  type RunEvent,
  type Task,
} from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";
import { phases, settle } from "./support/engine.ts";

type Event = RunEvent.RunEvent;

const remote = { launch: "findable", cancel: true, remote: true } as const;

/** What a process wrote into the journal before it was gone. */
const written = Effect.fnUntraced(function* (events: ReadonlyArray<Event>) {
  const journal = Journal.makeMemory();
  yield* Effect.scoped(
    Effect.flatMap(journal.open("r"), (writer) =>
      writer.append([
        {
          _tag: "RunStarted",
          at: 0,
          run: "r",
          plan: "plan",
          mode: "parallel",
          concurrency: 2,
          failFast: false,
        },
        ...events,
      ]),
    ),
  );
  return journal;
});

const tasks = (...added: ReadonlyArray<Task.Task>): Event => ({
  _tag: "TasksAdded",
  at: 0,
  tasks: added,
});

const ready = (task: string): Event => ({ _tag: "TaskReady", at: 0, task });
const intended = (task: string, agent = "scripted", attempt = 1): Event => ({
  _tag: "LaunchIntended",
  at: 0,
  task,
  attempt,
  agent,
  slot: `${agent}-1`,
});

const started = (task: string, ref: Agent.AgentRunRef): Event => ({
  _tag: "AgentRunStarted",
  at: 0,
  task,
  attempt: 1,
  ref,
});

const layer = (journal: Journal.Journal["Service"], agent: Agent.Agent, slots = 2) =>
  Orchestrator.Orchestrator.layer.pipe(
    Layer.provideMerge(
      Layer.merge(
        AgentPool.AgentPool.layer({ agents: [{ agent }], slots }),
        Layer.succeed(Journal.Journal, journal),
      ),
    ),
  );

const resume = (options?: Orchestrator.ResumeOptions) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.resume("r", options));

const kinds = (journal: Journal.Journal["Service"]) =>
  Effect.map(Stream.runCollect(journal.read("r")), (entries) =>
    entries.map(({ event }) => event._tag),
  );

/** Launches as the process that is gone did, under the key that the run gives. */
const launchedBefore = (agent: Agent.Agent, task: string) =>
  agent.launch({
    run: "r",
    task: { id: task },
    attempt: 1,
    key: `r/${task}/launch/1`,
    dependencies: () => [],
    previousFailure: undefined,
  });

/** Two launches, of which only that of `b` was answered. */
const halfAnswered = Effect.fnUntraced(function* (agent: Agent.Agent) {
  const ref = yield* launchedBefore(agent, "b");
  return yield* written([
    tasks({ id: "a" }, { id: "b" }),
    ready("a"),
    ready("b"),
    intended("a"),
    intended("b"),
    started("b", ref),
  ]);
});

describe("a run that its process left", () => {
  it.effect("goes on with what waited and what was ready", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make();
      const journal = yield* written([
        tasks({ id: "a" }, { id: "b" }, { id: "c", dependsOn: ["a"] }),
        ready("a"),
      ]);
      const handle = yield* Effect.provide(resume(), layer(journal, agent));
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
      assert.deepStrictEqual(
        launches.map(({ epoch, task }) => [task.id, epoch]),
        [
          ["a", 2],
          ["b", 2],
          ["c", 2],
        ],
      );
    }),
  );

  it.effect("watches an agent run that was answered, and launches nothing twice", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(7, "1 minute") },
        { capabilities: { survives: true } },
      );
      const ref = yield* launchedBefore(scripted.agent, "a");
      const journal = yield* written([
        tasks({ id: "a" }),
        ready("a"),
        intended("a"),
        started("a", ref),
      ]);
      const handle = yield* Effect.provide(resume(), layer(journal, scripted.agent));
      yield* TestClock.adjust("1 minute");
      const { state } = yield* handle.result;
      assert.strictEqual(state.get("a")!.attempts[0]!.output, 7);
      assert.strictEqual(scripted.launches.length, 1);
    }),
  );

  it.effect("finds an agent run whose answer was lost, however late it shows", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.succeeds(7) });
      yield* launchedBefore(scripted.agent, "a");
      const journal = yield* written([tasks({ id: "a" }), ready("a"), intended("a")]);
      let lag = true;
      const late: Agent.Agent = {
        ...scripted.agent,
        capabilities: remote,
        find: (key) => (lag ? Effect.succeed([]) : scripted.agent.find(key)),
      };
      const handle = yield* Effect.provide(resume(), layer(journal, late));
      yield* TestClock.adjust("150 seconds");
      assert.deepStrictEqual(phases(handle), { a: "Launching" });
      lag = false;
      yield* TestClock.adjust("1 minute");
      assert.strictEqual((yield* handle.result).state.get("a")!.attempts[0]!.output, 7);
      assert.strictEqual(scripted.launches.length, 1);
    }),
  );

  it.effect("holds what no listing shows where nothing has proved that listings show it", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({}, { capabilities: remote });
      const journal = yield* written([tasks({ id: "a" }), ready("a"), intended("a")]);
      const handle = yield* Effect.provide(resume(), layer(journal, scripted.agent));
      yield* TestClock.adjust("10 minutes");
      assert.strictEqual((yield* handle.result).outcome, "held");
      assert.strictEqual(scripted.launches.length, 0);
    }),
  );

  it.effect(
    "launches again what certainly is not there, once listings have proved themselves",
    () =>
      Effect.gen(function* () {
        const scripted = ScriptedAgent.make({}, { capabilities: remote });
        const journal = yield* halfAnswered(scripted.agent);
        const handle = yield* Effect.provide(resume(), layer(journal, scripted.agent));
        yield* TestClock.adjust("179 seconds");
        assert.strictEqual(scripted.launches.length, 1);
        yield* TestClock.adjust("10 minutes");
        assert.strictEqual((yield* handle.result).outcome, "succeeded");
        assert.deepStrictEqual(
          scripted.launches.map(({ key }) => key),
          ["r/b/launch/1", "r/a/launch/2"],
        );
      }),
  );

  it.effect("does not wait for what only the process that is gone could still have sent", () =>
    Effect.gen(function* () {
      const patient = { ...remote, launchPatienceSeconds: 600 };
      const scripted = ScriptedAgent.make({}, { capabilities: patient });
      const journal = yield* halfAnswered(scripted.agent);
      const handle = yield* Effect.provide(resume(), layer(journal, scripted.agent));
      yield* TestClock.adjust("4 minutes");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
    }),
  );

  it.effect("launches again under the same key where that gives one agent run", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(7) },
        { capabilities: { launch: "idempotent", survives: true } },
      );
      yield* launchedBefore(scripted.agent, "a");
      const journal = yield* written([tasks({ id: "a" }), ready("a"), intended("a")]);
      const handle = yield* Effect.provide(resume(), layer(journal, scripted.agent));
      assert.strictEqual((yield* handle.result).state.get("a")!.attempts[0]!.output, 7);
      assert.strictEqual(scripted.highWater, 1);
    }),
  );

  it.effect("asks before it repeats a function that the process took with it", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction(() => Effect.void);
      const ref = { agent: "function", id: "1" };
      const journal = yield* written([
        tasks({ id: "a" }),
        ready("a"),
        intended("a", "function"),
        started("a", ref),
      ]);
      yield* Effect.gen(function* () {
        const held = yield* Effect.scoped(Effect.flatMap(resume(), (handle) => handle.result));
        assert.deepStrictEqual(phases(held), { a: "Held" });
        const relaunch = { _tag: "Decide", task: "a", decision: "relaunch" } as const;
        const handle = yield* resume({ changes: [relaunch] });
        assert.deepStrictEqual(phases(yield* handle.result), { a: "Succeeded" });
      }).pipe(Effect.provide(layer(journal, agent)));
    }),
  );

  it.effect("repeats a function that may be repeated, without asking", () =>
    Effect.gen(function* () {
      const worked: Array<number> = [];
      const agent = Agent.fromFunction(
        (_, { attempt }) => Effect.sync(() => void worked.push(attempt)),
        { repeatable: true },
      );
      const journal = yield* written([
        tasks({ id: "a" }, { id: "b" }),
        ready("a"),
        intended("a", "function"),
        started("a", { agent: "function", id: "1" }),
        ready("b"),
        intended("b", "function"),
      ]);
      const handle = yield* Effect.provide(resume(), layer(journal, agent));
      assert.deepStrictEqual(phases(yield* handle.result), { a: "Succeeded", b: "Succeeded" });
      assert.deepStrictEqual(worked, [1, 1]);
    }),
  );

  it.effect("decides on what follows from an end that was recorded", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make();
      const failure = { class: "agent", message: "red" } as const;
      const journal = yield* written([
        tasks({ id: "a" }),
        ready("a"),
        intended("a"),
        started("a", { agent: "x", id: "1" }),
        { _tag: "AgentRunEnded", at: 0, task: "a", attempt: 1, end: { _tag: "Failed", failure } },
      ]);
      const handle = yield* Effect.provide(resume(), layer(journal, agent));
      yield* settle;
      assert.deepStrictEqual(phases(handle), { a: "BackingOff" });
      yield* TestClock.adjust("1 minute");
      yield* handle.result;
      assert.deepStrictEqual(
        launches.map(({ attempt }) => attempt),
        [2],
      );
    }),
  );

  it.effect("waits only for what is left of a wait between attempts", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make();
      const failure = { class: "agent", message: "red" } as const;
      const journal = yield* written([
        tasks({ id: "a" }),
        ready("a"),
        intended("a"),
        started("a", { agent: "x", id: "1" }),
        { _tag: "AgentRunEnded", at: 0, task: "a", attempt: 1, end: { _tag: "Failed", failure } },
        {
          _tag: "RetryScheduled",
          at: 0,
          task: "a",
          attempt: 1,
          class: "agent",
          delayMillis: 60_000,
        },
      ]);
      yield* TestClock.adjust("40 seconds");
      const handle = yield* Effect.provide(resume(), layer(journal, agent));
      yield* TestClock.adjust("19 seconds");
      assert.strictEqual(launches.length, 0);
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual(launches.length, 1);
      yield* handle.result;
    }),
  );

  it.effect("waits no longer than any wait is when the clock was set back", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make();
      const failure = { class: "agent", message: "red" } as const;
      const later = 365 * 86_400_000;
      const journal = yield* written([
        tasks({ id: "a" }),
        ready("a"),
        intended("a"),
        started("a", { agent: "x", id: "1" }),
        { _tag: "AgentRunEnded", at: 0, task: "a", attempt: 1, end: { _tag: "Failed", failure } },
        {
          _tag: "RetryScheduled",
          at: later,
          task: "a",
          attempt: 1,
          class: "agent",
          delayMillis: 60_000,
        },
      ]);
      const handle = yield* Effect.provide(resume(), layer(journal, agent));
      yield* TestClock.adjust("10 minutes");
      assert.strictEqual(launches.length, 1);
      yield* handle.result;
    }),
  );

  it.effect("stays one at a time if it is sequential", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(1, "1 minute") },
        { capabilities: { survives: true } },
      );
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        yield* Effect.scoped(
          Effect.gen(function* () {
            const handle = yield* service.start([{ id: "a" }], { run: "r", mode: "sequential" });
            yield* settle;
            yield* handle.suspend();
          }),
        );
        const handle = yield* resume();
        assert.strictEqual(handle.state.concurrency, 1);
        yield* TestClock.adjust("1 minute");
        yield* handle.result;
      }).pipe(Effect.provide(layer(Journal.makeMemory(), agent)));
    }),
  );

  it.effect("is not ended by an agent that breaks when it is watched again", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({}, { capabilities: { survives: true } });
      const ref = yield* launchedBefore(scripted.agent, "a");
      const broken: Agent.Agent = {
        ...scripted.agent,
        observe: (seen, report) => {
          if (seen.id === ref.id) throw new Error("what was that?");
          return scripted.agent.observe(seen, report);
        },
      };
      const plan = tasks({ id: "a" }, { id: "b" });
      const journal = yield* written([plan, ready("a"), intended("a"), started("a", ref)]);
      const handle = yield* Effect.provide(resume(), layer(journal, broken));
      yield* handle.result;
      assert.deepStrictEqual(phases(handle), { a: "Failed", b: "Succeeded" });
    }),
  );

  it.effect("confirms a cancellation that was asked for", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.neverEnds },
        { capabilities: { survives: true } },
      );
      const ref = yield* launchedBefore(scripted.agent, "a");
      const journal = yield* written([
        tasks({ id: "a" }),
        ready("a"),
        intended("a"),
        started("a", ref),
        {
          _tag: "CancelIntended",
          at: 0,
          task: "a",
          attempt: 1,
          cause: "task",
          message: "no longer wanted",
        },
      ]);
      const handle = yield* Effect.provide(resume(), layer(journal, scripted.agent));
      assert.deepStrictEqual(phases(yield* handle.result), { a: "Cancelled" });
      assert.deepStrictEqual(scripted.cancels, [ref]);
    }),
  );

  it.effect("that has ended stays ended", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make();
      const journal = yield* written([]);
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        yield* service.run([{ id: "a" }], { run: "done" });
        const before = yield* Stream.runCollect(journal.read("done"));
        const again = yield* Effect.scoped(
          Effect.flatMap(service.resume("done"), (handle) => handle.result),
        );
        assert.strictEqual(again.outcome, "succeeded");
        assert.deepStrictEqual(yield* Stream.runCollect(journal.read("done")), before);
      }).pipe(Effect.provide(layer(journal, agent)));
    }),
  );

  it.effect("is not opened by two at once", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ a: ScriptedAgent.neverEnds });
      const journal = yield* written([tasks({ id: "a" })]);
      yield* Effect.gen(function* () {
        yield* resume();
        assert.strictEqual((yield* Effect.flip(resume()))._tag, "RunLocked");
      }).pipe(Effect.provide(layer(journal, agent)));
    }),
  );

  it.effect("is refused by a program without the agent that works on it", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make();
      const journal = yield* written([tasks({ id: "a" }), ready("a"), intended("a", "codegen")]);
      const error = yield* Effect.flip(Effect.provide(resume(), layer(journal, agent)));
      assert.strictEqual(error._tag, "PlanInvalid");
      assert.include(error.message, "codegen");
    }),
  );

  it.effect("is refused by a program that cannot land what it changes", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ a: ScriptedAgent.asks("Which colour?") });
      const host = { gates: ["merged"], land: () => Effect.succeed({ commit: "c" }) } as const;
      const journal = Journal.makeMemory();
      yield* Effect.scoped(
        Effect.gen(function* () {
          const service = yield* Orchestrator.Orchestrator;
          yield* service.run([{ id: "a" }], { run: "r" });
        }),
      ).pipe(
        Effect.provide(
          layer(journal, agent).pipe(Layer.provide(Layer.succeed(CodeHost.CodeHost, host))),
        ),
      );
      const changes = [{ _tag: "Decide", task: "a", decision: "relaunch" }] as const;
      const error = yield* Effect.flip(Effect.provide(resume({ changes }), layer(journal, agent)));
      assert.include(error.message, "has no code host");
    }),
  );

  it.effect("is not found under another name", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make();
      const journal = yield* written([]);
      const service = yield* Effect.provide(Orchestrator.Orchestrator, layer(journal, agent));
      const error = yield* Effect.flip(service.resume("nothing"));
      assert.strictEqual(error._tag, "RunNotFound");
      assert.deepStrictEqual(yield* journal.runs, ["r"]);
    }),
  );
});

describe("suspending", () => {
  it.effect("leaves agents at work, and the next process goes on with them", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(1, "1 hour") },
        { capabilities: { survives: true } },
      );
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const left = yield* Effect.scoped(
          Effect.gen(function* () {
            const plan = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
            const handle = yield* service.start(plan, { run: "r", timeout: "1 day" });
            yield* settle;
            yield* handle.suspend("a person asked");
            return yield* handle.result;
          }),
        );
        assert.strictEqual(left.outcome, "suspended");
        assert.deepStrictEqual(scripted.cancels, []);
        assert.strictEqual((yield* kinds(journal)).at(-1), "RunSuspended");
        const handle = yield* resume();
        yield* TestClock.adjust("1 hour");
        assert.strictEqual((yield* handle.result).outcome, "succeeded");
        assert.strictEqual(scripted.launches.length, 2);
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );

  it.effect("gets the slots back in which it left agents at work", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: ScriptedAgent.succeeds(1, "1 minute"), h: ScriptedAgent.refuses("Ambiguous") },
        { capabilities: { survives: true, launch: "blind" } },
      );
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const plan = [{ id: "h" }, { id: "a" }, { id: "b", dependsOn: ["a"] }];
        yield* Effect.scoped(
          Effect.gen(function* () {
            const handle = yield* service.start(plan, { run: "r" });
            yield* settle;
            assert.deepStrictEqual(phases(handle), { h: "Held", a: "Running", b: "Pending" });
            yield* handle.suspend();
          }),
        );
        yield* service.amend("r", [{ _tag: "Decide", task: "h", decision: "skip" }]);
        const handle = yield* resume();
        yield* TestClock.adjust("1 minute");
        yield* handle.result;
        assert.deepStrictEqual(phases(handle), { h: "Skipped", a: "Succeeded", b: "Succeeded" });
        const pool = yield* AgentPool.AgentPool;
        assert.deepStrictEqual(
          (yield* pool.statistics).map(({ slot, status }) => [slot, status]),
          [
            ["scripted-1", "idle"],
            ["scripted-2", "idle"],
          ],
        );
      }).pipe(Effect.provide(layer(Journal.makeMemory(), scripted.agent)));
    }),
  );

  it.effect("waits for a launch that is about to be answered", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: { ...ScriptedAgent.neverEnds, answersAfter: "1 second" } },
        { capabilities: { survives: true } },
      );
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([{ id: "a" }], { run: "r" });
        yield* settle;
        const leaving = yield* Effect.forkChild(handle.suspend());
        yield* TestClock.adjust("1 second");
        yield* settle;
        assert.isDefined(leaving.pollUnsafe());
        assert.deepStrictEqual((yield* kinds(journal)).slice(-2), [
          "AgentRunStarted",
          "RunSuspended",
        ]);
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );
});

describe("what a person asks for", () => {
  const failing = { a: [ScriptedAgent.fails("red", "permanent"), ScriptedAgent.succeeds()] };

  it.effect("runs failed tasks again, with those that were skipped because of them", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(failing);
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const plan = [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c" }];
        const first = yield* service.run(plan, { run: "r" });
        assert.deepStrictEqual(phases(first), { a: "Failed", b: "Skipped", c: "Succeeded" });
        const handle = yield* resume({ changes: [{ _tag: "Reopen", tasks: ["a"] }] });
        const { outcome, state } = yield* handle.result;
        assert.strictEqual(outcome, "succeeded");
        assert.deepStrictEqual(phases({ state }), {
          a: "Succeeded",
          b: "Succeeded",
          c: "Succeeded",
        });
        assert.deepStrictEqual(
          scripted.launches.map(({ key }) => key),
          ["r/a/launch/1", "r/c/launch/1", "r/a/launch/2", "r/b/launch/1"],
        );
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );

  it.effect("runs a failed task again while others still work", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ ...failing, c: ScriptedAgent.succeeds(1, "1 hour") });
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const plan = [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c" }];
        const handle = yield* service.start(plan, { run: "r", timeout: "1 day" });
        yield* settle;
        assert.deepStrictEqual(phases(handle), { a: "Failed", b: "Skipped", c: "Running" });
        yield* handle.change({ _tag: "Reopen", tasks: ["a"] });
        yield* settle;
        assert.deepStrictEqual(phases(handle), { a: "Succeeded", b: "Succeeded", c: "Running" });
        yield* TestClock.adjust("1 hour");
        assert.strictEqual((yield* handle.result).outcome, "succeeded");
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );

  it.effect("goes on with an agent run that nobody could be sure of", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make(
        { a: { refuse: { reason: "Ambiguous", started: true } } },
        { capabilities: { launch: "blind", survives: true } },
      );
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const plan = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
        const first = yield* service.run(plan, { run: "r" });
        assert.deepStrictEqual(phases(first), { a: "Held", b: "Held" });
        const ref = { agent: "scripted", id: "scripted-run-1" };
        yield* service.amend("r", [{ _tag: "Decide", task: "a", decision: "adopt", ref }]);
        const handle = yield* resume();
        assert.strictEqual((yield* handle.result).outcome, "succeeded");
        assert.deepStrictEqual(
          scripted.launches.map(({ task }) => task.id),
          ["a", "b"],
        );
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );

  it.effect("skips a held task and what depends on it", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.asks("Which colour?") });
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        yield* service.run([{ id: "a" }, { id: "b", dependsOn: ["a"] }], { run: "r" });
        const handle = yield* resume({
          changes: [{ _tag: "Decide", task: "a", decision: "skip" }],
        });
        assert.deepStrictEqual(phases(yield* handle.result), { a: "Skipped", b: "Skipped" });
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );

  it.effect("runs a task that was held because of what it depends on", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.fails("red", "permanent") });
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const plan = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
        yield* service.run(plan, { run: "r", onDependencyFailure: "hold" });
        const handle = yield* resume({
          changes: [{ _tag: "Decide", task: "b", decision: "relaunch" }],
        });
        assert.deepStrictEqual(phases(yield* handle.result), { a: "Failed", b: "Succeeded" });
      }).pipe(Effect.provide(layer(journal, scripted.agent)));
    }),
  );

  it.effect("is refused where it makes no sense, and nothing is recorded", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make();
      const journal = Journal.makeMemory();
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        yield* service.run([{ id: "build" }], { run: "r" });
        const before = yield* kinds(journal);
        const refused = (task: string) =>
          Effect.flip(service.amend("r", [{ _tag: "Reopen", tasks: [task] }]));
        assert.include((yield* refused("build")).message, "succeeded");
        assert.include((yield* refused("biuld")).message, "Did you mean build?");
        const decide = { _tag: "Decide", task: "build", decision: "skip" } as const;
        const error = yield* Effect.flip(service.amend("r", [decide]));
        assert.include(error.message, "not held");
        assert.deepStrictEqual(yield* kinds(journal), before);
      }).pipe(Effect.provide(layer(journal, agent)));
    }),
  );
});
