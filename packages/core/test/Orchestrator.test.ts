import { assert, describe, it } from "@effect/vitest";
import {
  Agent,
  AgentPool,
  Failure,
  Journal,
  Orchestrator,
  RunState,
  type Task,
} from "@orchestrator/core";
import { FailingJournal, ScriptedAgent } from "@orchestrator/core/testing";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import { TestClock } from "effect/testing";
import { engine, eventsOf, makeGates, phases, run, settle, start } from "./support/engine.ts";
import { changed, diskFull } from "./support/journals.ts";

const noJitter = { jitter: false } as const;

describe("dependencies", () => {
  it.effect("frees a dependent while its sibling still runs", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([
          { id: "slow" },
          { id: "quick" },
          { id: "after-quick", dependsOn: ["quick"] },
          { id: "after-both", dependsOn: ["slow", "quick"] },
        ]);
        yield* settle;
        assert.deepStrictEqual(gates.started, ["slow", "quick"]);
        yield* gates.succeed("quick");
        assert.deepStrictEqual(gates.started, ["slow", "quick", "after-quick"]);
        yield* gates.succeed("slow");
        assert.deepStrictEqual(gates.started, ["slow", "quick", "after-quick", "after-both"]);
        yield* gates.succeed("after-quick");
        yield* gates.succeed("after-both");
        assert.strictEqual((yield* handle.result).outcome, "succeeded");
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );

  it.effect("gives a task the outputs of what it depends on, in the order it states", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = [];
      const agent = Agent.fromFunction((task, context) =>
        Effect.sync(() => {
          if (task.id === "c") seen.push(...context.dependencies());
          return { from: task.id };
        }),
      );
      yield* run([{ id: "a" }, { id: "b" }, { id: "c", dependsOn: ["b", "a"] }]).pipe(
        Effect.provide(engine(agent)),
      );
      assert.deepStrictEqual(seen, [
        { task: "b", outcome: "Succeeded", output: { from: "b" } },
        { task: "a", outcome: "Succeeded", output: { from: "a" } },
      ]);
    }),
  );

  it.effect("ends a run without tasks with success", () =>
    Effect.gen(function* () {
      const result = yield* run([]).pipe(
        Effect.provide(engine(Agent.fromFunction(() => Effect.void))),
      );
      assert.strictEqual(result.outcome, "succeeded");
      assert.strictEqual(result.summary.total, 0);
    }),
  );

  it.effect(
    "refuses a plan with a cycle, a missing dependency and a repeated id, naming all of them",
    () =>
      Effect.gen(function* () {
        const problem = yield* run([
          { id: "a", dependsOn: ["b"] },
          { id: "b", dependsOn: ["a"] },
          { id: "c", dependsOn: ["nowhere"] },
          { id: "d", agent: "robot" },
          { id: "d" },
        ]).pipe(Effect.flip, Effect.provide(engine(Agent.fromFunction(() => Effect.void))));
        assert.strictEqual(problem._tag, "PlanInvalid");
        const message = problem.message;
        for (const part of ["a → b → a", "nowhere", "robot", "2 tasks"])
          assert.include(message, part);
      }),
  );
});

it.effect("runs the tasks as they were given, whatever becomes of the list meanwhile", () =>
  Effect.gen(function* () {
    const given: Array<Task.Task> = Array.from({ length: 20_000 }, (_, id) => ({ id: `t${id}` }));
    const running = yield* Effect.forkChild(
      run(given).pipe(Effect.provide(engine(Agent.fromFunction(() => Effect.void)))),
      { startImmediately: true },
    );
    given.push({ id: "" });
    given.shift();
    const { outcome, state } = yield* Fiber.join(running);
    assert.strictEqual(outcome, "succeeded");
    assert.deepStrictEqual([state.size, state.at(0).task.id], [20_000, "t0"]);
  }),
);

