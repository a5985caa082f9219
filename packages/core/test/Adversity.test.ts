import { assert, describe, it } from "@effect/vitest";
import {
  Agent,
  AgentPool,
  CodeHost,
  Journal,
  Orchestrator,
  RunState,
  type RunEvent,
  type Task,
} from "@orchestrator/core";
import { FailingJournal, ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import { TestClock } from "effect/testing";
import * as PromiseAgent from "../src/internal/PromiseAgent.ts";
import * as wellFormed from "../src/internal/wellFormed.ts";
import { engine, eventsOf, makeGates, phases, run, settle, start } from "./support/engine.ts";
import { changed, diskFull } from "./support/journals.ts";

const changes = { end: { _tag: "Succeeded", change: { branch: "work" } } } as const;

const steady = { delay: "1 second", jitter: false } as const;

/** As `engine`, with a journal of the test's. */
const journalled = (
  journal: Journal.Journal["Service"],
  options: AgentPool.Options,
  host?: CodeHost.CodeHost["Service"],
) => {
  const parts = Layer.mergeAll(
    AgentPool.AgentPool.layer(options),
    Layer.succeed(Journal.Journal, journal),
    host === undefined ? Layer.empty : Layer.succeed(CodeHost.CodeHost, host),
  );
  return Orchestrator.Orchestrator.layer.pipe(Layer.provideMerge(parts));
};

/** The kinds of the events about a task, in their order. */
const kindsOf = (events: ReadonlyArray<RunEvent.RunEvent>, task: string) =>
  events.filter((event) => "task" in event && event.task === task).map(({ _tag }) => _tag);

const outcomes = (result: { readonly state: RunState.RunState }) =>
  Object.fromEntries(Array.from(result.state.tasks(), ({ outcome, task }) => [task.id, outcome]));

const throws = (): never => {
  throw new Error("a bug of the adapter");
};

describe("an adapter that throws", () => {
  const tasks = [{ id: "bad" }, { id: "good" }];

  it.effect("fails the task whose launch it broke, if nothing of it is found, and goes on", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make();
      const broken: Agent.Agent = {
        ...agent,
        launch: (request) => (request.task.id === "bad" ? throws() : agent.launch(request)),
      };
      const result = yield* run(tasks).pipe(Effect.provide(engine(broken)));
      assert.deepStrictEqual(outcomes(result), { bad: "Failed", good: "Succeeded" });
      assert.include(JSON.stringify(result.state.get("bad")!.reason), "a bug of the adapter");
    }),
  );

  it.effect("fails the task it can no longer observe, once that is cancelled", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ good: ScriptedAgent.succeeds() });
      const broken: Agent.Agent = { ...scripted.agent, observe: throws };
      const result = yield* run([{ id: "bad" }]).pipe(Effect.provide(engine(broken)));
      assert.deepStrictEqual(outcomes(result), { bad: "Failed" });
      assert.strictEqual(scripted.cancels.length, 1);
      assert.strictEqual(scripted.launches.length, 1);
    }),
  );

  it.effect("holds the task whose cancellation it broke", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ bad: ScriptedAgent.neverEnds });
      yield* Effect.gen(function* () {
        const handle = yield* start(tasks);
        yield* settle;
        assert.isTrue(yield* handle.cancelTask("bad"));
        const result = yield* handle.result;
        assert.deepStrictEqual(outcomes(result), { bad: "Held", good: "Succeeded" });
      }).pipe(Effect.provide(engine({ ...agent, cancel: throws })));
    }),
  );

  it.effect("fails the task whose landing it broke", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ bad: changes });
      const host = { gates: ["merged"], land: throws } as const;
      const result = yield* run(tasks).pipe(Effect.provide(engine(agent, host)));
      assert.deepStrictEqual(outcomes(result), { bad: "Failed", good: "Succeeded" });
    }),
  );

  it.effect("leaves a task without a known duration and goes on", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction((task, context) =>
        task.id === "good" ? context.discover([{ id: "new" }]) : Effect.void,
      );
      const durations = (task: Task.Task) => (task.id === "new" ? throws() : 1);
      const result = yield* run(tasks, { durations }).pipe(Effect.provide(engine(agent)));
      assert.deepStrictEqual(outcomes(result), {
        bad: "Succeeded",
        good: "Succeeded",
        new: "Succeeded",
      });
    }),
  );
});

