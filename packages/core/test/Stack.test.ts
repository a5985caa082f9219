import { assert, describe, it } from "@effect/vitest";
import {
  type Agent,
  type CodeHost,
  GraphReport,
  Orchestrator,
  PlanProblem,
  type Task,
} from "@orchestrator/core";
import { MemoryCodeHost, ScriptedAgent } from "@orchestrator/core/testing";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as fc from "fast-check";
import { TestClock } from "effect/testing";
import { engine, eventsOf, phases, run, settle, start } from "./support/engine.ts";

const delivers = (branch: string, after: Duration.Input = 0): ScriptedAgent.Step => ({
  after,
  end: { _tag: "Succeeded", change: { branch } },
});

/** Two tasks, of which the second begins at the change of the first. */
const tasks: ReadonlyArray<Task.Task> = [
  { id: "api" },
  { id: "page", dependsOn: [{ task: "api", until: "pr-open", stack: true }] },
];

const atOnce = { retry: { delay: 0, jitter: false }, timeout: "9 days" } as const;

/** An agent and a host that do what the scripts say, and where each launch was to begin. */
const scene = (
  script: ScriptedAgent.Script,
  landings: MemoryCodeHost.Script,
  gates: MemoryCodeHost.Options["gates"] = ["agent-ended", "pr-open", "merged"],
) => {
  const began: Array<readonly [task: string, branch: string | undefined]> = [];
  const { agent } = ScriptedAgent.make(script);
  const listening: Agent.Agent = {
    ...agent,
    capabilities: { ...agent.capabilities, survives: true },
    launch: (request) => {
      began.push([request.task.id, request.startFrom?.change.branch]);
      return agent.launch(request);
    },
  };
  const memory = MemoryCodeHost.make({ script: landings, gates: gates! });
  const landed = () => memory.landings.map(({ task }) => task.id);
  return { agent: listening, began, host: memory.host, landed, requests: memory.requests };
};

/** A host that passes `pr-open` as soon as it is asked, and lands after a while. */
const opens = (host: CodeHost.CodeHost["Service"]): CodeHost.CodeHost["Service"] => ({
  ...host,
  land: (request) => Effect.andThen(request.reached("pr-open"), host.land(request)),
});

const works = { api: delivers("api-1"), page: delivers("page-1", "1 hour") };