describe("failure", () => {
  const failing = Agent.fromFunction((task) =>
    task.id.startsWith("bad")
      ? Effect.fail(Failure.make("permanent", `${task.id} is impossible`))
      : Effect.succeed(task.id),
  );

  it.effect("skips exactly the transitive dependents, with the reason chain", () =>
    Effect.gen(function* () {
      const { state, outcome } = yield* run([
        { id: "bad" },
        { id: "child", dependsOn: ["bad"] },
        { id: "grandchild", dependsOn: ["child", "good"] },
        { id: "good" },
        { id: "other", dependsOn: ["good"] },
      ]).pipe(Effect.provide(engine(failing)));
      assert.strictEqual(outcome, "failed");
      assert.deepStrictEqual(phases({ state }), {
        bad: "Failed",
        child: "Skipped",
        grandchild: "Skipped",
        good: "Succeeded",
        other: "Succeeded",
      });
      assert.deepStrictEqual(state.get("grandchild")!.reason, {
        _tag: "DependencyFailed",
        dependency: "child",
        outcome: "Skipped",
        root: "bad",
      });
    }),
  );

  it.effect("runs a dependent anyway where its edge says so", () =>
    Effect.gen(function* () {
      const { state } = yield* run([
        { id: "bad" },
        { id: "clean-up", dependsOn: [{ task: "bad", onFailure: "run-anyway" }, "good"] },
        { id: "good" },
      ]).pipe(Effect.provide(engine(failing)));
      assert.strictEqual(state.get("clean-up")!.outcome, "Succeeded");
    }),
  );

  it.effect("holds a dependent where its edge says so, and what depends on it", () =>
    Effect.gen(function* () {
      const { state, outcome } = yield* run([
        { id: "bad" },
        { id: "ask", dependsOn: ["bad"], onDependencyFailure: "hold" },
        { id: "later", dependsOn: ["ask"] },
      ]).pipe(Effect.provide(engine(failing)));
      assert.strictEqual(outcome, "failed");
      assert.strictEqual(state.get("ask")!.reason?._tag, "NeedsDecision");
      assert.deepStrictEqual(state.get("later")!.reason, {
        _tag: "DependencyFailed",
        dependency: "ask",
        outcome: "Held",
        root: "ask",
      });
    }),
  );

  it.effect(
    "stops launching at the first failure when it should fail fast, and ends with the running tasks",
    () =>
      Effect.gen(function* () {
        const gates = yield* makeGates;
        yield* Effect.gen(function* () {
          const handle = yield* start(
            [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d", dependsOn: ["a"] }],
            { failFast: true, retry: { attempts: 0 } },
          );
          yield* settle;
          yield* gates.fail("a");
          assert.strictEqual(handle.state.outcome, undefined);
          yield* gates.succeed("b");
          assert.strictEqual((yield* handle.result).outcome, "failed");
          assert.deepStrictEqual(gates.started, ["a", "b"]);
          assert.deepStrictEqual(phases(handle), {
            a: "Failed",
            b: "Succeeded",
            c: "Cancelled",
            d: "Skipped",
          });
        }).pipe(Effect.provide(engine({ agents: [{ agent: gates.agent }], slots: 2 })));
      }),
  );

  it.effect("ends a task whose agent has a bug and goes on with the others", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction((task) =>
        task.id === "a" ? Effect.die(new Error("oops")) : Effect.void,
      );
      const { state } = yield* run([{ id: "a" }, { id: "b" }]).pipe(Effect.provide(engine(agent)));
      assert.strictEqual(state.get("a")!.outcome, "Failed");
      assert.include(state.get("a")!.attempts[0]!.failure!.message, "oops");
      assert.strictEqual(state.get("b")!.outcome, "Succeeded");
    }),
  );
});

it.effect("ends a task whose function interrupts itself and goes on with the others", () =>
  Effect.gen(function* () {
    const agent = Agent.fromFunction((task) => (task.id === "a" ? Effect.interrupt : Effect.void));
    const { state } = yield* run([{ id: "a" }, { id: "b" }]).pipe(Effect.provide(engine(agent)));
    assert.deepStrictEqual(phases({ state }), { a: "Failed", b: "Succeeded" });
  }),
);

describe("retries", () => {
  it.effect("tries again with growing waits and keeps every attempt", () =>
    Effect.gen(function* () {
      const startedAt: Array<number> = [];
      const agent = Agent.fromFunction((_, { attempt }) =>
        Effect.gen(function* () {
          startedAt.push(yield* Effect.clockWith((clock) => clock.currentTimeMillis));
          return attempt < 4 ? yield* Effect.fail(`no ${attempt}`) : "done";
        }),
      );
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }], {
          retry: { ...noJitter, attempts: 4, delay: "1 second", maxDelay: "3 seconds" },
        });
        yield* TestClock.adjust("20 seconds");
        const { state } = yield* handle.result;
        assert.deepStrictEqual(startedAt, [0, 1000, 3000, 6000]);
        const { attempts, outcome } = state.get("a")!;
        assert.strictEqual(outcome, "Succeeded");
        assert.deepStrictEqual(
          attempts.map(({ failure }) => failure?.message),
          ["no 1", "no 2", "no 3", undefined],
        );
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("holds no slot while it waits", () =>
    Effect.gen(function* () {
      const started: Array<string> = [];
      const agent = Agent.fromFunction((task, { attempt }) =>
        Effect.suspend(() => {
          started.push(`${task.id}${attempt}`);
          return task.id === "a" && attempt === 1 ? Effect.fail("not yet") : Effect.void;
        }),
      );
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b" }], {
          retry: { ...noJitter, attempts: 2, delay: "1 minute" },
        });
        yield* settle;
        assert.deepStrictEqual(started, ["a1", "b1"]);
        assert.strictEqual(handle.state.get("a")!.phase, "BackingOff");
        yield* TestClock.adjust("1 minute");
        yield* handle.result;
        assert.deepStrictEqual(started, ["a1", "b1", "a2"]);
      }).pipe(Effect.provide(engine({ agents: [{ agent }], slots: 1 })));
    }),
  );

  const tries = (failureClass: Failure.FailureClass, attempts: number) =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction(() => Effect.fail(Failure.make(failureClass, "no")));
      const handle = yield* start([{ id: "a" }], {
        retry: { ...noJitter, attempts, delay: 0, infrastructureAttempts: 6 },
      }).pipe(Effect.provide(engine({ agents: [{ agent }], quarantine: { base: 1, max: 1 } })));
      yield* TestClock.adjust("1 minute");
      return (yield* handle.result).state.get("a")!.attempts.length;
    });

  it.effect("decides by the class of the failure", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* tries("agent", 3), 3);
      assert.strictEqual(yield* tries("permanent", 3), 1);
      assert.strictEqual(yield* tries("infrastructure", 3), 6);
      assert.strictEqual(yield* tries("agent", 0), 1);
    }).pipe(Effect.scoped),
  );

  it.effect("tells the next attempt why the last one failed", () =>
    Effect.gen(function* () {
      const seen: Array<Failure.Failure | undefined> = [];
      const agent = Agent.fromFunction((_, { attempt, previousFailure }) =>
        Effect.suspend(() => {
          seen.push(previousFailure);
          return attempt === 1 ? Effect.fail("tests are red") : Effect.void;
        }),
      );
      const handle = yield* start([{ id: "a" }], { retry: { attempts: 2, delay: 0 } }).pipe(
        Effect.provide(engine(agent)),
      );
      yield* handle.result;
      assert.deepStrictEqual(seen, [undefined, { class: "agent", message: "tests are red" }]);
    }),
  );
});

