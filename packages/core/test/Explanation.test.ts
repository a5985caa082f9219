import { describe, expect, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as fc from "fast-check";
import * as Explanation from "../src/Explanation.ts";
import type * as RunEvent from "../src/RunEvent.ts";
import { RunState } from "../src/RunState.ts";
import * as Situation from "../src/Situation.ts";
import type { Task } from "../src/Task.ts";

const at = Date.UTC(2026, 10, 21, 12, 0, 0);
const house = { mode: "parallel", slots: 2 } as const;

const task = (id: string, ...dependsOn: ReadonlyArray<string>): Task => ({ id, dependsOn });

const planned = (
  tasks: ReadonlyArray<Task | Situation.Planned>,
  settings: Partial<Situation.PlanSettings> = {},
): Situation.Situation =>
  Situation.ofPlan(
    tasks.map((one) => ("task" in one ? one : { task: one })),
    { ...house, ...settings },
  );

const explain = (
  situation: Situation.Situation,
  id: string,
  limits?: Explanation.Limits,
): Explanation.Explanation => Result.getOrThrow(Explanation.explain(situation, id, limits));

const started: RunEvent.RunEvent = {
  _tag: "RunStarted",
  at,
  run: "r1",
  plan: "shop",
  mode: "parallel",
  concurrency: 2,
  failFast: false,
};

const run = (tasks: ReadonlyArray<Task>, ...events: ReadonlyArray<RunEvent.RunEvent>) =>
  Situation.ofRun(RunState.fold([started, { _tag: "TasksAdded", at, tasks }, ...events]));

const ready = (id: string): RunEvent.RunEvent => ({ _tag: "TaskReady", at, task: id });

const intended = (id: string): RunEvent.RunEvent => ({
  _tag: "LaunchIntended",
  at,
  task: id,
  attempt: 1,
  agent: "local",
  slot: "local-1",
});

const working = (id: string): ReadonlyArray<RunEvent.RunEvent> => [
  ready(id),
  intended(id),
  { _tag: "AgentRunStarted", at, task: id, attempt: 1, ref: { agent: "local", id } },
];

const ended = (
  id: string,
  outcome: RunEvent.OfKind<"TaskEnded">["outcome"],
  reason?: RunEvent.EndReason,
): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at,
  task: id,
  outcome,
  ...(reason === undefined ? {} : { reason }),
});

const failure = { class: "agent", message: "boom" } as const;
const boom = { _tag: "AttemptFailed", failure } as const;

const ids = (all: ReadonlyArray<{ readonly id: string }>) => all.map(({ id }) => id);

