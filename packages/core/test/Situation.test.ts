import { describe, expect, it } from "@effect/vitest";
import { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Explanation from "../src/Explanation.ts";
import type * as RunEvent from "../src/RunEvent.ts";
import { RunState, type TaskState } from "../src/RunState.ts";
import * as Situation from "../src/Situation.ts";
import type { Task } from "../src/Task.ts";
import { engine, eventsOf, makeGates, settle, start } from "./support/engine.ts";

const at = Date.UTC(2026, 10, 21, 12, 0, 0);

const started = (overrides: Partial<RunEvent.OfKind<"RunStarted">> = {}): RunEvent.RunEvent => ({
  _tag: "RunStarted",
  at,
  run: "r1",
  plan: "shop",
  mode: "parallel",
  concurrency: 2,
  failFast: false,
  ...overrides,
});

const run = (tasks: ReadonlyArray<Task>, ...events: ReadonlyArray<RunEvent.RunEvent>) =>
  Situation.ofRun(RunState.fold([started(), { _tag: "TasksAdded", at, tasks }, ...events]));

const ready = (task: string, later = 0): RunEvent.RunEvent => ({
  _tag: "TaskReady",
  at: at + later,
  task,
});

const intended = (task: string): RunEvent.RunEvent => ({
  _tag: "LaunchIntended",
  at,
  task,
  attempt: 1,
  agent: "local",
  slot: "local-1",
});

const ended = (task: string, outcome: "Succeeded" | "Failed"): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at,
  task,
  outcome,
});

const satisfied = (situation: Situation.Situation, task: string) =>
  situation.find(task)!.edges.map((edge) => edge.satisfied);

describe("the situation of a plan", () => {
  const house = { mode: "parallel", slots: 2 } as const;

  it("queues what waits for nothing as the scheduler would start it", () => {
    const situation = Situation.ofPlan(
      [
        { task: { id: "leaf" } },
        { task: { id: "urgent", priority: 5 } },
        { task: { id: "long" } },
        { task: { id: "behind", dependsOn: ["long"] } },
      ],
      house,
    );
    expect(situation.queue()).toEqual(["urgent", "long", "leaf"]);
    expect(situation.occupants().map(({ task }) => task)).toEqual(["urgent", "long"]);
    expect(situation.find("behind")?.phase).toBe("Pending");
  });

  it("queues no task that cannot run, and none that is on or behind a cycle", () => {
    const situation = Situation.ofPlan(
      [
        { task: { id: "a", dependsOn: ["b"] } },
        { task: { id: "b", dependsOn: ["a"] } },
        { task: { id: "stranger" }, blocked: "it is not trusted" },
        { task: { id: "free" } },
      ],
      house,
    );
    expect(situation.queue()).toEqual(["free"]);
  });

  it("keeps in the queue, behind the others, what needs more than there is", () => {
    const situation = Situation.ofPlan(
      [{ task: { id: "big", priority: 9, resources: { gpu: 2 } } }, { task: { id: "small" } }],
      { ...house, resources: { gpu: 1 } },
    );
    expect(situation.queue()).toEqual(["small", "big"]);
  });

  it("takes what its reader knows of dependencies for what the task states", () => {
    const edge = { on: "done", gate: "merged", source: "label", satisfied: true } as const;
    const situation = Situation.ofPlan([{ task: { id: "a" }, edges: [edge] }], house);
    expect(situation.find("a")).toMatchObject({ edges: [edge], phase: "Ready" });
  });

  it("lets the first of tasks with one id count, and the first of equal dependencies", () => {
    const situation = Situation.ofPlan(
      [
        { task: { id: "a", dependsOn: ["b", { task: "b", until: "merged" }] } },
        { task: { id: "a" } },
      ],
      house,
    );
    expect([...situation.ids()]).toEqual(["a"]);
    expect(situation.find("a")?.edges.map(({ gate }) => gate)).toEqual(["agent-ended"]);
  });
});