/** An agent run that never ends by itself; `cancel` says whether it can be stopped. */
const endless = (cancel: Effect.Effect<void, Agent.AgentError>) => {
  const cancelled: Array<string> = [];
  const agent: Agent.Agent = {
    name: "endless",
    capabilities: { launch: "blind", cancel: true, remote: true },
    launch: ({ key }) => Effect.succeed({ agent: "endless", id: key }),
    observe: () => Effect.never,
    cancel: (ref) =>
      Effect.andThen(
        Effect.sync(() => cancelled.push(ref.id)),
        cancel,
      ),
    find: () => Effect.succeed([]),
  };
  return { agent, cancelled };
};

describe("timeout", () => {
  it.effect("cancels the agent run and tries again", () =>
    Effect.gen(function* () {
      const { agent, cancelled } = endless(Effect.void);
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a", timeoutSeconds: 5 }], {
          retry: { ...noJitter, attempts: 2, delay: "1 second" },
        });
        yield* TestClock.adjust("11 seconds");
        const { state, run: id } = yield* handle.result;
        assert.deepStrictEqual(cancelled, [`${id}/a/launch/1`, `${id}/a/launch/2`]);
        assert.strictEqual(state.get("a")!.outcome, "Failed");
        assert.deepStrictEqual(
          state.get("a")!.attempts.map(({ failure }) => failure?.class),
          ["timeout", "timeout"],
        );
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("is 600 seconds unless the task or the run says otherwise", () =>
    Effect.gen(function* () {
      const { agent } = endless(Effect.void);
      const handle = yield* start([{ id: "a" }], { retry: { attempts: 1 } }).pipe(
        Effect.provide(engine(agent)),
      );
      yield* TestClock.adjust("599 seconds");
      assert.strictEqual(handle.state.get("a")!.phase, "Running");
      yield* TestClock.adjust("1 second");
      assert.strictEqual(handle.state.get("a")!.phase, "Failed");
    }),
  );

  it.effect("leaves the task held and its slot occupied when the cancellation fails", () =>
    Effect.gen(function* () {
      const { agent } = endless(
        Effect.fail(new Agent.AgentError({ operation: "cancel", message: "server says no" })),
      );
      yield* Effect.gen(function* () {
        const handle = yield* start(
          [{ id: "a", timeoutSeconds: 1 }, { id: "b" }, { id: "c", dependsOn: ["a"] }],
          { retry: { attempts: 3, delay: 0 } },
        );
        yield* TestClock.adjust("31 seconds");
        const { state, outcome } = yield* handle.result;
        assert.strictEqual(outcome, "held");
        assert.deepStrictEqual(phases({ state }), { a: "Held", b: "Held", c: "Held" });
        const reason = state.get("a")!.reason;
        assert.include(reason?._tag === "NeedsDecision" ? reason.question : "", "server says no");
        const pool = yield* AgentPool.AgentPool;
        const [slot] = yield* pool.statistics;
        assert.strictEqual(slot!.status, "busy");
        assert.strictEqual(slot!.task, "a");
      }).pipe(Effect.provide(engine({ agents: [{ agent }], slots: 1 })));
    }),
  );

  it.effect("takes a cancellation that does not answer for a failed one", () =>
    Effect.gen(function* () {
      const { agent } = endless(Effect.never);
      const handle = yield* start([{ id: "a", timeoutSeconds: 1 }], {
        deadlines: { cancel: "10 seconds" },
      }).pipe(Effect.provide(engine(agent)));
      yield* TestClock.adjust("11 seconds");
      assert.strictEqual((yield* handle.result).outcome, "held");
    }),
  );

  it.effect("lets a cancellation wait for its turn inside of its agent", () =>
    Effect.gen(function* () {
      const { agent } = endless(Effect.sleep("100 seconds"));
      const patient = {
        ...agent,
        capabilities: { ...agent.capabilities, cancelPatienceSeconds: 90 },
      };
      const handle = yield* start([{ id: "a", timeoutSeconds: 1, retry: { attempts: 1 } }]).pipe(
        Effect.provide(engine(patient)),
      );
      yield* TestClock.adjust("102 seconds");
      assert.strictEqual((yield* handle.result).outcome, "failed");
    }),
  );
});

describe("unclear launches", () => {
  const launching = (launch: Effect.Effect<Agent.AgentRunRef, Agent.LaunchError>): Agent.Agent => ({
    name: "remote",
    capabilities: { launch: "blind", cancel: true, remote: true },
    launch: () => launch,
    observe: () => Effect.succeed({ _tag: "Succeeded" }),
    cancel: () => Effect.void,
    find: () => Effect.succeed([]),
  });
  const failing = (reason: Agent.LaunchError["reason"]) =>
    launching(Effect.fail(new Agent.LaunchError({ reason, message: "no luck" })));

  it.effect("holds a task whose launch was not answered and never launches it again", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }]).pipe(
        Effect.provide(engine(launching(Effect.never))),
      );
      yield* TestClock.adjust("61 seconds");
      const { state, outcome } = yield* handle.result;
      assert.strictEqual(outcome, "held");
      assert.strictEqual(state.get("a")!.attempts.length, 1);
    }),
  );

  it.effect("launches again what provably was not sent, and rests the slot", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }], {
        retry: { ...noJitter, delay: 0, infrastructureAttempts: 3 },
      }).pipe(Effect.provide(engine(failing("NotSent"))));
      yield* TestClock.adjust("1 minute");
      const { state } = yield* handle.result;
      assert.strictEqual(state.get("a")!.attempts.length, 3);
      const events = yield* eventsOf(handle);
      assert.strictEqual(events.filter(({ _tag }) => _tag === "SlotQuarantined").length, 3);
    }),
  );

  it.effect("does not launch again what was rejected", () =>
    Effect.gen(function* () {
      const { state } = yield* run([{ id: "a" }]).pipe(Effect.provide(engine(failing("Rejected"))));
      assert.strictEqual(state.get("a")!.attempts.length, 1);
      assert.strictEqual(state.get("a")!.outcome, "Failed");
    }),
  );

  it.effect("counts as succeeded what is done without an agent, and frees what waits for it", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ a: ScriptedAgent.refuses("Done") });
      const tasks = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
      const { outcome, state } = yield* run(tasks).pipe(Effect.provide(engine(agent)));
      assert.strictEqual(outcome, "succeeded");
      const { attempts, outcome: ended, reason } = state.get("a")!;
      assert.strictEqual(ended, "Succeeded");
      assert.strictEqual(reason?._tag, "Stopped");
      assert.strictEqual(attempts[0]!.failure, undefined);
    }),
  );

  it.effect("tells an agent whether one before it may have left work behind", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make({
        a: [
          ScriptedAgent.refuses("NotSent"),
          ScriptedAgent.fails("half done"),
          ScriptedAgent.refuses("NotSent"),
          ScriptedAgent.succeeds(1),
        ],
      });
      const tasks = [{ id: "a", retry: { attempts: 3, delaySeconds: 0 } }];
      const running = yield* Effect.forkChild(run(tasks).pipe(Effect.provide(engine(agent))));
      yield* TestClock.adjust("1 hour");
      assert.strictEqual((yield* Fiber.join(running)).outcome, "succeeded");
      const told = launches.map(({ mayHaveWorked }) => mayHaveWorked);
      assert.deepStrictEqual(told, [false, false, true, true]);
    }),
  );

  it.effect(
    "tells an agent what was wrong with the work, although a launch failed in between",
    () =>
      Effect.gen(function* () {
        const { agent, launches } = ScriptedAgent.make({
          a: [
            ScriptedAgent.fails("checks failed"),
            ScriptedAgent.refuses("NotSent"),
            ScriptedAgent.succeeds(1),
          ],
        });
        const tasks = [{ id: "a", retry: { attempts: 3, delaySeconds: 0 } }];
        const running = yield* Effect.forkChild(run(tasks).pipe(Effect.provide(engine(agent))));
        yield* TestClock.adjust("1 hour");
        assert.strictEqual((yield* Fiber.join(running)).outcome, "succeeded");
        const told = launches.map(({ previousFailure }) => previousFailure?.message);
        assert.deepStrictEqual(told, [undefined, "checks failed", "checks failed"]);
      }),
  );

  it.effect("skips what nobody wants any more, and what waits for it, and has not failed", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ a: ScriptedAgent.refuses("Dropped") });
      const tasks = [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c" }];
      const { outcome, state } = yield* run(tasks).pipe(Effect.provide(engine(agent)));
      const outcomes = Array.from(state.tasks(), (task) => task.outcome);
      assert.deepStrictEqual(outcomes, ["Skipped", "Skipped", "Succeeded"]);
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(state.get("a")!.attempts.length, 1);
    }),
  );

  it.effect("goes on watching when it lost sight of the agent run", () =>
    Effect.gen(function* () {
      let looks = 0;
      const agent: Agent.Agent = {
        ...failing("Rejected"),
        launch: () => Effect.succeed({ agent: "remote", id: "1" }),
        observe: () =>
          Effect.suspend(() =>
            ++looks < 5
              ? Effect.fail(new Agent.AgentError({ operation: "observe", message: "502" }))
              : Effect.succeed({ _tag: "Succeeded" as const }),
          ),
      };
      const handle = yield* start([{ id: "a" }]).pipe(Effect.provide(engine(agent)));
      yield* TestClock.adjust("5 minutes");
      const { state } = yield* handle.result;
      assert.strictEqual(state.get("a")!.outcome, "Succeeded");
      assert.strictEqual(state.get("a")!.attempts.length, 1);
    }),
  );
});