describe("an agent that answers nonsense", () => {
  const ends: ReadonlyArray<unknown> = [
    undefined,
    null,
    "done",
    {},
    { _tag: "Finished" },
    { _tag: "Failed" },
    { _tag: "Failed", failure: { class: "odd", message: "?" } },
    { _tag: "Waiting" },
  ];

  it.effect("fails the task whose end nobody can read, after cancelling it", () =>
    Effect.gen(function* () {
      for (const end of ends) {
        const scripted = ScriptedAgent.make();
        const { agent } = scripted;
        const odd: Agent.Agent = {
          ...agent,
          observe: () => Effect.succeed(end as Agent.AgentRunEnd),
        };
        const result = yield* run([{ id: "a" }]).pipe(Effect.provide(engine(odd)));
        assert.deepStrictEqual(outcomes(result), { a: "Failed" }, JSON.stringify(end));
        assert.strictEqual(scripted.cancels.length, 1);
      }
    }),
  );
});

/** Things that are no tasks, and the name they are reported under. */
const malformed: ReadonlyArray<readonly [task: unknown, name: string]> = [
  [undefined, "tasks[0]"],
  [null, "tasks[0]"],
  ["a", "tasks[0]"],
  [[], "tasks[0]"],
  [{}, "tasks[0]"],
  [{ id: "" }, "tasks[0]"],
  [{ id: 7 }, "tasks[0]"],
  [{ id: "a", title: 7 }, "a"],
  [{ id: "a", dependsOn: undefined }, "a"],
  [{ id: "a", dependsOn: "good" }, "a"],
  [{ id: "a", dependsOn: [null] }, "a"],
  [{ id: "a", dependsOn: [{ until: "merged" }] }, "a"],
  [{ id: "a", dependsOn: [{ task: "good", until: "done" }] }, "a"],
  [{ id: "a", claims: "src" }, "a"],
  [{ id: "a", claims: [undefined] }, "a"],
  [{ id: "a", resources: null }, "a"],
  [{ id: "a", resources: { gpu: -5 } }, "a"],
  [{ id: "a", resources: { gpu: Number.NaN } }, "a"],
  [{ id: "a", retry: null }, "a"],
  [{ id: "a", retry: { attempts: -1 } }, "a"],
  [{ id: "a", retry: { attempts: 1.5 } }, "a"],
  [{ id: "a", timeoutSeconds: 0 }, "a"],
  [{ id: "a", priority: Infinity }, "a"],
  [{ id: "a", payload: () => 1 }, "a"],
];

/** The words that the shape of a task is refused with. */
const complaint = (name: string) => `${JSON.stringify(name)} is not a task`;