describe("an explanation", () => {
  it("follows what is not satisfied down to where it begins", () => {
    const tasks = [task("schema"), task("core"), task("api", "schema", "core"), task("ui", "api")];
    const situation = run(tasks, ended("core", "Succeeded"), ...working("schema"));
    const { causes, roots, state, summary } = explain(situation, "ui");
    expect({ state, summary }).toEqual({
      state: "Pending",
      summary: "waits for 1 of 1 dependency: api",
    });
    expect(causes).toMatchObject([
      { id: "api", depth: 1, under: null, summary: "waits for 1 of 2 dependencies: schema" },
      { id: "schema", depth: 2, under: "api", waitedForBy: "api", gate: "agent-ended" },
    ]);
    expect(roots).toMatchObject([
      { id: "schema", waiting: 2, summary: "running since 2026-11-21T12:00:00Z on local-1" },
    ]);
  });

  it("shows satisfied dependencies after the others, with where they were stated", () => {
    const tasks: ReadonlyArray<Task> = [
      task("a"),
      task("b"),
      {
        id: "c",
        dependsOn: [
          { task: "a", source: "plan.yaml:3" },
          { task: "b", until: "merged" },
        ],
      },
    ];
    const { dependencies } = explain(run(tasks, ended("a", "Succeeded")), "c");
    expect(dependencies).toMatchObject([
      { id: "b", satisfied: false, gate: "merged", source: null },
      { id: "a", satisfied: true, state: "Succeeded", source: "plan.yaml:3" },
    ]);
  });

  it("names each cause once, where the way to it is shortest", () => {
    const situation = planned([task("a"), task("b", "a"), task("c", "b", "a")]);
    expect(explain(situation, "c").causes).toMatchObject([
      { id: "b", depth: 1, under: null },
      { id: "a", depth: 1, under: null },
    ]);
    expect(ids(explain(situation, "c").roots)).toEqual(["a"]);
  });

  it("puts what somebody must see to before what ends by itself, and then what most wait for", () => {
    const tasks = [
      task("works"),
      task("lone"),
      task("shared"),
      ...["x", "y"].map((id) => task(id, "shared", "works")),
      task("z", "x", "y", "lone", "works"),
    ];
    const situation = run(
      tasks,
      ...working("works"),
      ended("lone", "Failed", boom),
      ended("shared", "Held", { _tag: "NeedsDecision", question: "Which key?" }),
    );
    expect(explain(situation, "z").roots).toMatchObject([
      { id: "shared", waiting: 3, summary: "held: Which key?" },
      { id: "lone", waiting: 1, summary: "failed: boom" },
      { id: "works", waiting: 3 },
    ]);
  });

  it("tells a skipped task from the one that it was skipped for", () => {
    const tasks = [task("a"), task("slow"), task("b", "a"), task("c", "b", "slow")];
    const skipped = (dependency: string, outcome: "Failed" | "Skipped"): RunEvent.EndReason => ({
      _tag: "DependencyFailed",
      dependency,
      outcome,
      root: "a",
    });
    const situation = run(
      tasks,
      ended("a", "Failed", boom),
      ended("b", "Skipped", skipped("a", "Failed")),
      ended("c", "Skipped", skipped("b", "Skipped")),
    );
    const { causes, roots, summary } = explain(situation, "c");
    expect(summary).toBe("skipped because b was skipped");
    expect(ids(causes)).toEqual(["b", "a"]);
    expect(ids(roots)).toEqual(["a"]);
  });

  it("ends at a task that waits for a decision, whatever it depends on", () => {
    const question = "a ended as Failed: run b all the same?";
    const situation = run(
      [task("a"), { ...task("b", "a"), onDependencyFailure: "hold" }, task("c", "b")],
      ended("a", "Failed", boom),
      ended("b", "Held", { _tag: "NeedsDecision", question }),
      ended("c", "Held", { _tag: "DependencyFailed", dependency: "b", outcome: "Held", root: "b" }),
    );
    expect(explain(situation, "b")).toMatchObject({
      causes: [],
      roots: [{ id: "b", waiting: 0, summary: `held: ${question}` }],
    });
    expect(explain(situation, "c")).toMatchObject({
      summary: "held because b was held",
      roots: [{ id: "b", waiting: 1 }],
    });
  });

  it("finds no cause for a task that works, lands or has succeeded", () => {
    const situation = run(
      [task("a"), task("b"), task("c")],
      ...working("a"),
      ...working("b"),
      { _tag: "LandingStarted", at, task: "b", attempt: 1 },
      { _tag: "GateReached", at, task: "b", gate: "pr-open" },
      ended("c", "Succeeded"),
    );
    expect(["a", "b", "c"].map((id) => explain(situation, id))).toMatchObject([
      { causes: [], roots: [], summary: "running since 2026-11-21T12:00:00Z on local-1" },
      { causes: [], roots: [], summary: "landing since 2026-11-21T12:00:00Z, past pr-open" },
      { causes: [], roots: [], summary: "succeeded at 2026-11-21T12:00:00Z" },
    ]);
  });

  it("says until when a task backs off, and after what", () => {
    const situation = run(
      [task("a")],
      ...working("a"),
      { _tag: "AgentRunEnded", at, task: "a", attempt: 1, end: { _tag: "Failed", failure } },
      { _tag: "RetryScheduled", at, task: "a", attempt: 1, class: "agent", delayMillis: 30_000 },
    );
    expect(explain(situation, "a").summary).toBe(
      "backing off until 2026-11-21T12:00:30Z, after attempt 1: boom",
    );
  });

  it("gives a ready task its place in the queue and says how many slots are taken", () => {
    const tasks = ["a", "b", "c", "d"].map((id) => task(id));
    const situation = run(tasks, ...working("a"), ...working("b"), ready("c"), ready("d"));
    expect(explain(situation, "d")).toMatchObject({
      summary: "ready, 2nd in the queue; 2 of 2 slots taken",
      queue: { position: 2, length: 2 },
      slots: { total: 2, takenBy: ["a", "b"] },
      roots: [{ id: "d" }],
    });
  });

  it("names who has the resource or the files that a ready task needs", () => {
    const settings = { slots: 9, resources: { gpu: 3 } };
    const situation = planned(
      [
        { id: "train", priority: 1, resources: { gpu: 2 } },
        { id: "tune", resources: { gpu: 2 } },
        { id: "auth", priority: 1, claims: ["src/auth/**"] },
        { id: "login", claims: ["src/auth/login.ts", "docs"] },
      ],
      settings,
    );
    expect(explain(situation, "tune")).toMatchObject({
      summary: "ready, 3rd in the queue; needs 2 of gpu, 1 of 3 free (train)",
      contention: [{ kind: "resource", name: "gpu", needed: 2, free: 1, takenBy: ["train"] }],
    });
    expect(explain(situation, "login")).toMatchObject({
      summary: "ready, 4th in the queue; the files src/auth/login.ts are claimed (auth)",
      contention: [{ kind: "claim", name: "src/auth/login.ts", takenBy: ["auth"] }],
    });
    expect(explain(situation, "train").summary).toBe("ready, starts at once");
  });

  it("says that an agent takes no launches, while slots are free", () => {
    const refused: ReadonlyArray<RunEvent.RunEvent> = [
      ready("a"),
      intended("a"),
      { _tag: "LaunchFailed", at, task: "a", attempt: 1, reason: "Exhausted", message: "no quota" },
      ended("a", "Held", { _tag: "NeedsDecision", question: "no quota" }),
    ];
    const tasks = ["a", "b", "c", "d"].map((id) => task(id));
    const situation = run(tasks, ...refused, ready("b"));
    expect(explain(situation, "b")).toMatchObject({
      summary: "ready, 1st in the queue; the agent local takes no launches (a)",
      contention: [{ kind: "agent", name: "local", takenBy: ["a"] }],
    });
    const full = run(tasks, ...refused, ready("b"), ...working("c"), ...working("d"));
    expect(explain(full, "b")).toMatchObject({
      summary: "ready, 1st in the queue; 2 of 2 slots taken",
      contention: [],
    });
  });

  it("says that slots rest after a failure, until they recover or another process goes on", () => {
    const rests: RunEvent.RunEvent = {
      _tag: "SlotQuarantined",
      at,
      slot: "local-2",
      until: at + 1000,
      message: "no such program",
    };
    const queued = [...working("a"), rests, ready("b")];
    const slots = (...events: ReadonlyArray<RunEvent.RunEvent>) =>
      explain(run([task("a"), task("b")], ...queued, ...events), "b").slots.resting;
    expect(explain(run([task("a"), task("b")], ...queued), "b").summary).toBe(
      "ready, 1st in the queue; 1 of 2 slots taken, 1 at rest after a failure",
    );
    expect(slots()).toEqual([{ slot: "local-2", until: "2026-11-21T12:00:01.000Z" }]);
    expect(slots({ _tag: "SlotRecovered", at, slot: "local-2" })).toEqual([]);
    expect(slots({ _tag: "RunResumed", at, concurrency: 2 })).toEqual([]);
  });

  it("tells things outside of the plan from things that do not exist", () => {
    const outside = (id: string) =>
      id === "acme/web#7"
        ? { id, state: "open", title: "Other work", url: "https://example.org/7" }
        : undefined;
    const situation = planned([task("a", "acme/web#7", "nowhere")], { outside });
    expect(explain(situation, "a").roots).toMatchObject([
      { id: "acme/web#7", state: "Outside", summary: "open, not in the plan", waiting: 1 },
      { id: "nowhere", state: "Missing", summary: "does not exist", waiting: 1 },
    ]);
  });

  it("ends at a task that cannot run for a reason of its own", () => {
    const blocked = "it is not trusted: its author eve is NONE";
    const situation = planned([{ task: task("a", "free"), blocked }, task("free"), task("b", "a")]);
    expect(explain(situation, "b").roots).toMatchObject([
      { id: "a", state: "Blocked", summary: `cannot run: ${blocked}` },
    ]);
    expect(explain(situation, "a")).toMatchObject({ state: "Blocked", causes: [] });
  });

  it("takes tasks that wait for one another for one root, and shows the way around", () => {
    const situation = planned([
      task("a", "b"),
      task("b", "c"),
      task("c", "a"),
      task("d", "b", "self"),
      task("self", "self"),
    ]);
    expect(explain(situation, "d").roots).toMatchObject([
      {
        id: "b",
        state: "Cycle",
        cycle: ["b", "c", "a", "b"],
        summary: "waits for itself: b → c → a → b",
        waiting: 1,
      },
      { id: "self", state: "Cycle", cycle: ["self", "self"], waiting: 1 },
    ]);
  });

  it("says why nothing starts at all", () => {
    const halted = "the plan has 2 errors";
    expect(explain(planned([task("a")], { halted }), "a")).toMatchObject({
      halted,
      summary: `ready, 1st in the queue; ${halted}`,
    });
  });

  it("cuts a long chain in the middle and counts what is left out", () => {
    const size = 100_000;
    const chain = Array.from({ length: size }, (_, n) =>
      n === 0 ? task("t0") : task(`t${n}`, `t${n - 1}`),
    );
    const told = explain(planned(chain), `t${size - 1}`, { causes: 4 });
    expect(told.causes).toMatchObject([
      { id: "t99998", between: 0 },
      { id: "t99997", between: 0 },
      { id: "t1", under: "t99997", between: size - 5 },
      { id: "t0", under: "t1", between: 0 },
    ]);
    expect(told).toMatchObject({
      causesLeftOut: size - 5,
      roots: [{ id: "t0", waiting: size - 1, depth: size - 1 }],
    });
  });

  it("takes a ring of many tasks for a cycle", () => {
    const size = 20_000;
    const ring = Array.from({ length: size }, (_, n) => task(`t${n}`, `t${(n + 1) % size}`));
    const [root, ...others] = explain(planned(ring), "t5").roots;
    expect(others).toEqual([]);
    expect(root).toMatchObject({ id: "t5", state: "Cycle", waiting: 0 });
    expect(root?.cycle).toHaveLength(size + 1);
  });

  it("lists a bounded part of many dependencies and many roots", () => {
    const many = Array.from({ length: 50 }, (_, n) => task(`t${n}`));
    const told = explain(planned([...many, task("all", ...ids(many))]), "all", {
      dependencies: 10,
      causes: 8,
      roots: 3,
    });
    expect([told.dependencies.length, told.causes.length, told.roots.length]).toEqual([10, 8, 3]);
    expect(told).toMatchObject({ dependenciesLeftOut: 40, causesLeftOut: 42, rootsLeftOut: 47 });
  });

  it("asks back for an id that no task has", () => {
    const unknown = Explanation.explain(planned([task("build")]), "biuld");
    expect(Result.getOrThrow(Result.flip(unknown))).toMatchObject({
      task: "biuld",
      message: 'There is no task "biuld". Did you mean "build"?',
    });
  });
});