describe("cancellation", () => {
  it.effect("does not take a launch for absent that is still under way", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.neverEnds });
      const slow: Agent.Agent = {
        ...scripted.agent,
        launch: (request) => Effect.delay(scripted.agent.launch(request), "5 minutes"),
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }], { timeout: "1 minute" });
        yield* TestClock.adjust("4 minutes");
        yield* handle.result;
        assert.deepStrictEqual(phases(handle), { a: "Held" });
        assert.isTrue(handle.state.get("a")!.attempts[0]!.isUnclear);
      }).pipe(Effect.provide(engine(slow)));
    }),
  );

  it.effect("of one task skips its dependents and nothing else", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c" }]);
        yield* settle;
        assert.isTrue(yield* handle.cancelTask("a", "not needed"));
        assert.isFalse(yield* handle.cancelTask("nobody"));
        yield* gates.succeed("c");
        yield* handle.result;
        assert.isFalse(yield* handle.cancelTask("c"));
        assert.deepStrictEqual(phases(handle), { a: "Cancelled", b: "Skipped", c: "Succeeded" });
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );

  it.effect("of the run cancels what runs and what waits", () =>
    Effect.gen(function* () {
      const { agent, cancelled } = endless(Effect.void);
      const handle = yield* start([{ id: "a" }, { id: "b", dependsOn: ["a"] }]).pipe(
        Effect.provide(engine(agent)),
      );
      yield* settle;
      yield* handle.cancel("enough");
      const { outcome, state } = yield* handle.result;
      assert.strictEqual(outcome, "cancelled");
      assert.deepStrictEqual(phases({ state }), { a: "Cancelled", b: "Cancelled" });
      assert.strictEqual(cancelled.length, 1);
    }),
  );

  it.effect("of a task that waits for its next attempt ends it at once", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction(() => Effect.fail("no"));
      const handle = yield* start([{ id: "a" }], { retry: { attempts: 3, delay: "1 hour" } }).pipe(
        Effect.provide(engine(agent)),
      );
      yield* settle;
      assert.isTrue(yield* handle.cancelTask("a"));
      assert.strictEqual((yield* handle.result).state.get("a")!.outcome, "Cancelled");
    }),
  );

  it.effect(
    "of a task that is being launched waits for the answer and then cancels the agent run",
    () =>
      Effect.gen(function* () {
        const answer = yield* Deferred.make<void>();
        const { agent, cancelled } = endless(Effect.void);
        const slow: Agent.Agent = {
          ...agent,
          launch: (request) => Effect.andThen(Deferred.await(answer), agent.launch(request)),
        };
        const handle = yield* start([{ id: "a" }]).pipe(Effect.provide(engine(slow)));
        yield* settle;
        assert.isTrue(yield* handle.cancelTask("a"));
        yield* settle;
        assert.strictEqual(handle.state.get("a")!.phase, "Launching");
        yield* Deferred.succeed(answer, undefined);
        const { state } = yield* handle.result;
        assert.strictEqual(state.get("a")!.outcome, "Cancelled");
        assert.strictEqual(cancelled.length, 1);
      }),
  );

  it.effect("by interrupting the program cancels the agent runs before it ends", () =>
    Effect.gen(function* () {
      const { agent, cancelled } = endless(Effect.void);
      const fiber = yield* Effect.forkChild(
        run([{ id: "a" }, { id: "b" }]).pipe(Effect.provide(engine(agent))),
      );
      yield* settle;
      yield* Fiber.interrupt(fiber);
      assert.strictEqual(cancelled.length, 2);
    }),
  );
});