describe("the shape of a task", () => {
  it("is refused under its id, or its place if it has none", () => {
    for (const [task, name] of malformed) {
      const found = wellFormed.problems([task]);
      assert.deepStrictEqual(
        found.map((problem) => ("task" in problem ? [problem._tag, problem.task] : [])),
        [["InvalidTask", name]],
      );
    }
  });

  it("is told for every task of a list by its own place", () => {
    const found = wellFormed.problems([{ id: "a" }, null, { id: "b" }, { id: 1 }]);
    assert.deepStrictEqual(
      found.map((problem) => ("task" in problem ? problem.task : "")),
      ["tasks[1]", "tasks[3]"],
    );
  });

  it("is fine with everything a task may state", () => {
    const full = {
      id: "a",
      title: "A",
      prompt: "do it",
      payload: { deep: [1, null, "x"] },
      dependsOn: ["b", { task: "c", until: "pr-open", onFailure: "hold", source: "plan:1" }],
      agent: "x",
      priority: -1,
      timeoutSeconds: 0.5,
      estimateSeconds: 10,
      retry: { attempts: 0, delaySeconds: 0 },
      onDependencyFailure: "run-anyway",
      resources: { gpu: 1 },
      claims: ["src/**"],
      expectChange: true,
    };
    assert.deepStrictEqual(wellFormed.problems([full, { id: "b", dependsOn: [] }]), []);
    assert.deepStrictEqual(wellFormed.problems([]), []);
  });

  it.effect("keeps a plan from running", () =>
    Effect.gen(function* () {
      for (const [task, name] of malformed) {
        const error = yield* Effect.flip(run([task as Task.Task]));
        assert.strictEqual(error._tag, "PlanInvalid");
        assert.include(error.message, complaint(name));
      }
    }).pipe(Effect.provide(engine(ScriptedAgent.make().agent))),
  );

  it.effect("keeps an addition out and lets the run go on", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "good" }]);
        for (const [task, name] of malformed) {
          const error = yield* Effect.flip(handle.add([task as Task.Task]));
          assert.strictEqual(error._tag, "DiscoveryRejected");
          assert.include(error.message, complaint(name));
        }
        yield* handle.add([{ id: "a" }]);
        yield* gates.succeed("good");
        yield* gates.succeed("a");
        assert.deepStrictEqual(outcomes(yield* handle.result), {
          good: "Succeeded",
          a: "Succeeded",
        });
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );

  it.effect("keeps out what an agent discovers and lets the agent go on", () =>
    Effect.gen(function* () {
      for (const [task, name] of malformed) {
        const scripted = ScriptedAgent.make({ good: { discover: [task as Task.Task] } });
        const result = yield* run([{ id: "good" }]).pipe(Effect.provide(engine(scripted.agent)));
        assert.deepStrictEqual(outcomes(result), { good: "Succeeded" });
        assert.include(scripted.rejections[0]?.message, complaint(name));
      }
    }),
  );

  it.effect("fails an agent that does not expect its discovery to be refused", () =>
    Effect.gen(function* () {
      const agent = Agent.fromFunction((_, context) =>
        context.discover([{ id: "a", resources: { gpu: -1 } }]),
      );
      const result = yield* run([{ id: "good" }], { retry: { attempts: 1 } }).pipe(
        Effect.provide(engine(agent)),
      );
      assert.deepStrictEqual(outcomes(result), { good: "Failed" });
      const { reason } = result.state.get("good")!;
      assert.strictEqual(reason?._tag, "AttemptFailed");
      assert.include(JSON.stringify(reason), "is not a task");
    }),
  );
});

describe("options and lists that change or say nothing", () => {
  it.effect("takes parts of the retry policy that are undefined for absent", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.fails("no") });
      yield* Effect.gen(function* () {
        const nothing = undefined as unknown as number;
        const handle = yield* start([{ id: "a" }], {
          retry: { attempts: nothing, delay: nothing, maxDelay: nothing },
        });
        yield* TestClock.adjust("1 hour");
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Failed" });
        assert.strictEqual(scripted.launches.length, 3);
      }).pipe(Effect.provide(engine(scripted.agent)));
    }),
  );

  it.effect("keeps the plan as it was given", () =>
    Effect.gen(function* () {
      const list: Array<Task.Task> = [{ id: "a" }];
      const handle = yield* start(list);
      list.push({ id: "b" });
      yield* handle.result;
      assert.strictEqual(RunState.RunState.fold(yield* eventsOf(handle)).size, 1);
    }).pipe(Effect.provide(engine(ScriptedAgent.make().agent))),
  );

  it.effect("keeps an addition as it was given while it is under way", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "root" }]);
      yield* settle;
      const list = Array.from({ length: 3000 }, (_, n) => ({ id: `n${n}`, dependsOn: ["root"] }));
      const adding = yield* Effect.forkChild(handle.add(list));
      yield* Effect.yieldNow;
      list.length = 0;
      yield* Fiber.join(adding);
      yield* handle.add([{ id: "next" }]);
      assert.strictEqual(handle.state.size, 3002);
    }).pipe(Effect.provide(engine(ScriptedAgent.make({ root: ScriptedAgent.neverEnds }).agent))),
  );
});