describe("a task with stack", () => {
  it.effect("begins at the change of its dependency while that has not landed", () => {
    const { agent, began, host, landed } = scene(works, { api: { after: "3 hours" } });
    return Effect.gen(function* () {
      const handle = yield* start(tasks, atOnce);
      yield* settle;
      assert.deepStrictEqual(phases(handle), { api: "Landing", page: "Running" });
      yield* TestClock.adjust("2 hours");
      assert.deepStrictEqual(phases(handle), { api: "Landing", page: "Landing" });
      assert.deepStrictEqual(landed(), []);
      const said = handle.state.get("page")!.progress;
      assert.strictEqual(said, "it waits until api has landed, on which it stands");
      yield* TestClock.adjust("2 hours");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
      assert.deepStrictEqual(began, [
        ["api", undefined],
        ["page", "api-1"],
      ]);
      assert.deepStrictEqual(landed(), ["api", "page"]);
      const intended = (yield* eventsOf(handle)).flatMap((event) =>
        event._tag === "LaunchIntended" ? [event.startFrom] : [],
      );
      const at = { task: "api", attempt: 1, change: { branch: "api-1" } };
      assert.deepStrictEqual(intended, [undefined, at]);
    }).pipe(Effect.provide(engine(agent, opens(host))));
  });

  it.effect("begins at the base once its dependency has landed", () => {
    const { agent, began, host } = scene(works, {});
    return Effect.gen(function* () {
      yield* Effect.forkChild(TestClock.adjust("2 hours"));
      yield* run(
        tasks.map((task) => (task.id === "page" ? after(task, "merged") : task)),
        atOnce,
      );
      assert.deepStrictEqual(began.at(-1), ["page", undefined]);
    }).pipe(Effect.provide(engine(agent, host)));
  });

  it.effect(
    "asks a person when what it stands on does not land, and lands it when that has",
    () => {
      const refusal = {
        after: "2 hours",
        error: { reason: "Undecided", message: "Which?" },
      } as const;
      const { agent, host, landed } = scene(works, { api: [refusal, {}] });
      return Effect.gen(function* () {
        const first = Effect.gen(function* () {
          const handle = yield* start(tasks, { ...atOnce, run: "r" });
          yield* settle;
          yield* TestClock.adjust("3 hours");
          assert.strictEqual((yield* handle.result).outcome, "held");
          return handle.state.get("page")!.reason;
        });
        const reason = yield* Effect.scoped(first);
        assert.isTrue(
          reason?._tag === "NeedsDecision" && /api, which is held/.test(reason.question),
        );
        const changes = ["api", "page"].map(
          (task) => ({ _tag: "Decide", task, decision: "wait" }) as const,
        );
        const { outcome } = yield* Effect.scoped(resumed("9 hours", { changes }));
        assert.strictEqual(outcome, "succeeded");
        assert.deepStrictEqual(landed(), ["api", "page"]);
      }).pipe(Effect.provide(engine(agent, opens(host))));
    },
  );

  it.effect("is done again from the base when its dependency lands with another change", () => {
    const { agent, began, host, landed } = scene(
      { ...works, api: [delivers("api-1"), delivers("api-2", "5 hours")] },
      { api: [{ after: "2 hours", error: { reason: "Refused" } }, {}] },
    );
    return Effect.gen(function* () {
      const handle = yield* start(tasks, atOnce);
      yield* settle;
      yield* TestClock.adjust("1 day");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
      assert.deepStrictEqual(began, [
        ["api", undefined],
        ["page", "api-1"],
        ["api", undefined],
        ["page", undefined],
      ]);
      assert.deepStrictEqual(landed(), ["api", "page"]);
      assert.strictEqual(handle.state.get("page")!.attempts[0]!.failure?.class, "refused");
    }).pipe(Effect.provide(engine(agent, opens(host))));
  });

  it.effect("lands when a later attempt at its dependency went on with the same branch", () => {
    const { agent, began, host, landed } = scene(
      { ...works, api: [delivers("api-1"), delivers("api-1", "5 hours")] },
      { api: [{ after: "2 hours", error: { reason: "Refused" } }, {}] },
    );
    return Effect.gen(function* () {
      const handle = yield* start(tasks, atOnce);
      yield* settle;
      yield* TestClock.adjust("1 day");
      assert.strictEqual((yield* handle.result).outcome, "succeeded");
      assert.strictEqual(began.length, 3);
      assert.deepStrictEqual(landed(), ["api", "page"]);
    }).pipe(Effect.provide(engine(agent, opens(host))));
  });

  it.effect("is skipped when its dependency fails before it has begun, or begun again", () => {
    const busy = {
      id: "busy",
      priority: 1,
      dependsOn: [{ task: "api", until: "pr-open" as const }],
    };
    const { agent, host } = scene(
      { ...works, busy: delivers("busy-1", "9 hours") },
      { api: { after: "2 hours", error: { reason: "Rejected" } } },
    );
    return Effect.gen(function* () {
      const handle = yield* start([...tasks, busy], atOnce);
      yield* settle;
      assert.strictEqual(handle.state.get("page")!.phase, "Ready");
      yield* TestClock.adjust("1 day");
      yield* handle.result;
      assert.deepStrictEqual(phases(handle), { api: "Failed", page: "Skipped", busy: "Succeeded" });
    }).pipe(Effect.provide(engine({ agents: [{ agent, slots: 1 }] }, opens(host))));
  });

  it.effect("does not keep the run alive when what it stands on cannot go on", () => {
    const last = { id: "last", dependsOn: [{ task: "page", until: "pr-open" as const }] };
    const { agent, host } = scene(
      { ...works, last: ScriptedAgent.refuses("Exhausted") },
      { api: { after: "2 hours", error: { reason: "Refused" } } },
    );
    return Effect.gen(function* () {
      const handle = yield* start([...tasks, last], atOnce);
      yield* settle;
      yield* TestClock.adjust("1 hour");
      assert.deepStrictEqual(phases(handle), { api: "Landing", page: "Landing", last: "Held" });
      yield* TestClock.adjust("2 hours");
      assert.strictEqual((yield* handle.result).outcome, "held");
      assert.deepStrictEqual(phases(handle), { api: "Held", page: "Held", last: "Held" });
    }).pipe(Effect.provide(engine(agent, opens(host))));
  });

  it.effect("is skipped while it waits for another attempt", () => {
    const { agent, began, host } = scene(
      { ...works, page: ScriptedAgent.fails("no") },
      { api: { after: "2 hours", error: { reason: "Rejected" } } },
    );
    return Effect.gen(function* () {
      const retry = { delay: "5 hours", maxDelay: "9 hours", jitter: false } as const;
      const handle = yield* start(tasks, { ...atOnce, retry });
      yield* settle;
      assert.strictEqual(handle.state.get("page")!.phase, "BackingOff");
      yield* TestClock.adjust("3 hours");
      yield* handle.result;
      assert.deepStrictEqual(phases(handle), { api: "Failed", page: "Skipped" });
      assert.strictEqual(began.length, 2);
    }).pipe(Effect.provide(engine(agent, opens(host))));
  });

  it.effect("keeps its beginning when another process takes its launch or its landing up", () => {
    const { agent, host, landed, requests } = scene(works, { api: { after: "3 hours" } });
    return Effect.gen(function* () {
      const first = Effect.flatMap(start(tasks, { ...atOnce, run: "r" }), leaving);
      assert.deepStrictEqual(yield* Effect.scoped(first), { api: "Landing", page: "Running" });
      const orchestrator = yield* Orchestrator.Orchestrator;
      const second = Effect.gen(function* () {
        const handle = yield* orchestrator.resume("r", {});
        yield* TestClock.adjust("2 hours");
        return yield* leaving(handle);
      });
      assert.deepStrictEqual(yield* Effect.scoped(second), { api: "Landing", page: "Landing" });
      const { outcome } = yield* Effect.scoped(resumed("9 hours"));
      assert.strictEqual(outcome, "succeeded");
      assert.deepStrictEqual(landed(), ["api", "page"]);
      const pages = requests.filter(({ task }) => task.id === "page");
      assert.deepStrictEqual(
        pages.map(({ stack }) => stack?.change.branch),
        ["api-1", "api-1"],
      );
    }).pipe(Effect.provide(engine(agent, opens(host))));
  });
});