describe("discovery", () => {
  it.effect("takes the same tasks from the same task again, and no other ones of their names", () =>
    Effect.gen(function* () {
      const answers: Array<string> = [];
      const agent = Agent.fromFunction((task, { discover }) =>
        Effect.gen(function* () {
          if (task.id !== "a") return;
          const tell = (tasks: ReadonlyArray<Task.Task>) =>
            Effect.map(Effect.exit(discover(tasks)), ({ _tag }) => void answers.push(_tag));
          yield* tell([{ id: "b", title: "one" }]);
          yield* tell([{ id: "b", title: "one" }]);
          yield* tell([{ id: "b", title: "one" }, { id: "c" }]);
          yield* tell([{ id: "b", title: "other" }]);
        }),
      );
      const { state } = yield* run([{ id: "a" }]).pipe(Effect.provide(engine(agent)));
      assert.deepStrictEqual(answers, ["Success", "Success", "Success", "Failure"]);
      assert.strictEqual(state.size, 3);
    }),
  );

  it.effect("takes tasks that depend on running, finished and new tasks", () =>
    Effect.gen(function* () {
      const order: Array<string> = [];
      const agent = Agent.fromFunction((task, { discover }) =>
        Effect.gen(function* () {
          order.push(task.id);
          if (task.id === "b") {
            yield* discover([
              { id: "e", dependsOn: ["d", "b"] },
              { id: "d", dependsOn: ["a"] },
            ]).pipe(Effect.orDie);
          }
        }),
      );
      const { state } = yield* run([{ id: "a" }, { id: "b", dependsOn: ["a"] }]).pipe(
        Effect.provide(engine(agent)),
      );
      assert.deepStrictEqual(order, ["a", "b", "d", "e"]);
      assert.strictEqual(state.get("e")!.discoveredBy, "b");
    }),
  );

  it.effect("rejects a batch as a whole, with every reason", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }]);
        yield* settle;
        const refused = (tasks: ReadonlyArray<Task.Task>) =>
          Effect.map(Effect.flip(handle.add(tasks)), ({ problems }) => problems.join("\n"));
        assert.include(yield* refused([{ id: "ok" }, { id: "a" }]), '"a"');
        assert.include(yield* refused([{ id: "ok" }, { id: "x", dependsOn: ["ghost"] }]), "ghost");
        assert.include(
          yield* refused([
            { id: "x", dependsOn: ["y"] },
            { id: "y", dependsOn: ["x"] },
          ]),
          "x → y → x",
        );
        assert.include(yield* refused([{ id: "x", agent: "robot" }]), "robot");
        assert.strictEqual(handle.state.size, 1);
        yield* handle.add([{ id: "ok", dependsOn: ["a"] }]);
        yield* gates.succeed("a");
        yield* gates.succeed("ok");
        yield* handle.result;
        assert.include(yield* refused([{ id: "late" }]), "ended");
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );

  it.effect("skips new tasks whose dependency has failed", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction((task, { discover }) =>
        Effect.gen(function* () {
          if (task.id === "bad") return yield* Failure.make("permanent", "no");
          if (task.id === "b") yield* discover([{ id: "new", dependsOn: ["bad"] }]);
        }),
      );
      const { state } = yield* run([
        { id: "bad" },
        { id: "b", dependsOn: [{ task: "bad", onFailure: "run-anyway" }] },
      ]).pipe(Effect.provide(engine(agent)));
      assert.strictEqual(state.get("new")!.outcome, "Skipped");
    }),
  );

  it.effect("keeps concurrent additions apart", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }]);
        const results = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, index) => index),
          (index) => Effect.result(handle.add([{ id: `x${index % 10}` }, { id: `y${index}` }])),
          { concurrency: "unbounded" },
        );
        assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 10);
        assert.strictEqual(handle.state.size, 21);
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );
});