describe("a journal that fails", () => {
  const neverEnds = (): AgentPool.Options => ({
    agents: [{ agent: ScriptedAgent.make({ a: ScriptedAgent.neverEnds }).agent }],
  });

  const asks: ReadonlyArray<
    readonly [
      what: string,
      ask: (handle: Orchestrator.RunHandle) => Effect.Effect<unknown, unknown>,
    ]
  > = [
    ["adds", (handle) => handle.add([{ id: "b", dependsOn: ["a"] }])],
    ["cancels a task", (handle) => handle.cancelTask("a")],
  ];

  it.effect.each(asks)("answers whoever %s at that moment", ([, ask]) =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }]);
      yield* settle;
      const asking = yield* Effect.forkChild(Effect.exit(ask(handle)));
      const error = yield* Effect.flip(handle.result);
      assert.strictEqual(error._tag, "JournalError");
      yield* settle;
      assert.isDefined(asking.pollUnsafe());
    }).pipe(Effect.provide(journalled(FailingJournal.make({ failAt: 3 }).journal, neverEnds()))),
  );

  it.effect("fails the events with its error", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }]);
      yield* settle;
      const following = yield* Effect.forkChild(Effect.flip(eventsOf(handle)));
      yield* settle;
      yield* handle.cancel();
      assert.strictEqual((yield* Fiber.join(following))._tag, "JournalError");
      assert.strictEqual((yield* Effect.flip(eventsOf(handle)))._tag, "JournalError");
    }).pipe(Effect.provide(journalled(FailingJournal.make({ failAt: 3 }).journal, neverEnds()))),
  );

  it.effect("gives back the slots of agents that were never asked", () => {
    const scripted = ScriptedAgent.make();
    const journal = changed((id, append, events) => (id === "A" ? diskFull(id) : append(events)));
    return Effect.gen(function* () {
      assert.isTrue(Exit.isFailure(yield* Effect.exit(run([{ id: "a" }], { run: "A" }))));
      assert.strictEqual(scripted.launches.length, 0);
      const result = yield* run([{ id: "b" }], { run: "B" });
      assert.deepStrictEqual(outcomes(result), { b: "Succeeded" });
    }).pipe(Effect.provide(journalled(journal, { agents: [{ agent: scripted.agent }], slots: 1 })));
  });

  it.effect("keeps the slots of agents that may still work, and tells the other runs", () => {
    const { agent } = ScriptedAgent.make({ a: ScriptedAgent.neverEnds });
    let isBroken = false;
    const journal = changed((id, append, events) =>
      isBroken && id === "A" ? diskFull(id) : append(events),
    );
    return Effect.gen(function* () {
      const first = yield* start([{ id: "a" }], { run: "A" });
      yield* settle;
      const second = yield* start([{ id: "b" }], { run: "B" });
      yield* settle;
      isBroken = true;
      yield* first.cancel();
      assert.strictEqual((yield* Effect.flip(first.result))._tag, "JournalError");
      assert.deepStrictEqual(outcomes(yield* second.result), { b: "Held" });
    }).pipe(Effect.provide(journalled(journal, { agents: [{ agent }], slots: 1 })));
  });
});

it.effect("a slot that is forfeited wakes the other runs that wait for it", () =>
  Effect.gen(function* () {
    const first = yield* start([{ id: "a" }]);
    yield* settle;
    const second = yield* start([{ id: "b" }]);
    yield* settle;
    yield* first.cancel();
    assert.strictEqual((yield* first.result).summary.held, 1);
    assert.deepStrictEqual(outcomes(yield* second.result), { b: "Held" });
  }).pipe(
    Effect.provide(
      engine({
        agents: [
          {
            agent: ScriptedAgent.make({ a: { ...ScriptedAgent.neverEnds, cancel: "fails" } }).agent,
          },
        ],
        slots: 1,
      }),
    ),
  ),
);

