import { assert, describe, it } from "@effect/vitest";
import {
  type Agent,
  AgentPool,
  Budget,
  Journal,
  Orchestrator,
  RunState,
  type Task,
} from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";
import * as fc from "fast-check";
import { phases, settle } from "./support/engine.ts";

type Script = ReadonlyArray<ScriptedAgent.ScriptedAgent>;

/** What an agent run that costs so much ends with. */
const costs = (costUsd: number, after = 1): ScriptedAgent.Step => ({
  after: `${after} seconds`,
  end: { _tag: "Succeeded", usage: { costUsd, inputTokens: 1000, outputTokens: 0 } },
});

const failsAt = (costUsd: number, message = "no"): ScriptedAgent.Step => ({
  after: "1 second",
  end: { _tag: "Failed", failure: { class: "agent", message }, usage: { costUsd } },
});

const metered = (script: ScriptedAgent.Script, more: Partial<Agent.AgentCapabilities> = {}) =>
  ScriptedAgent.make(script, {
    capabilities: { survives: true, measures: ["cost", "tokens"], paid: false, ...more },
  });

const layer = (agents: Script, journal = Journal.makeMemory(), slots = 4) => {
  const [first, ...others] = agents.map(({ agent }) => ({ agent }));
  return Orchestrator.Orchestrator.layer.pipe(
    Layer.provideMerge(AgentPool.AgentPool.layer({ agents: [first!, ...others], slots })),
    Layer.provideMerge(Layer.succeed(Journal.Journal, journal)),
  );
};

const tasks = (...ids: ReadonlyArray<string>): ReadonlyArray<Task.Task> =>
  ids.map((id) => ({ id }));
const start = (given: ReadonlyArray<Task.Task>, options: Orchestrator.RunOptions) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.start(given, options));
const resume = (options?: Orchestrator.ResumeOptions) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.resume("r", options));
const entriesOf = (journal: Journal.Journal["Service"], run = "r") =>
  Effect.map(Stream.runCollect(journal.read(run)), (entries) => entries.map(({ event }) => event));
const once = { retry: { attempts: 1 } } as const;

/** Runs until the run has ended or was left. */
const whole = Effect.fnUntraced(function* (
  given: ReadonlyArray<Task.Task>,
  options: Orchestrator.RunOptions,
) {
  const handle = yield* start(given, { run: "r", ...once, ...options });
  yield* settle;
  for (let minute = 0; minute < 10; minute++) yield* TestClock.adjust("1 minute");
  return yield* handle.result;
}, Effect.scoped);

/** A process that does something with a run and leaves it. */
const left = <E, R>(
  begin: Effect.Effect<Orchestrator.RunHandle, E, R>,
  doing: (handle: Orchestrator.RunHandle) => Effect.Effect<void, Error> = () => Effect.void,
) =>
  Effect.gen(function* () {
    const handle = yield* begin;
    yield* settle;
    yield* doing(handle);
    yield* handle.suspend();
    return handle;
  }).pipe(Effect.scoped);