describe("the pool", () => {
  it.effect("goes on without a slot that is occupied for good", () =>
    Effect.gen(function* () {
      const { agent } = endless(Effect.never);
      const mixed: Agent.Agent = {
        ...agent,
        observe: (ref) =>
          ref.id.includes("/stuck/") ? Effect.never : Effect.succeed({ _tag: "Succeeded" }),
      };
      const handle = yield* start(
        [{ id: "stuck", timeoutSeconds: 1 }, { id: "b" }, { id: "c", dependsOn: ["b"] }],
        { deadlines: { cancel: 1 } },
      ).pipe(Effect.provide(engine({ agents: [{ agent: mixed }], slots: 2 })));
      yield* TestClock.adjust("2 seconds");
      const { outcome, state } = yield* handle.result;
      assert.strictEqual(outcome, "held");
      assert.deepStrictEqual(phases({ state }), { stuck: "Held", b: "Succeeded", c: "Succeeded" });
    }),
  );

  it.effect("waits for a slot that another run of the same pool holds", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const first = yield* start([{ id: "a" }]);
        const second = yield* start([{ id: "b" }]);
        yield* settle;
        assert.deepStrictEqual(gates.started, ["a"]);
        yield* gates.succeed("a");
        yield* first.result;
        yield* gates.succeed("b");
        assert.strictEqual((yield* second.result).outcome, "succeeded");
      }).pipe(Effect.provide(engine({ agents: [{ agent: gates.agent }], slots: 1 })));
    }),
  );

  it.effect("never lets more agents work than it has slots", () =>
    Effect.gen(function* () {
      let working = 0;
      let most = 0;
      const agent = Agent.fromFunction(() =>
        Effect.gen(function* () {
          most = Math.max(most, ++working);
          yield* Effect.sleep("1 second");
          working--;
        }),
      );
      const handle = yield* start(Array.from({ length: 50 }, (_, id) => ({ id: `t${id}` }))).pipe(
        Effect.provide(engine(agent)),
      );
      yield* TestClock.adjust("5 seconds");
      assert.strictEqual((yield* handle.result).summary.parallel_efficiency, 1);
      assert.strictEqual(most, 10);
    }),
  );

  it.effect("routes tasks to the agent they name", () =>
    Effect.gen(function* () {
      const worked: Array<string> = [];
      const named = (name: string) =>
        Agent.fromFunction((task) => Effect.sync(() => void worked.push(`${name}:${task.id}`)), {
          name,
        });
      const pool: AgentPool.Options = {
        agents: [{ agent: named("local") }, { agent: named("cloud"), slots: 1 }],
      };
      yield* run([{ id: "a" }, { id: "b", agent: "cloud" }, { id: "c", agent: "local" }]).pipe(
        Effect.provide(engine(pool)),
      );
      assert.deepStrictEqual(worked.toSorted(), ["cloud:b", "local:a", "local:c"]);
    }),
  );
});