/** Tasks t0, t1, … with any references, to each other, themselves and to nothing; some are blocked. */
const anyPlan = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, number) =>
      fc
        .record({
          references: fc.array(fc.integer({ min: 0, max: size }), { maxLength: 3 }),
          isBlocked: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
        })
        .map(({ isBlocked, references }): Situation.Planned => ({
          task: task(`t${number}`, ...references.map((to) => `t${to}`)),
          ...(isBlocked ? { blocked: "it is not trusted" } : {}),
        })),
    ),
  ),
);

describe("every explanation", () => {
  it("has a root for each task that nothing has started yet, and roots wait for nothing", () => {
    fc.assert(
      fc.property(anyPlan, (tasks) => {
        const situation = Situation.ofPlan(tasks, house);
        for (const id of situation.ids()) {
          const { causes, causesLeftOut, roots } = explain(situation, id);
          expect(roots.length).toBeGreaterThan(0);
          expect(causesLeftOut).toBe(0);
          expect(new Set(ids(causes)).size).toBe(causes.length);
          for (const root of roots) {
            const found = situation.find(root.id);
            const isEnd = found === undefined || found.blocked !== undefined;
            if (root.cycle === null && !isEnd) expect(found.edges).toEqual([]);
            for (const [index, member] of (root.cycle ?? []).slice(0, -1).entries()) {
              const next = root.cycle![index + 1]!;
              expect(situation.find(member)?.edges.map(({ on }) => on)).toContain(next);
            }
          }
        }
      }),
    );
  });

  it("comes to no cause through a dependency that is satisfied", () => {
    const outcomes = fc.array(fc.constantFrom("Succeeded", "Failed", undefined), { minLength: 12 });
    fc.assert(
      fc.property(anyPlan, outcomes, (tasks, drawn) => {
        const acyclic = tasks.map(({ task: { dependsOn, id } }, number) =>
          task(
            id,
            ...(dependsOn as ReadonlyArray<string>).filter((on) => Number(on.slice(1)) < number),
          ),
        );
        const ends = acyclic.flatMap(({ id }, number) =>
          drawn[number] === undefined ? [] : [ended(id, drawn[number])],
        );
        const situation = run(acyclic, ...ends);
        for (const { id } of acyclic) {
          for (const cause of explain(situation, id).causes) {
            expect(situation.find(cause.id)?.phase).not.toBe("Succeeded");
            const edges = situation.find(cause.waitedForBy)!.edges;
            expect(edges.find(({ on }) => on === cause.id)?.satisfied).toBe(false);
          }
        }
      }),
    );
  });

  it("lists as many causes as it may, each under one that is listed before it", () => {
    fc.assert(
      fc.property(anyPlan, fc.nat({ max: 12 }), (tasks, limit) => {
        const situation = Situation.ofPlan(tasks, house);
        for (const id of situation.ids()) {
          const whole = explain(situation, id);
          const { causes, causesLeftOut } = explain(situation, id, { causes: limit });
          expect(causes).toHaveLength(Math.min(limit, whole.causes.length));
          expect(causes.length + causesLeftOut).toBe(whole.causes.length);
          for (const [index, { between, depth, under }] of causes.entries()) {
            const above = causes.slice(0, index).find((one) => one.id === under);
            expect(under === null || above !== undefined).toBe(true);
            expect(depth).toBe((above?.depth ?? 0) + 1 + between);
          }
        }
      }),
    );
  });
});