describe("a plan with stack", () => {
  const on = (until: Task.Gate | undefined, ...ids: ReadonlyArray<string>): Task.Task => ({
    id: "page",
    dependsOn: ids.map((task) => ({ task, stack: true, ...(until && { until }) })),
  });
  const problems = (page: Task.Task, defaultGate: Task.Gate) =>
    GraphReport.make([{ id: "api" }, { id: "db" }, page], { defaultGate })
      .problems.filter(({ _tag }) => _tag.includes("Stack"))
      .map((problem) => [PlanProblem.severity(problem), PlanProblem.message(problem)]);

  it("begins at one change", () => {
    const several =
      'Task "page" has stack on api and db, and can begin at one change only. Keep it on one, and let that one depend on the others.';
    assert.deepStrictEqual(problems(on("pr-open", "api", "db"), "merged"), [["error", several]]);
    assert.deepStrictEqual(problems(on("pr-open", "api"), "merged"), []);
  });

  it("is told where waiting for the merge leaves nothing to stand on", () => {
    const idle =
      'Task "page" has stack on "api" and waits until that is merged, which leaves nothing to stand on. Remove stack, or wait for less, as with until: pr-open.';
    assert.deepStrictEqual(problems(on(undefined, "api"), "merged"), [["warning", idle]]);
    assert.deepStrictEqual(problems(on(undefined, "api"), "agent-ended"), []);
  });

  it.effect("is not taken in by a run that goes on if it has several", () => {
    const { agent, host } = scene(works, { api: { after: "1 hour" } });
    return Effect.gen(function* () {
      const handle = yield* start([{ id: "api" }, { id: "db" }], atOnce);
      const error = yield* Effect.flip(handle.add([on("pr-open", "api", "db")]));
      assert.match(error.message, /"page" has stack on api and db/);
      yield* TestClock.adjust("2 hours");
      yield* handle.result;
    }).pipe(Effect.provide(engine(agent, host)));
  });
});

describe("any chain of tasks with stack", () => {
  it.effect("lands in order, however long agents and landings take", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 2, maxLength: 6 }),
          (hours) => {
            const id = (at: number) => `t${at}`;
            const chain = hours.map((_, at): Task.Task =>
              at === 0
                ? { id: id(0) }
                : { id: id(at), dependsOn: [{ task: id(at - 1), until: "pr-open", stack: true }] },
            );
            const work = Object.fromEntries(
              hours.map(([agent], at) => [id(at), delivers(id(at), Duration.hours(agent))]),
            );
            const way = Object.fromEntries(
              hours.map(([, landing], at) => [id(at), { after: Duration.hours(landing) }]),
            );
            const { agent, host, landed } = scene(work, way);
            const whole = Effect.gen(function* () {
              const handle = yield* start(chain, atOnce);
              yield* settle;
              for (let hour = 0; hour < 200; hour += 20) yield* TestClock.adjust("20 hours");
              yield* handle.result;
              assert.deepStrictEqual(
                landed(),
                chain.map((task) => task.id),
              );
            });
            const layer = engine(agent, opens(host));
            return Effect.runPromise(
              Effect.scoped(whole).pipe(Effect.provide(Layer.merge(layer, TestClock.layer()))),
            );
          },
        ),
        { numRuns: 40 },
      ),
    ),
  );
});

const after = (task: Task.Task, until: Task.Gate): Task.Task => ({
  ...task,
  dependsOn: [{ task: "api", until, stack: true }],
});

/** Lets a run get as far as it can, and leaves it to another process. */
const leaving = Effect.fnUntraced(function* (handle: Orchestrator.RunHandle) {
  yield* settle;
  const left = phases(handle);
  yield* handle.suspend();
  return left;
});

/** The end of the run `r` in another process, so much later. */
const resumed = Effect.fnUntraced(function* (
  later: Duration.Input,
  options: Orchestrator.ResumeOptions = {},
) {
  const orchestrator = yield* Orchestrator.Orchestrator;
  const handle = yield* orchestrator.resume("r", options);
  yield* settle;
  yield* TestClock.adjust(later);
  return yield* handle.result;
});