it.effect("holds only what a held task keeps from running", () =>
  Effect.gen(function* () {
    const agent: Agent.Agent = {
      name: "remote",
      capabilities: { launch: "blind", cancel: true, remote: true },
      launch: ({ key, task }) =>
        task.id === "x"
          ? Effect.fail(new Agent.LaunchError({ reason: "Ambiguous", message: "lost" }))
          : Effect.succeed({ agent: "remote", id: key }),
      observe: () => Effect.succeed({ _tag: "Succeeded" }),
      cancel: () => Effect.void,
      find: () => Effect.succeed([]),
    };
    const { state } = yield* run(
      [
        { id: "x", priority: 20, resources: { gpu: 1 } },
        { id: "h", priority: 10, resources: { gpu: 2 } },
        { id: "l", resources: { gpu: 1 } },
      ],
      { mode: "priority", resources: { gpu: 2 } },
    ).pipe(Effect.provide(engine(agent)));
    assert.deepStrictEqual(phases({ state }), { x: "Held", h: "Held", l: "Succeeded" });
  }),
);

describe("a journal that cannot be written", () => {
  it.effect("answers who adds or cancels at that moment", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      const { journal } = FailingJournal.make({ failAt: 3 });
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b" }]);
        yield* settle;
        const added = yield* Effect.forkChild(Effect.result(handle.add([{ id: "c" }])));
        const cancelled = yield* Effect.forkChild(handle.cancelTask("b"));
        yield* settle;
        assert.strictEqual((yield* Fiber.join(added))._tag, "Failure");
        assert.isFalse(yield* Fiber.join(cancelled));
      }).pipe(
        Effect.provide(
          Orchestrator.Orchestrator.layer.pipe(
            Layer.provide(AgentPool.AgentPool.layer({ agents: [{ agent: gates.agent }] })),
            Layer.provide(Layer.succeed(Journal.Journal, journal)),
          ),
        ),
      );
    }),
  );

  it.effect("ends the run before the next effect", () =>
    Effect.gen(function* () {
      const launched: Array<string> = [];
      const agent = Agent.fromFunction((task) => Effect.sync(() => void launched.push(task.id)));
      let appends = 0;
      const failing = changed((id, append, events) =>
        ++appends < 2 ? append(events) : diskFull(id),
      );
      const error = yield* run([{ id: "a" }, { id: "b", dependsOn: ["a"] }]).pipe(
        Effect.flip,
        Effect.provide(
          Orchestrator.Orchestrator.layer.pipe(
            Layer.provide(AgentPool.AgentPool.layer({ agents: [{ agent }] })),
            Layer.provide(Layer.succeed(Journal.Journal, failing)),
          ),
        ),
      );
      assert.include(error.message, "disk full");
      assert.deepStrictEqual(launched, ["a"]);
    }),
  );
});

describe("the record", () => {
  it.effect("folds back to the state of the run", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction((task, { attempt }) =>
        task.id === "b" && attempt === 1 ? Effect.fail("once") : Effect.succeed({ id: task.id }),
      );
      const handle = yield* start(
        [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c", dependsOn: ["b"] }],
        { retry: { attempts: 2, delay: 0 } },
      ).pipe(Effect.provide(engine(agent)));
      yield* handle.result;
      const folded = RunState.RunState.fold(yield* eventsOf(handle));
      assert.deepStrictEqual([...folded.tasks()], [...handle.state.tasks()]);
      assert.strictEqual(folded.outcome, "succeeded");
      assert.strictEqual(folded.busyMillis, handle.state.busyMillis);
    }),
  );

  it.effect("is followed live from the first event by whoever comes late", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }]);
        yield* settle;
        const late = yield* Effect.forkChild(eventsOf(handle));
        yield* settle;
        yield* gates.succeed("a");
        const kinds = (yield* Fiber.join(late)).map(({ _tag }) => _tag);
        assert.deepStrictEqual(kinds, [
          "RunStarted",
          "TasksAdded",
          "TaskReady",
          "LaunchIntended",
          "AgentRunStarted",
          "AgentRunEnded",
          "TaskEnded",
          "RunEnded",
        ]);
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );
});

describe("landing", () => {
  it.effect("holds no slot and frees dependents at the gate they wait for", () =>
    Effect.gen(function* () {
      const landed = yield* Deferred.make<void>();
      const agent: Agent.Agent = {
        name: "coder",
        capabilities: { launch: "blind", cancel: true, remote: false },
        launch: ({ key }) => Effect.succeed({ agent: "coder", id: key }),
        observe: () => Effect.succeed({ _tag: "Succeeded", change: { branch: "b" } }),
        cancel: () => Effect.void,
        find: () => Effect.succeed([]),
      };
      const host = {
        gates: ["agent-ended", "pr-open", "merged"] as const,
        land: ({
          reached,
          task,
        }: {
          reached: (gate: Task.Gate) => Effect.Effect<void>;
          task: Task.Task;
        }) =>
          Effect.gen(function* () {
            yield* reached("pr-open");
            if (task.id === "a") yield* Deferred.await(landed);
            return { commit: `of-${task.id}` };
          }),
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([
          { id: "a" },
          { id: "at-pr", dependsOn: [{ task: "a", until: "pr-open" }] },
          { id: "at-merge", dependsOn: ["a"] },
        ]);
        yield* settle;
        assert.deepStrictEqual(phases(handle), {
          a: "Landing",
          "at-pr": "Succeeded",
          "at-merge": "Pending",
        });
        yield* Deferred.succeed(landed, undefined);
        const { state } = yield* handle.result;
        assert.strictEqual(state.get("a")!.commit, "of-a");
        assert.strictEqual(state.get("at-merge")!.outcome, "Succeeded");
      }).pipe(Effect.provide(engine({ agents: [{ agent }], slots: 1 }, host)));
    }),
  );
});