describe("cancelling a task at an awkward moment", () => {
  it.effect("goes before a timeout whose cancellation is under way", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: ScriptedAgent.neverEnds });
      const slow: Agent.Agent = {
        ...scripted.agent,
        cancel: (ref) => Effect.delay(scripted.agent.cancel(ref), "5 seconds"),
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a", timeoutSeconds: 10 }], { retry: steady });
        yield* TestClock.adjust("12 seconds");
        assert.isTrue(yield* handle.cancelTask("a"));
        yield* TestClock.adjust("1 hour");
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Cancelled" });
        assert.strictEqual(scripted.launches.length, 1);
        assert.strictEqual(scripted.cancels.length, 1);
      }).pipe(Effect.provide(engine(slow)));
    }),
  );

  const conflict = Effect.fail(
    new CodeHost.LandingError({ reason: "Conflict", message: "does not fit", paths: [] }),
  );

  it.effect("lets no attempt follow a landing that ends with a conflict", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: changes });
      const host: CodeHost.CodeHost["Service"] = {
        gates: ["merged"],
        land: () => Effect.uninterruptible(Effect.delay(conflict, "5 seconds")),
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }], { retry: steady });
        yield* TestClock.adjust("1 second");
        assert.deepStrictEqual(phases(handle), { a: "Landing" });
        assert.isTrue(yield* handle.cancelTask("a"));
        yield* TestClock.adjust("1 hour");
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Cancelled" });
        assert.strictEqual(scripted.launches.length, 1);
      }).pipe(Effect.provide(engine(scripted.agent, host)));
    }),
  );

  it.effect("lets no attempt follow a conflict that arrives in the same turn", () => {
    const scripted = ScriptedAgent.make({ a: changes });
    const slow = changed((_, append, events) => Effect.delay(append(events), "1 second"));
    const host: CodeHost.CodeHost["Service"] = {
      gates: ["merged"],
      land: () => Effect.delay(conflict, "9 seconds"),
    };
    return Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }], { retry: steady });
      yield* TestClock.adjust("1 second");
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual(phases(handle), { a: "Landing" });
      // The conflict arrives while the addition is written, after the request to cancel.
      yield* TestClock.adjust("8500 millis");
      yield* Effect.forkChild(Effect.exit(handle.add([{ id: "z", dependsOn: ["a"] }])));
      yield* settle;
      const cancelling = yield* Effect.forkChild(handle.cancelTask("a"));
      yield* TestClock.adjust("1 hour");
      assert.isTrue(yield* Fiber.join(cancelling));
      assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Cancelled", z: "Skipped" });
      assert.include(kindsOf(yield* eventsOf(handle), "a"), "LandingFailed");
      assert.strictEqual(scripted.launches.length, 1);
    }).pipe(Effect.provide(journalled(slow, { agents: [{ agent: scripted.agent }] }, host)));
  });

  it.effect("comes too late for a change that merges all the same", () =>
    Effect.gen(function* () {
      const scripted = ScriptedAgent.make({ a: changes });
      const host: CodeHost.CodeHost["Service"] = {
        gates: ["merged"],
        land: ({ reached }) =>
          Effect.uninterruptible(
            Effect.gen(function* () {
              yield* Effect.sleep("5 seconds");
              yield* reached("merged");
              return { commit: "abc" };
            }),
          ),
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b", dependsOn: ["a"] }]);
        yield* TestClock.adjust("1 second");
        assert.isTrue(yield* handle.cancelTask("a"));
        yield* TestClock.adjust("1 hour");
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Succeeded", b: "Succeeded" });
      }).pipe(Effect.provide(engine(scripted.agent, host)));
    }),
  );

  it.effect("finds no task while the task is being added, and the addition stays whole", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "t0" }]);
      yield* settle;
      const many = Array.from({ length: 20_000 }, (_, n) => ({ id: `n${n}`, dependsOn: ["t0"] }));
      const adding = yield* Effect.forkChild(handle.add(many));
      const answers: Array<boolean> = [];
      while (handle.state.size === 1) {
        yield* Effect.yieldNow;
        const size = handle.state.size;
        const answer = yield* handle.cancelTask("n0");
        if (size === 1 && handle.state.size === 1) answers.push(answer);
      }
      yield* Fiber.join(adding);
      assert.isAbove(answers.length, 0);
      assert.notInclude(answers, true);
      assert.strictEqual(handle.state.size, 20_001);
      yield* handle.cancel();
      assert.strictEqual(RunState.RunState.fold(yield* eventsOf(handle)).size, 20_001);
    }).pipe(Effect.provide(engine(ScriptedAgent.make({ t0: ScriptedAgent.neverEnds }).agent))),
  );
});