describe("a limit on launches", () => {
  it.effect("is kept to, and the run is left with what limits it", () => {
    const agent = metered({});
    return Effect.gen(function* () {
      const { outcome, state } = yield* whole(tasks("a", "b", "c"), {
        limits: { run: { launches: 2 } },
      });
      assert.strictEqual(outcome, "suspended");
      assert.strictEqual(agent.launches.length, 2);
      assert.deepStrictEqual(state.usage.launches, 2);
      assert.deepStrictEqual(phases({ state }), { a: "Succeeded", b: "Succeeded", c: "Ready" });
      const message = "2 of the 2 launches of the run are used";
      assert.include(state.paused, { cause: "budget", message });
      assert.strictEqual(state.suspended?.message, `launches pause: ${message}`);
    }).pipe(Effect.provide(layer([agent])));
  });

  it.effect("counts those that other processes made", () => {
    const agent = metered({});
    return Effect.gen(function* () {
      yield* whole(tasks("a", "b", "c"), { limits: { run: { launches: 2 } } });
      const again = yield* Effect.scoped(Effect.flatMap(resume(), ({ result }) => result));
      assert.deepStrictEqual([again.outcome, agent.launches.length], ["suspended", 2]);
      const limits: Budget.Limits = { run: { launches: 3 } };
      const raised = yield* resume({ changes: [{ _tag: "Limit", limits }] });
      yield* settle;
      yield* TestClock.adjust("1 minute");
      const result = yield* raised.result;
      assert.deepStrictEqual([result.outcome, agent.launches.length], ["succeeded", 3]);
    }).pipe(Effect.provide(layer([agent])));
  });

  it.effect("gives back those that certainly reached nobody", () => {
    const agent = metered({ a: [ScriptedAgent.refuses("NotSent"), costs(1)] });
    return Effect.gen(function* () {
      const { outcome, state } = yield* whole(tasks("a"), {
        limits: { run: { launches: 1 } },
        retry: { delay: "1 second" },
      });
      assert.strictEqual(outcome, "succeeded");
      assert.deepStrictEqual([agent.launches.length, state.usage.launches], [2, 1]);
    }).pipe(Effect.provide(layer([agent])));
  });

  it.effect("lets a run go on by itself that is given more while agents work", () => {
    const agent = metered({ a: costs(1, 600) });
    return Effect.gen(function* () {
      const handle = yield* start(tasks("a", "b"), { run: "r", limits: { run: { launches: 1 } } });
      yield* settle;
      assert.strictEqual(handle.state.paused?.cause, "budget");
      yield* handle.change({ _tag: "Limit", limits: { run: { launches: 2 } } });
      yield* settle;
      assert.isUndefined(handle.state.paused);
      assert.strictEqual(agent.launches.length, 2);
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });

  it.effect("of a task has a person asked, who may allow as much again", () => {
    const agent = metered({ a: failsAt(1) });
    return Effect.gen(function* () {
      const { outcome, state } = yield* whole(tasks("a"), {
        limits: { task: { launches: 2 } },
        retry: { attempts: 5, delay: "1 second" },
      });
      assert.strictEqual(outcome, "held");
      assert.deepStrictEqual(state.get("a")?.reason, {
        _tag: "NeedsDecision",
        question: "2 of the 2 launches of the task are used: may it have as much again?",
      });
      const again = yield* resume({
        changes: [{ _tag: "Decide", task: "a", decision: "relaunch" }],
      });
      yield* settle;
      yield* TestClock.adjust("5 minutes");
      assert.strictEqual((yield* again.result).outcome, "held");
      assert.strictEqual(agent.launches.length, 4);
    }).pipe(Effect.provide(layer([agent])));
  });
});

describe("a limit on cost", () => {
  it.effect("launches no more than its rest is reckoned to be enough for", () => {
    const agent = metered({ a: costs(0.5) });
    return Effect.gen(function* () {
      const handle = yield* start(
        [{ id: "a" }, ...["b", "c", "d"].map((id) => ({ id, dependsOn: ["a"] }))],
        { run: "r", ...once, limits: { run: { costUsd: 1.2 } } },
      );
      yield* settle;
      yield* TestClock.adjust("2 seconds");
      yield* settle;
      assert.deepStrictEqual(
        agent.launches.map(({ task }) => task.id),
        ["a", "b"],
      );
      const message =
        "$0.50 of the $1.20 of the run are used, $0.50 more are reserved, and a launch is reckoned at $0.50";
      const found = Budget.obstacle(handle.state, "scripted", 0);
      assert.include(found, { message, isFinal: false });
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });

  it.effect("is never passed if a launch costs no more than it is reckoned at", () => {
    const agent = metered(() => costs(1));
    return Effect.gen(function* () {
      const { state } = yield* whole(tasks("a", "b", "c", "d", "e"), {
        limits: { run: { costUsd: 3 }, launch: { costUsd: 1 } },
      });
      assert.deepStrictEqual(state.usage, {
        launches: 3,
        costUsd: 3,
        inputTokens: 3000,
        outputTokens: 0,
      });
    }).pipe(Effect.provide(layer([agent])));
  });

  it.effect("is refused where the agent does not measure it, before anything starts", () => {
    const agent = metered({ a: costs(1, 60) }, { measures: ["tokens"] });
    return Effect.gen(function* () {
      const refused = yield* Effect.flip(
        start(tasks("a"), { run: "r", limits: { day: { costUsd: 1 } } }),
      );
      assert.include(refused, { _tag: "LimitUnmeasured", what: "cost", agent: "scripted" });
      const handle = yield* start(tasks("a"), { run: "r", limits: { run: { tokens: 9000 } } });
      yield* handle.change({ _tag: "Pause" });
      const late = yield* Effect.flip(
        handle.change({ _tag: "Limit", limits: { run: { costUsd: 1 } } }),
      );
      assert.strictEqual(late.message, refused.message);
      assert.deepStrictEqual(handle.state.limits, { run: { tokens: 9000 } });
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });
});

describe("a limit on time", () => {
  it.effect("is looked at before a launch and counts only while somebody works on the run", () => {
    const agent = metered({ a: costs(0, 60), b: costs(0, 100), c: costs(0, 60) });
    return Effect.gen(function* () {
      const limits: Budget.Limits = { run: { hours: 1.5 / 60 } };
      const chain = [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c", dependsOn: ["b"] }];
      yield* left(start(chain, { run: "r", ...once, limits }));
      yield* TestClock.adjust("10 hours");
      const again = yield* resume();
      yield* settle;
      assert.deepStrictEqual(phases(again), { a: "Succeeded", b: "Running", c: "Pending" });
      yield* TestClock.adjust("3 minutes");
      const { outcome, state } = yield* again.result;
      assert.strictEqual(outcome, "suspended");
      assert.include(state.paused?.message, "1.6 min of the 1.5 min of the run are used");
    }).pipe(Effect.provide(layer([agent])));
  });
});

describe("a limit of the day", () => {
  const day = 86_400_000;

  it.effect("counts what other runs of the project used, and is fresh at midnight in UTC", () => {
    const agent = metered({});
    const journal = Journal.makeMemory();
    return Effect.gen(function* () {
      yield* TestClock.setTime(20 * day - 3_600_000);
      const other = yield* start(tasks("x", "y"), { run: "other", ...once });
      yield* settle;
      yield* TestClock.adjust("1 minute");
      yield* other.result;
      const handle = yield* start(tasks("a", "b"), {
        run: "r",
        ...once,
        limits: { day: { launches: 3 } },
      });
      yield* settle;
      yield* TestClock.adjust("1 minute");
      assert.strictEqual(agent.launches.length, 3);
      assert.include(handle.state.paused, { cause: "budget", until: 20 * day });
      yield* TestClock.adjust("1 hour");
      const { outcome } = yield* handle.result;
      assert.deepStrictEqual([outcome, agent.launches.length], ["succeeded", 4]);
    }).pipe(Effect.scoped, Effect.provide(layer([agent], journal)));
  });

  it.effect("counts what other runs launch at the same time, before its next launch", () => {
    const agent = metered({ a: costs(0, 1), b: costs(0, 1) });
    return Effect.gen(function* () {
      yield* TestClock.setTime(20 * day);
      const chain = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
      const handle = yield* start(chain, { run: "r", ...once, limits: { day: { launches: 3 } } });
      yield* settle;
      yield* start(tasks("x", "y"), { run: "other", ...once });
      yield* settle;
      yield* TestClock.adjust("2 seconds");
      assert.deepStrictEqual(phases(handle), { a: "Succeeded", b: "Ready" });
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });

  it.effect("leaves the run if midnight is too far away", () => {
    const agent = metered({});
    return Effect.gen(function* () {
      yield* TestClock.setTime(20 * day + 60_000);
      const { outcome } = yield* whole(tasks("a", "b"), { limits: { day: { launches: 1 } } });
      assert.deepStrictEqual([outcome, agent.launches.length], ["suspended", 1]);
    }).pipe(Effect.provide(layer([agent])));
  });

  it.effect("launches nothing while what other runs used cannot be read", () => {
    const agent = metered({});
    const memory = Journal.makeMemory();
    const journal = {
      ...memory,
      runs: Effect.succeed(["broken", "r"]),
      read: (run: string, from?: number) =>
        run === "broken"
          ? Stream.fail(
              new Journal.JournalError({
                operation: "read",
                run,
                reason: "Damaged",
                message: "hash",
              }),
            )
          : memory.read(run, from),
    };
    return Effect.gen(function* () {
      const { state } = yield* whole(tasks("a"), { limits: { day: { launches: 1 } } });
      assert.strictEqual(agent.launches.length, 0);
      assert.include(state.paused?.message, "cannot be read: hash");
    }).pipe(Effect.provide(layer([agent], journal)));
  });
});

describe("a pause that a person wants", () => {
  it.effect("lets agents go on, launches nothing, and outlives the process", () => {
    const agent = metered({ a: costs(0, 60) });
    const chain = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
    return Effect.gen(function* () {
      const before = yield* left(start(chain, { run: "r", ...once }), (handle) =>
        Effect.andThen(handle.change({ _tag: "Pause" }), TestClock.adjust("1 hour")),
      );
      assert.deepStrictEqual(phases(before), { a: "Succeeded", b: "Ready" });
      const again = yield* resume();
      yield* TestClock.adjust("1 day");
      assert.deepStrictEqual(phases(again), { a: "Succeeded", b: "Ready" });
      yield* again.change({ _tag: "Unpause" });
      yield* settle;
      yield* TestClock.adjust("1 minute");
      assert.strictEqual((yield* again.result).outcome, "succeeded");
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });

  it.effect("can be recorded of a run that nobody works on", () => {
    const agent = metered({});
    return Effect.gen(function* () {
      yield* whole(tasks("a"), { limits: { run: { launches: 0 } } });
      const service = yield* Orchestrator.Orchestrator;
      yield* service.amend("r", [
        { _tag: "Limit", limits: { run: { launches: 1 } } },
        { _tag: "Pause" },
      ]);
      const again = yield* resume();
      yield* settle;
      assert.strictEqual(agent.launches.length, 0);
      assert.strictEqual(again.state.paused?.cause, "operator");
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });

  it.effect("is not taken back twice", () => {
    const agent = metered({ a: ScriptedAgent.neverEnds });
    return Effect.gen(function* () {
      const handle = yield* start(tasks("a"), { run: "r" });
      const refused = yield* Effect.flip(handle.change({ _tag: "Unpause" }));
      assert.strictEqual(refused.message, "Launches are not paused.");
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });
});

describe("an agent whose quota is used up", () => {
  const exhausted = (until: number): ScriptedAgent.Step => ({
    refuse: { reason: "Exhausted", message: "usage limit", until },
  });

  it.effect("takes launches again at the time that it names; other agents go on", () => {
    const hour = 3_600_000;
    const one = metered({ a: [exhausted(hour), costs(1)] });
    const other = ScriptedAgent.make({}, { name: "other" });
    return Effect.gen(function* () {
      const given = [...tasks("a", "b"), { id: "c", agent: "other" }];
      const handle = yield* start(given, { run: "r", ...once });
      yield* settle;
      yield* TestClock.adjust("1 minute");
      assert.include(handle.state.pausedAgents.get("scripted"), { cause: "quota", until: hour });
      assert.deepStrictEqual(handle.state.get("a")?.phase, "Ready");
      assert.deepStrictEqual(handle.state.get("c")?.phase, "Succeeded");
      assert.isUndefined(handle.state.paused);
      yield* TestClock.adjust("1 hour");
      const { outcome, state } = yield* handle.result;
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(state.usage.launches, 3);
    }).pipe(Effect.scoped, Effect.provide(layer([one, other])));
  });

  it.effect("is not asked at once again if the time that it names is over", () => {
    const agent = metered({ a: [exhausted(0), exhausted(0), costs(1)] });
    return Effect.gen(function* () {
      const handle = yield* start(tasks("a"), { run: "r", ...once });
      yield* settle;
      yield* TestClock.adjust("59 seconds");
      assert.strictEqual(agent.launches.length, 1);
      yield* TestClock.adjust("3 minutes");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
      assert.strictEqual(agent.launches.length, 3);
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });

  it.effect(
    "is left with its tasks ready if that is too far away, and can be told to go on",
    () => {
      const agent = metered({ a: [exhausted(10 * 86_400_000), costs(1)] });
      return Effect.gen(function* () {
        const { outcome, state } = yield* whole(tasks("a"), {});
        assert.deepStrictEqual([outcome, state.get("a")?.phase], ["suspended", "Ready"]);
        const again = yield* resume({ changes: [{ _tag: "Unpause" }] });
        yield* settle;
        yield* TestClock.adjust("1 minute");
        assert.strictEqual((yield* again.result).outcome, "succeeded");
      }).pipe(Effect.provide(layer([agent])));
    },
  );

  it.effect("may tell so at the end of an agent run", () => {
    const ended: ScriptedAgent.Step = {
      end: {
        _tag: "Failed",
        failure: { class: "infrastructure", message: "usage limit", until: 3_600_000 },
      },
    };
    const agent = metered({ a: [ended, costs(1)] });
    return Effect.gen(function* () {
      const handle = yield* start(tasks("a"), { run: "r", retry: { delay: "1 second" } });
      yield* settle;
      yield* TestClock.adjust("30 minutes");
      assert.strictEqual(agent.launches.length, 1);
      yield* TestClock.adjust("40 minutes");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
    }).pipe(Effect.scoped, Effect.provide(layer([agent])));
  });
});

describe("a task whose agent had no quota left", () => {
  it.effect("waits for a person if it may have no other attempt", () => {
    const failure = { class: "infrastructure", message: "usage limit", until: 60_000 } as const;
    const agent = metered({ a: [{ end: { _tag: "Failed", failure } }] });
    return Effect.gen(function* () {
      const { outcome, state } = yield* whole(tasks("a"), { retry: { attempts: 1 } });
      assert.strictEqual(outcome, "held");
      assert.deepStrictEqual(state.get("a")?.reason, {
        _tag: "NeedsDecision",
        question: "usage limit",
      });
    }).pipe(Effect.provide(layer([agent])));
  });
});

describe("a paid attempt", () => {
  const outcomeOf = (script: ReadonlyArray<ScriptedAgent.Step>, paid = true) => {
    const agent = metered({ a: script }, { paid });
    return Effect.map(
      whole(tasks("a"), { retry: { attempts: 4, delay: "1 second" } }),
      ({ outcome, state }) => ({
        outcome,
        launches: agent.launches.length,
        warnings: state.warnings,
      }),
    ).pipe(Effect.provide(layer([agent])));
  };

  it.effect("is not made a third time if two failed alike, and people are told why", () =>
    Effect.gen(function* () {
      const { launches, outcome, warnings } = yield* outcomeOf([failsAt(1, "tests fail")]);
      assert.deepStrictEqual([outcome, launches], ["failed", 2]);
      assert.match(warnings[0]!, /^attempt 2 failed as the one before it did/);
    }),
  );

  it.effect("is made as long as each fails otherwise than the one before", () =>
    Effect.gen(function* () {
      const steps = ["3 tests fail", "2 tests fail", "1 test fails", "none"].map((text) =>
        failsAt(1, text),
      );
      const { launches } = yield* outcomeOf(steps);
      assert.strictEqual(launches, 4);
    }),
  );

  it.effect("is made as often as is wanted where it costs nothing", () =>
    Effect.gen(function* () {
      const { launches } = yield* outcomeOf([failsAt(1, "flaky")], false);
      assert.strictEqual(launches, 4);
    }),
  );
});

/** A run with drawn costs, limits and breaks. */
interface Drawn {
  readonly edges: ReadonlyArray<ReadonlyArray<number>>;
  readonly works: ReadonlyArray<readonly [cents: number, seconds: number, fails: boolean]>;
  readonly slots: number;
  readonly launches: number;
  readonly cents: number;
  readonly reckoned: boolean;
  /** After how many seconds the process leaves, or dies with so many of its last events. */
  readonly breaks: ReadonlyArray<readonly [seconds: number, lost: number]>;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  edges: fc.array(fc.array(fc.nat(9), { maxLength: 2 }), { minLength: 1, maxLength: 8 }),
  works: fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 9 }), fc.boolean()), {
    minLength: 1,
    maxLength: 6,
  }),
  slots: fc.integer({ min: 1, max: 4 }),
  launches: fc.nat(12),
  cents: fc.nat(1000),
  reckoned: fc.boolean(),
  breaks: fc.array(fc.tuple(fc.nat(8), fc.nat(6)), { maxLength: 3 }),
});

const most = 3;

/** The journal without its last events, as after a death before they were durable; the world goes on. */
const cutOff = Effect.fnUntraced(function* (journal: Journal.Journal["Service"], lost: number) {
  const events = yield* entriesOf(journal);
  // What was acted upon was durable: only what no effect followed can be missing.
  const acted = events.findLastIndex(({ _tag }) => _tag === "LaunchIntended");
  const kept = Math.max(events.length - lost, acted + 1, 2);
  const copy = Journal.makeMemory();
  yield* Effect.scoped(
    Effect.flatMap(copy.open("r"), (writer) => writer.append(events.slice(0, kept))),
  );
  return copy;
});

const check = ({ breaks, cents, edges, launches, reckoned, slots, works }: Drawn) =>
  Effect.gen(function* () {
    const script: ScriptedAgent.Script = ({ attempt, task }) => {
      const [cost, seconds, fails] = works[(Number(task.id) * 3 + attempt) % works.length]!;
      const step = fails ? failsAt(cost / 100, `${attempt}`) : costs(cost / 100);
      return { ...step, after: `${seconds} seconds` };
    };
    const world = metered(script);
    const limits: Budget.Limits = {
      run: { launches, costUsd: cents / 100 },
      ...(reckoned ? { launch: { costUsd: most } } : {}),
    };
    const given = edges.map((on, id): Task.Task => ({
      id: `${id}`,
      dependsOn: [...new Set(on.filter((one) => one < id))].map(String),
    }));
    const begin = () =>
      start(given, { run: "r", limits, retry: { attempts: 3, delay: "1 second", jitter: false } });
    let journal = Journal.makeMemory();
    const process = (seconds: number, run: () => ReturnType<typeof begin | typeof resume>) =>
      Effect.gen(function* () {
        const handle = yield* run();
        yield* settle;
        for (let second = 0; second < seconds; second++) yield* TestClock.adjust("1 second");
        const { state } = handle;
        const told = RunState.RunState.fold(yield* entriesOf(journal));
        assert.deepStrictEqual(told.spending, state.spending);
        assert.deepStrictEqual(
          Budget.obstacle(told, "scripted", 1e12),
          Budget.obstacle(state, "scripted", 1e12),
        );
        yield* handle.suspend();
        return state;
      }).pipe(Effect.scoped, Effect.provide(layer([world], journal, slots)));
    for (const [at, [seconds, lost]] of breaks.entries()) {
      yield* process(seconds, at === 0 ? begin : resume);
      journal = yield* cutOff(journal, lost);
    }
    const state = yield* process(200, breaks.length === 0 ? begin : resume);
    assert.isAtMost(world.launches.length, launches);
    assert.strictEqual(state.usage.launches, world.launches.length);
    const over = state.usage.costUsd - cents / 100;
    assert.isAtMost(over, reckoned ? 1e-9 : slots * most);
    const isLimited = state.paused?.cause === "budget";
    assert.isTrue(state.outcome !== undefined || isLimited, "it ends, or is held up by a limit");
  });

describe("any run with limits", () => {
  it.effect("never launches nor spends more, however often its process dies", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(drawn, (one) =>
          Effect.runPromise(check(one).pipe(Effect.provide(TestClock.layer()))),
        ),
        { numRuns: 60 },
      ),
    ),
  );
});