describe("a run that is stopped while changes land", () => {
  const coder: Agent.Agent = {
    name: "coder",
    capabilities: { launch: "blind", cancel: true, remote: false },
    launch: ({ key }) => Effect.succeed({ agent: "coder", id: key }),
    observe: () => Effect.succeed({ _tag: "Succeeded", change: { branch: "work" } }),
    cancel: () => Effect.void,
    find: () => Effect.succeed([]),
  };

  it.effect("lets them land within a grace", () =>
    Effect.gen(function* () {
      const host = {
        gates: ["agent-ended", "merged"] as const,
        land: () => Effect.as(Effect.sleep("1 second"), { commit: "c" }),
      };
      const handle = yield* start([{ id: "a" }]).pipe(Effect.provide(engine(coder, host)));
      yield* settle;
      yield* handle.cancel();
      yield* TestClock.adjust("1 second");
      const { outcome, state } = yield* handle.result;
      assert.strictEqual(outcome, "cancelled");
      assert.strictEqual(state.get("a")!.outcome, "Succeeded");
    }),
  );

  it.effect("says on which branch the work is that did not land", () =>
    Effect.gen(function* () {
      const host = { gates: ["agent-ended", "merged"] as const, land: () => Effect.never };
      const handle = yield* start([{ id: "a" }]).pipe(Effect.provide(engine(coder, host)));
      yield* settle;
      yield* handle.cancel("enough");
      yield* TestClock.adjust("2 seconds");
      const { state } = yield* handle.result;
      assert.deepStrictEqual(state.get("a")!.reason, {
        _tag: "Stopped",
        message: "enough; its work is on branch work, not landed",
      });
    }),
  );
});

describe("modes", () => {
  it.effect("sequential runs one task after another in the order of the plan", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        yield* start([{ id: "a" }, { id: "b", priority: 9 }, { id: "c" }], { mode: "sequential" });
        yield* settle;
        assert.deepStrictEqual(gates.started, ["a"]);
        yield* gates.succeed("a");
        assert.deepStrictEqual(gates.started, ["a", "b"]);
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );

  it.effect("keeps tasks apart whose claims may overlap", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        yield* start([
          { id: "a", claims: ["src/auth/**"] },
          { id: "b", claims: ["src/*/login.ts"] },
          { id: "c", claims: ["docs/**"] },
        ]);
        yield* settle;
        assert.deepStrictEqual(gates.started, ["a", "c"]);
        yield* gates.succeed("a");
        assert.deepStrictEqual(gates.started, ["a", "c", "b"]);
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );
});

it.effect("an orchestrator can run many plans, one after the other and at once", () =>
  Effect.gen(function* () {
    const service = yield* Orchestrator.Orchestrator;
    const results = yield* Effect.all(
      [service.run([{ id: "a" }]), service.run([{ id: "a" }]), service.run([{ id: "b" }])],
      { concurrency: "unbounded" },
    );
    assert.strictEqual(new Set(results.map(({ run: id }) => id)).size, 3);
  }).pipe(Effect.provide(engine(Agent.fromFunction(() => Effect.void)))),
);

describe("a back-end whose quota is used up", () => {
  it.effect("gets nothing more, finishes what it has, and the rest is held with its words", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({
        a: ScriptedAgent.succeeds(1, "1 minute"),
        b: { refuse: { reason: "Exhausted", message: "the plan allows no more agent runs" } },
      });
      const plan = [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d", dependsOn: ["a"] }];
      yield* Effect.gen(function* () {
        const handle = yield* start(plan);
        yield* TestClock.adjust("2 minutes");
        const { outcome, state } = yield* handle.result;
        assert.strictEqual(outcome, "held");
        assert.deepStrictEqual(phases({ state }), {
          a: "Succeeded",
          b: "Held",
          c: "Held",
          d: "Held",
        });
        const reason = state.get("d")!.reason;
        assert.include(reason?._tag === "NeedsDecision" ? reason.question : "", "no more agent");
        assert.lengthOf(scripted.launches, 2);
      }).pipe(Effect.provide(engine({ agents: [{ agent: scripted.agent }], slots: 2 })));
    }),
  );
});

it.effect("a launch may wait for its turn inside of its agent before its deadline begins", () =>
  Effect.gen(function* () {
    const scripted = ScriptedAgent.make(
      { a: { answersAfter: "100 seconds" } },
      {
        capabilities: {
          launch: "blind",
          remote: true,
          launchDeadlineSeconds: 60,
          launchPatienceSeconds: 60,
        },
      },
    );
    const handle = yield* start([{ id: "a" }]).pipe(Effect.provide(engine(scripted.agent)));
    yield* TestClock.adjust("2 minutes");
    assert.strictEqual((yield* handle.result).outcome, "succeeded");
  }),
);