describe("a launch that never answers", () => {
  const silent = { a: { answersAfter: Infinity } };
  const { agent } = ScriptedAgent.make(silent, { capabilities: { launch: "blind" } });

  it.effect("ends held a launch deadline after its task timed out", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }], { timeout: "10 seconds" });
      yield* TestClock.adjust("69 seconds");
      assert.isUndefined(handle.state.outcome);
      yield* TestClock.adjust("2 seconds");
      assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Held" });
    }).pipe(Effect.provide(engine(agent))),
  );

  it.effect("ends held a launch deadline after the run was stopped", () =>
    Effect.gen(function* () {
      const deadlines = { launch: "5 seconds" } as const;
      const handle = yield* start([{ id: "a" }], { timeout: "1 day", deadlines });
      yield* TestClock.adjust("1 hour");
      yield* handle.cancel();
      yield* TestClock.adjust("4 seconds");
      assert.isUndefined(handle.state.outcome);
      yield* TestClock.adjust("2 seconds");
      assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Held" });
    }).pipe(Effect.provide(engine(agent))),
  );

  it.effect("lets the scope of its run close", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      yield* Scope.provide(start([{ id: "a" }]), scope);
      yield* settle;
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
      yield* TestClock.adjust("61 seconds");
      assert.isDefined(closing.pollUnsafe());
    }).pipe(Effect.provide(engine(agent))),
  );
});

it.effect("a program that ends does not wait for the search of a lost launch", () =>
  Effect.gen(function* () {
    const scripted = ScriptedAgent.make(
      { a: ScriptedAgent.refuses("Ambiguous") },
      { capabilities: { launch: "findable", remote: true } },
    );
    const scope = yield* Scope.make();
    const handle = yield* Scope.provide(start([{ id: "a" }]), scope).pipe(
      Effect.provide(engine(scripted.agent)),
    );
    yield* TestClock.adjust("10 seconds");
    assert.deepStrictEqual(phases(handle), { a: "Launching" });
    yield* Scope.close(scope, Exit.void);
    assert.deepStrictEqual(phases(handle), { a: "Held" });
  }),
);

describe("the record of a run", () => {
  it.effect("says once that the run stops, however many tasks fail", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b" }, { id: "c" }], {
          failFast: true,
          retry: { attempts: 1 },
        });
        yield* settle;
        for (const task of ["a", "b", "c"]) yield* gates.fail(task);
        const events = yield* eventsOf(handle);
        assert.strictEqual(events.filter(({ _tag }) => _tag === "RunStopping").length, 1);
      }).pipe(Effect.provide(engine(gates.agent)));
    }),
  );

  it.effect("says once that the run stops when tasks wait for their next attempt", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({
        a: ScriptedAgent.fails("no"),
        b: ScriptedAgent.fails("no"),
        c: ScriptedAgent.fails("never", "permanent", "1 second"),
      });
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b" }, { id: "c" }], { failFast: true });
        yield* TestClock.adjust("1 second");
        const events = yield* eventsOf(handle);
        assert.strictEqual(events.filter(({ _tag }) => _tag === "RunStopping").length, 1);
        assert.include(handle.state.stopping?.message, "c failed");
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("hears nothing of an attempt after its end", () =>
    Effect.gen(function* () {
      const late: Array<Exit.Exit<void, unknown>> = [];
      const agent = Agent.fromFunction((task, context) =>
        task.id === "b"
          ? Effect.never
          : Effect.forkDetach(
              Effect.gen(function* () {
                yield* Effect.sleep("5 seconds");
                yield* context.progress("still here");
                yield* context.unknownStatus("odd");
                late.push(yield* Effect.exit(context.discover([{ id: "zombie" }])));
              }),
            ).pipe(Effect.asVoid),
      );
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b" }]);
        yield* TestClock.adjust("10 seconds");
        yield* handle.cancel();
        const events = yield* eventsOf(handle);
        assert.strictEqual(kindsOf(events, "a").at(-1), "TaskEnded");
        assert.strictEqual(handle.state.size, 2);
        assert.isTrue(late[0] !== undefined && Exit.isFailure(late[0]));
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("never goes back in time with a slow journal", () => {
    const slow = changed((_, append, events) => Effect.delay(append(events), "10 seconds"));
    const agent = Agent.fromFunction((task, context) =>
      task.id === "a"
        ? Effect.sleep("1 second")
        : Effect.delay(Effect.andThen(context.progress("on it"), Effect.never), "5 seconds"),
    );
    return Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }, { id: "b" }]);
      yield* TestClock.adjust("100 seconds");
      yield* handle.cancel();
      yield* TestClock.adjust("100 seconds");
      const times = (yield* eventsOf(handle)).map(({ at }) => at);
      assert.deepStrictEqual(
        times,
        times.toSorted((one, other) => one - other),
      );
    }).pipe(Effect.provide(journalled(slow, { agents: [{ agent }], slots: 2 })));
  });
});