describe("the situation of a run", () => {
  it("satisfies a dependency with its gate, before the task that reached it has ended", () => {
    const tasks = [
      { id: "a" },
      { id: "b", dependsOn: ["a"] },
      { id: "c", dependsOn: [{ task: "a", until: "merged" }] },
    ] as const;
    const landing = [
      ready("a"),
      intended("a"),
      { _tag: "LandingStarted", at, task: "a", attempt: 1 },
      { _tag: "GateReached", at, task: "a", gate: "pr-open" },
    ] as const;
    const situation = run(tasks, ...landing);
    expect([satisfied(situation, "b"), satisfied(situation, "c")]).toEqual([[true], [false]]);
    expect(satisfied(run(tasks, ...landing, ended("a", "Succeeded")), "c")).toEqual([true]);
  });

  it("does not hold up a task that runs whatever became of its dependency", () => {
    const tasks = [
      { id: "a" },
      { id: "b", dependsOn: [{ task: "a", onFailure: "run-anyway" }] },
      { id: "c", dependsOn: ["a"] },
    ] as const;
    const situation = run(tasks, ended("a", "Failed"));
    expect([satisfied(situation, "b"), satisfied(situation, "c")]).toEqual([[true], [false]]);
  });

  it("does not hold up a task that a person wants run all the same", () => {
    const held = {
      _tag: "TaskEnded",
      at,
      task: "b",
      outcome: "Held",
      reason: { _tag: "NeedsDecision", question: "run b all the same?" },
    } as const;
    const decided = { _tag: "HeldDecided", at, task: "b", decision: "relaunch" } as const;
    const tasks = [
      { id: "a" },
      { id: "b", dependsOn: [{ task: "a", onFailure: "hold" }] },
    ] as const;
    const situation = run(tasks, ended("a", "Failed"), held, decided);
    expect(satisfied(situation, "b")).toEqual([true]);
  });

  it("counts what agents, landings and unclear held tasks occupy", () => {
    const needs = { resources: { gpu: 1 }, claims: ["src/**"] };
    const unclear: ReadonlyArray<RunEvent.RunEvent> = [
      intended("u"),
      { _tag: "LaunchFailed", at, task: "u", attempt: 1, reason: "Ambiguous", message: "lost" },
      { _tag: "TaskEnded", at, task: "u", outcome: "Held" },
    ];
    const situation = run(
      ["r", "l", "u", "w"].map((id) => ({ id, ...needs })),
      intended("r"),
      intended("l"),
      { _tag: "LandingStarted", at, task: "l", attempt: 1 },
      ...unclear,
    );
    const everything = { hasSlot: true, ...needs };
    expect(situation.occupants()).toEqual([
      { task: "r", ...everything },
      { task: "l", hasSlot: false, resources: {}, claims: ["src/**"] },
      { task: "u", ...everything },
    ]);
  });

  it("queues equal tasks in the order in which they became ready", () => {
    const tasks = ["a", "b", "c"].map((id) => ({ id }));
    const situation = run(tasks, ready("b"), ready("c", 1), ready("a", 2));
    expect(situation.queue()).toEqual(["b", "c", "a"]);
  });

  it("says why nothing starts: the run ended, stops or was left", () => {
    const halts = (...events: ReadonlyArray<RunEvent.RunEvent>) => run([], ...events).halted;
    expect(halts()).toBe(undefined);
    expect(halts({ _tag: "RunSuspended", at, message: "SIGINT" })).toBe("nobody works on the run");
    const stopping = { _tag: "RunStopping", at, cause: "fail-fast", message: "a failed" } as const;
    expect(halts(stopping)).toBe("the run starts nothing more: a failed");
    expect(halts(stopping, { _tag: "RunEnded", at, outcome: "failed" })).toBe("the run has ended");
    const pause = { _tag: "LaunchesPaused", at, cause: "operator", message: "lunch" } as const;
    expect(halts(pause)).toBe("launches pause: lunch");
    expect(halts(pause, { _tag: "LaunchesUnpaused", at })).toBe(undefined);
  });

  it("says of a task what its agent or the limits keep from starting", () => {
    const tasks = ["a", "b"].map((id) => ({ id }));
    const quota = {
      _tag: "LaunchesPaused",
      at,
      cause: "quota",
      message: "used up",
      until: at + 1000,
      agent: "local",
    } as const;
    const before = [ready("a"), intended("a"), ready("b")];
    const limits = { run: { launches: 1 } };
    const limited = run(tasks, ...before, { _tag: "LimitsChanged", at, limits });
    expect(limited.heldUp({ id: "b" })).toBe("1 of the 1 launch of the run is used");
    const waiting = run(tasks, ...before, quota);
    expect(waiting.heldUp({ id: "b" })).toBe(
      "local: launches pause until 2026-11-21T12:00:01Z: used up",
    );
    expect(waiting.heldUp({ id: "b", agent: "other" })).toBe(undefined);
    expect(run(tasks, ...before).heldUp({ id: "b" })).toBe(undefined);
  });
});