describe("progress", () => {
  it.effect("goes on while agents work in silence", () =>
    Effect.gen(function* () {
      const handle = yield* start([{ id: "a" }]);
      yield* settle;
      const seen: Array<number> = [];
      for (const wait of ["10 seconds", "100 seconds"] as const) {
        yield* TestClock.adjust(wait);
        seen.push((yield* handle.progress).elapsed_seconds);
      }
      assert.deepStrictEqual(seen, [10, 110]);
    }).pipe(Effect.provide(engine(ScriptedAgent.make({ a: ScriptedAgent.neverEnds }).agent))),
  );

  it.effect("takes the average duration of tasks that did their work", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({
        a: ScriptedAgent.neverEnds,
        b: ScriptedAgent.succeeds(1, "10 seconds"),
      });
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }, { id: "b" }]);
        yield* TestClock.adjust("100 seconds");
        yield* handle.cancelTask("a");
        yield* handle.result;
        assert.strictEqual((yield* handle.progress).average_duration_seconds, 10);
      }).pipe(Effect.provide(engine(agent)));
    }),
  );
});

it.effect("effect keys differ however runs and tasks are named", () =>
  Effect.gen(function* () {
    const scripted = ScriptedAgent.make({}, { capabilities: { launch: "idempotent" } });
    yield* Effect.gen(function* () {
      yield* run([{ id: "x/y" }], { run: "r" });
      yield* run([{ id: "y" }], { run: "r/x" });
      yield* run([{ id: "y" }], { run: "r%2Fx" });
    }).pipe(Effect.provide(engine(scripted.agent)));
    assert.strictEqual(new Set(scripted.launches.map(({ key }) => key)).size, 3);
  }),
);

it.effect("a run id is used once", () =>
  Effect.gen(function* () {
    yield* run([{ id: "a" }], { run: "R" });
    const error = yield* Effect.flip(run([{ id: "b" }], { run: "R" }));
    assert.strictEqual(error._tag, "RunExists");
    assert.include(error.message, "R exists already");
    yield* run([{ id: "b" }], { run: "S" });
  }).pipe(Effect.provide(engine(ScriptedAgent.make().agent))),
);

it.effect("tasks for a slot that is lost keep no resource from the others", () =>
  Effect.gen(function* () {
    const lost = { ...ScriptedAgent.neverEnds, cancel: "fails" } as const;
    const x = ScriptedAgent.make({ lost }, { name: "x" }).agent;
    const y = ScriptedAgent.make({ y0: ScriptedAgent.succeeds(1, "20 seconds") }, { name: "y" });
    const resources = { gpu: 1 };
    yield* Effect.gen(function* () {
      const handle = yield* start(
        [
          { id: "y0", agent: "y", resources, priority: 9 },
          { id: "x1", agent: "x", resources, priority: 5 },
          { id: "x2", agent: "x", resources, priority: 5 },
          { id: "lost", agent: "x", timeoutSeconds: 1, priority: 1 },
          { id: "y1", agent: "y", resources },
        ],
        { mode: "priority", resources, retry: { attempts: 1 } },
      );
      yield* TestClock.adjust("1 hour");
      const { x1, x2, y1 } = outcomes(yield* handle.result);
      assert.deepStrictEqual({ x1, x2, y1 }, { x1: "Held", x2: "Held", y1: "Succeeded" });
    }).pipe(
      Effect.provide(
        engine({
          agents: [
            { agent: x, slots: 1 },
            { agent: y.agent, slots: 1 },
          ],
          slots: 2,
        }),
      ),
    );
  }),
);

it.effect("interrupting a run ends it in every phase and launches nothing more", () =>
  Effect.gen(function* () {
    const slowly = { answersAfter: "10 seconds", after: "10 seconds" } as const;
    const places: ReadonlyArray<
      readonly [phase: string, step: ScriptedAgent.Step, remote: boolean, timeout: number]
    > = [
      ["Launching", slowly, false, 600],
      ["Launching", slowly, true, 600],
      ["Running", { after: "10 seconds" }, false, 600],
      ["BackingOff", ScriptedAgent.fails("no"), false, 600],
      ["BackingOff", ScriptedAgent.refuses("NotSent"), false, 600],
      ["Landing", changes, false, 600],
      ["Running", { ...ScriptedAgent.neverEnds, cancel: "hangs" }, false, 1],
    ];
    const host = { gates: ["merged"], land: () => Effect.never } as const;
    for (const [phase, step, remote, timeoutSeconds] of places) {
      const scripted = ScriptedAgent.make({ a: step }, { capabilities: { remote } });
      const options: AgentPool.Options = { agents: [{ agent: scripted.agent }], slots: 1 };
      yield* Effect.gen(function* () {
        const scope = yield* Scope.make();
        const plan = [
          { id: "a", timeoutSeconds },
          { id: "b", dependsOn: ["a"] },
        ];
        const handle = yield* Scope.provide(start(plan), scope);
        yield* TestClock.adjust("3 seconds");
        assert.strictEqual(phases(handle)["a"], phase);
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
        yield* TestClock.adjust("100 seconds");
        assert.isDefined(closing.pollUnsafe(), phase);
        assert.isDefined(handle.state.outcome);
        assert.strictEqual(scripted.launches.length, 1);
      }).pipe(Effect.provide(engine(options, host)));
    }
  }),
);

describe("an agent made of promises", () => {
  const task = { id: "a", timeoutSeconds: 10 };

  it.effect("starts no attempt before the promise of the last one has settled", () =>
    Effect.gen(function* () {
      let answer: (output: string) => void = throws;
      const deaf = new Promise<string>((resolve) => (answer = resolve));
      const signals: Array<AbortSignal> = [];
      const agent = PromiseAgent.make((_, { attempt }, signal) => {
        signals.push(signal);
        return attempt === 1 ? deaf : Promise.resolve("done");
      });
      yield* Effect.gen(function* () {
        const handle = yield* start([task], { retry: steady });
        yield* TestClock.adjust("30 seconds");
        assert.deepStrictEqual(
          signals.map(({ aborted }) => aborted),
          [true],
        );
        answer("too late");
        yield* Effect.promise(() => deaf);
        yield* settle;
        assert.deepStrictEqual(phases(handle), { a: "BackingOff" });
        yield* TestClock.adjust("1 second");
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Succeeded" });
        assert.strictEqual(signals.length, 2);
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("takes a promise that rejects when it is asked to stop for stopped", () =>
    Effect.gen(function* () {
      const agent = PromiseAgent.make(
        (_, __, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(new Error("aborted")));
          }),
      );
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }]);
        yield* settle;
        assert.isTrue(yield* handle.cancelTask("a"));
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Cancelled" });
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("leaves the task held when its promise never settles", () =>
    Effect.gen(function* () {
      let calls = 0;
      const agent = PromiseAgent.make(() => {
        calls++;
        return new Promise(() => undefined);
      });
      yield* Effect.gen(function* () {
        const handle = yield* start([task], { retry: steady, deadlines: { cancel: "20 seconds" } });
        yield* TestClock.adjust("29 seconds");
        assert.isUndefined(handle.state.outcome);
        yield* TestClock.adjust("2 seconds");
        assert.deepStrictEqual(outcomes(yield* handle.result), { a: "Held" });
        assert.strictEqual(calls, 1);
      }).pipe(Effect.provide(engine(agent)));
    }),
  );

  it.effect("fails the attempt whose function throws at once", () =>
    Effect.gen(function* () {
      const result = yield* run([task], { retry: { attempts: 1 } }).pipe(
        Effect.provide(engine(PromiseAgent.make(throws))),
      );
      assert.include(JSON.stringify(result.state.get("a")!.reason), "a bug of the adapter");
    }),
  );
});