/** Chances that are the same for the same seed. */
const dice = (seed: number) => {
  let state = seed + 1;
  return (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
};

/** Tasks with some dependencies, needs and lengths that no two tasks share. */
const drawn = (roll: (limit: number) => number): ReadonlyArray<Task> =>
  Array.from({ length: 14 }, (_, number) => ({
    id: `t${number}`,
    priority: roll(3),
    estimateSeconds: 1 + roll(1000) + number / 100,
    onDependencyFailure: (["skip", "run-anyway", "hold"] as const)[roll(3)]!,
    dependsOn: number === 0 ? [] : Array.from({ length: roll(3) }, () => `t${roll(number)}`),
    ...(roll(3) === 0 ? { resources: { gpu: 1 + roll(2) } } : {}),
    ...(roll(4) === 0 ? { claims: [`src/${roll(2)}/**`] } : {}),
  }));

const modes = ["parallel", "sequential", "resource-aware"] as const;

/** The first in the queue whom nothing that is taken keeps from starting. */
const next = (situation: Situation.Situation): string | undefined =>
  situation.queue().find((id) => {
    const { contention } = Result.getOrThrow(Explanation.explain(situation, id));
    return contention.length === 0;
  });

/** Whether a task waits although nothing keeps it, or nothing says what does. */
const isIdle = (situation: Situation.Situation, { phase, task }: TaskState): boolean => {
  if (phase !== "Pending") return false;
  const { causes, roots } = Result.getOrThrow(Explanation.explain(situation, task.id));
  return causes.length === 0 || roots.length === 0;
};

describe("a run that goes on", () => {
  it.effect.each(Array.from({ length: 30 }, (_, seed) => seed))(
    "starts the first in the queue that nothing keeps, and says of each other one what does: %i",
    (seed) =>
      Effect.gen(function* () {
        const roll = dice(seed);
        const gates = yield* makeGates;
        const handle = yield* start(drawn(roll), {
          mode: modes[seed % modes.length]!,
          resources: { gpu: 2 },
          retry: { attempts: 1 },
        }).pipe(Effect.provide(engine({ agents: [{ agent: gates.agent }], slots: 3 })));
        yield* settle;
        const open = () => gates.started.filter((id) => handle.state.get(id)?.phase === "Running");
        for (let all = open(); all.length > 0; all = open()) {
          const task = all[roll(all.length)]!;
          yield* roll(4) === 0 ? gates.fail(task) : gates.succeed(task);
        }
        yield* handle.result;
        const state = new RunState();
        for (const event of yield* eventsOf(handle)) {
          const situation = Situation.ofRun(state);
          if (event._tag === "TaskReady")
            expect(satisfied(situation, event.task)).not.toContain(false);
          if (event._tag === "LaunchIntended") {
            expect(next(situation)).toBe(event.task);
            expect(Array.from(state.tasks()).filter((one) => isIdle(situation, one))).toEqual([]);
          }
          state.apply(event);
        }
        expect(gates.started.length).toBeGreaterThan(0);
      }).pipe(Effect.scoped),
  );

  it.effect("tells which tasks an agent refused that takes no launches", () =>
    Effect.gen(function* () {
      const gates = yield* makeGates;
      const agent: Agent.Agent = {
        ...gates.agent,
        launch: (request) =>
          request.task.id === "refused"
            ? Effect.fail(new Agent.LaunchError({ reason: "Exhausted", message: "no quota" }))
            : gates.agent.launch(request),
      };
      const tasks = ["works", "refused", "waits"].map((id, index) => ({ id, priority: -index }));
      const handle = yield* start(tasks).pipe(
        Effect.provide(engine({ agents: [{ agent }], slots: 2 })),
      );
      yield* settle;
      const situation = Situation.ofRun(handle.state);
      expect(situation.queue()).toEqual(["waits"]);
      expect(situation.refusals()).toEqual([
        { agent: agent.name, asked: undefined, task: "refused" },
      ]);
      yield* gates.succeed("works");
      yield* handle.result;
    }).pipe(Effect.scoped),
  );
});
