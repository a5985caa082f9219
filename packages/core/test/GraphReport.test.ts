import { describe, expect, it } from "@effect/vitest";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";
import * as GraphReport from "../src/GraphReport.ts";
import * as PlanProblem from "../src/PlanProblem.ts";
import { dependencies, type Task } from "../src/Task.ts";

type Kind = PlanProblem.PlanProblem["_tag"];

const ofKind = <K extends Kind>(report: GraphReport.GraphReport, kind: K) =>
  report.problems.filter(
    (problem): problem is Extract<PlanProblem.PlanProblem, { _tag: K }> => problem._tag === kind,
  );

const task = (id: string, ...dependsOn: ReadonlyArray<string>): Task => ({ id, dependsOn });

const idsOf = (tasks: ReadonlyArray<Task>) => tasks.map(({ id }) => id);

const needs = (of: Task) => dependencies(of).map((dependency) => dependency.task);

/** Tasks t0, t1, … with any references, to each other, themselves and to nothing. */
const anyTasks = fc
  .integer({ min: 0, max: 9 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, number) =>
        fc
          .array(fc.integer({ min: 0, max: size }), { maxLength: 3 })
          .map((references) => task(`t${number}`, ...references.map((to) => `t${to}`))),
      ),
    ),
  );

/** Tasks that depend only on tasks before them, shuffled, some with an estimate. */
const anyDag = fc
  .array(
    fc.record({
      references: fc.array(fc.nat(), { maxLength: 3 }),
      estimate: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .chain((rows) => {
    const tasks = rows.map(({ references, estimate }, number): Task => {
      const before = number === 0 ? [] : references.map((to) => `t${to % number}`);
      const made = task(`t${number}`, ...before);
      return estimate === undefined ? made : { ...made, estimateSeconds: estimate };
    });
    return fc.shuffledSubarray(tasks, { minLength: tasks.length });
  });

/** The tasks that stay when those whose dependencies are gone are taken away again and again. */
const stuck = (tasks: ReadonlyArray<Task>): ReadonlySet<string> => {
  const gone = new Set<string>();
  for (let round = 0; round < tasks.length; round++) {
    for (const one of tasks) if (needs(one).every((id) => gone.has(id))) gone.add(one.id);
  }
  return new Set(idsOf(tasks).filter((id) => !gone.has(id)));
};

/** What every task reaches in one step or more, itself only through others. */
const reachable = (tasks: ReadonlyArray<Task>): ReadonlyMap<string, ReadonlySet<string>> => {
  const known = new Set(idsOf(tasks));
  const next = new Map(
    tasks.map((one) => [one.id, needs(one).filter((id) => id !== one.id && known.has(id))]),
  );
  const visit = (id: string, seen: Set<string>) => {
    for (const other of next.get(id)!) if (!seen.has(other)) visit(other, seen.add(other));
    return seen;
  };
  return new Map(tasks.map(({ id }) => [id, visit(id, new Set())]));
};

/** The fewest edges from a task back to itself through others, by lengthening walks. */
const shortestCycle = (tasks: ReadonlyArray<Task>, id: string): number => {
  const next = new Map(tasks.map((one) => [one.id, needs(one).filter((to) => to !== one.id)]));
  let ends = new Set([id]);
  for (let length = 1; length <= tasks.length; length++) {
    ends = new Set([...ends].flatMap((end) => next.get(end) ?? []));
    if (ends.has(id)) return length;
  }
  return Infinity;
};

describe("waves, order and edges", () => {
  it("puts every task that can run one wave behind its last dependency", () => {
    fc.assert(
      fc.property(anyTasks, (tasks) => {
        const { waves, roots } = GraphReport.make(tasks);
        const wave = new Map(waves.flatMap((ids, level) => ids.map((id) => [id, level])));
        const left = stuck(tasks);
        for (const one of tasks) {
          const before = needs(one).map((id) => wave.get(id) ?? Number.NaN);
          expect(wave.get(one.id)).toBe(left.has(one.id) ? undefined : Math.max(-1, ...before) + 1);
        }
        expect(roots).toEqual(waves[0] ?? []);
      }),
    );
  });

  it("orders every dependency before its dependents, each task once", () => {
    fc.assert(
      fc.property(anyTasks, (tasks) => {
        const { order } = GraphReport.make(tasks);
        const left = stuck(tasks);
        expect(order.toSorted()).toEqual(idsOf(tasks).filter((id) => !left.has(id)));
        const place = new Map(order.map((id, at) => [id, at]));
        for (const one of tasks.filter(({ id }) => place.has(id))) {
          for (const id of needs(one)) expect(place.get(id)).toBeLessThan(place.get(one.id)!);
        }
      }),
    );
  });

  it("lists one edge for each pair, with its gate and source", () => {
    const { edges } = GraphReport.make(
      [
        task("a"),
        {
          id: "b",
          dependsOn: [{ task: "a", until: "pr-open", source: "plan.yaml:3" }, "a", "b", "ghost"],
        },
        task("c", "b"),
      ],
      { defaultGate: "merged" },
    );
    expect(edges).toEqual([
      { from: "a", to: "b", gate: "pr-open", source: "plan.yaml:3" },
      { from: "b", to: "c", gate: "merged" },
    ]);
  });

  it("reports on nothing", () => {
    expect(GraphReport.make([])).toEqual({
      problems: [],
      waves: [],
      criticalPath: { tasks: [], seconds: undefined },
      roots: [],
      order: [],
      edges: [],
    });
  });
});

describe("cycles", () => {
  it("reports one real, shortest cycle for every strongly connected component", () => {
    fc.assert(
      fc.property(anyTasks, (tasks) => {
        const reached = reachable(tasks);
        const onCycle = idsOf(tasks).filter((id) => reached.get(id)!.has(id));
        const componentOf = (id: string) =>
          onCycle.filter((other) => reached.get(id)!.has(other) && reached.get(other)!.has(id));
        const components = new Set(onCycle.map((id) => componentOf(id).join()));
        const cycles = ofKind(GraphReport.make(tasks), "Cycle").map(({ path }) => path);

        expect(new Set(cycles.map(([first]) => componentOf(first!).join()))).toEqual(components);
        expect(cycles).toHaveLength(components.size);
        for (const path of cycles) {
          expect(path.at(-1)).toBe(path[0]);
          expect(new Set(path).size).toBe(path.length - 1);
          path.slice(1).forEach((id, at) => {
            expect(needs(tasks.find((one) => one.id === path[at])!)).toContain(id);
          });
          const lengths = componentOf(path[0]!).map((id) => shortestCycle(tasks, id));
          expect(path.length - 1).toBe(Math.min(...lengths));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("prints a cycle from its first task on, each depending on the next", () => {
    const { problems } = GraphReport.make([task("c", "a"), task("a", "b"), task("b", "c")]);
    expect(problems).toEqual([{ _tag: "Cycle", path: ["c", "a", "b", "c"] }]);
    expect(PlanProblem.message(problems[0]!)).toBe(
      "Cycle: c → a → b → c. Each depends on the next; remove one of these dependencies.",
    );
  });

  it("finds the cycle in a ring of 100,000 tasks and prints its ends", () => {
    const size = 100_000;
    const ring = Array.from({ length: size }, (_, at) => task(`t${at}`, `t${(at + 1) % size}`));
    const [cycle, ...others] = GraphReport.make(ring).problems;
    expect(others).toEqual([]);
    expect(cycle).toMatchObject({ _tag: "Cycle", path: { length: size + 1 } });
    expect(PlanProblem.message(cycle!)).toContain("t7 → … 99992 more … → t0.");
  });

  it("finds the shortest cycle that does not pass through the first task", () => {
    const ring = Array.from({ length: 1500 }, (_, at) => task(`t${at}`, `t${(at + 1) % 1500}`));
    ring[1001] = task("t1001", "t1002", "t999");
    expect(ofKind(GraphReport.make(ring), "Cycle")).toEqual([
      { _tag: "Cycle", path: ["t999", "t1000", "t1001", "t999"] },
    ]);
  });
});

describe("tasks that never run", () => {
  it("are those that no order reaches, told from the ones that an error names", () => {
    fc.assert(
      fc.property(anyTasks, (tasks) => {
        const report = GraphReport.make(tasks);
        const named = new Set([
          ...ofKind(report, "Cycle").flatMap(({ path }) => path),
          ...ofKind(report, "MissingDependency").map((problem) => problem.task),
          ...ofKind(report, "SelfDependency").map((problem) => problem.task),
        ]);
        const waiting = ofKind(report, "NeverRuns");
        const reached = reachable(tasks);
        expect(new Set([...named, ...waiting.map((problem) => problem.task)])).toEqual(
          stuck(tasks),
        );
        for (const problem of waiting) {
          expect(named).not.toContain(problem.task);
          expect(named).toContain(problem.because);
          expect(reached.get(problem.task)).toContain(problem.because);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are blamed on the nearest bad task", () => {
    const { problems } = GraphReport.make([
      task("far", "ghost"),
      task("near", "near", "far"),
      task("x", "near"),
      task("y", "x"),
    ]);
    expect(problems.slice(2)).toEqual([
      { _tag: "NeverRuns", task: "x", because: "near" },
      { _tag: "NeverRuns", task: "y", because: "near" },
    ]);
  });
});

describe("problems of single tasks", () => {
  const one = (tasks: ReadonlyArray<Task>, options?: GraphReport.Options) =>
    GraphReport.make(tasks, options).problems.map((problem) => [
      PlanProblem.severity(problem),
      PlanProblem.message(problem),
    ]);

  it("names a missing dependency, where it was stated, and what was probably meant", () => {
    const build = { task: "biuld", source: "plan.yaml:7" };
    expect(one([task("build"), { id: "test", dependsOn: [build, "lint"] }])).toEqual([
      [
        "error",
        'Task "test" depends on "biuld", which does not exist (stated in "plan.yaml:7"). Did you mean "build"?',
      ],
      [
        "error",
        'Task "test" depends on "lint", which does not exist. Add that task or remove the dependency.',
      ],
    ]);
  });

  it("counts the tasks that share an id and goes on with the first", () => {
    const report = GraphReport.make([task("a"), task("a", "b"), task("b", "a"), task("a")]);
    expect(report.problems).toEqual([{ _tag: "DuplicateTask", task: "a", count: 3 }]);
    expect(report.waves).toEqual([["a"], ["b"]]);
  });

  it("reports a self dependency, and a repeated reference once", () => {
    expect(one([task("a"), task("b", "a", "a", "b", "a", "b")])).toEqual([
      ["error", 'Task "b" depends on itself. Remove that dependency.'],
      ["warning", 'Task "b" states its dependency on "a" more than once. The first one counts.'],
      ["warning", 'Task "b" states its dependency on "b" more than once. The first one counts.'],
    ]);
  });

  it("reports isolated tasks only beside connected ones", () => {
    expect(one([task("a"), task("b")])).toEqual([]);
    expect(one([task("a"), task("b", "a"), task("c")])).toEqual([
      ["warning", 'Task "c" is not connected to any other task.'],
    ]);
  });

  it("reports gates beyond the last one that can be reached", () => {
    const tasks: ReadonlyArray<Task> = [
      task("a"),
      { id: "b", dependsOn: [{ task: "a", until: "checks-green" }] },
      { id: "c", dependsOn: [{ task: "a", until: "merged" }, "b"] },
    ];
    expect(one(tasks, { gates: ["agent-ended", "merged"] })).toEqual([]);
    expect(one(tasks, { gates: ["agent-ended", "checks-green"] })).toEqual([
      [
        "error",
        'Task "c" waits until "a" is at "merged", which nothing here can reach. Available: agent-ended, checks-green.',
      ],
    ]);
    expect(one(tasks, { gates: ["agent-ended"], defaultGate: "pr-open" })).toHaveLength(3);
  });

  it("reports unknown agents and resources, and needs above the capacity", () => {
    const needy: Task = {
      id: "a",
      agent: "codgen",
      resources: { gpu: 3, disc: 1, toString: 1 },
    };
    expect(one([needy], { agents: ["codegen", "local"], resources: { gpu: 2, disk: 4 } })).toEqual([
      [
        "error",
        'Task "a" wants the agent "codgen", which does not exist (known: codegen, local). Did you mean "codegen"?',
      ],
      [
        "error",
        'Task "a" needs 3 of "gpu", but there are 2 in all. Raise the capacity or lower the need.',
      ],
      [
        "error",
        'Task "a" needs the resource "disc", which has no capacity (known: gpu, disk). Did you mean "disk"?',
      ],
      [
        "error",
        'Task "a" needs the resource "toString", which has no capacity (known: gpu, disk). Declare its capacity or remove it.',
      ],
    ]);
    expect(one([needy])).toEqual([]);
  });

  it("stays JSON, and keeps messages on one line whatever names contain", () => {
    const name = fc.string({ unit: "binary", minLength: 1 });
    const kinds = new Set<Kind>();
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        const tasks: ReadonlyArray<Task> = [
          { ...task(a, b, `${b}?`), agent: c, resources: { [c]: 1, gpu: 9 } },
          task(b, a, b),
          task(c, a),
        ];
        const { problems } = GraphReport.make(tasks, { agents: [], resources: { gpu: 1 } });
        const coder = Schema.fromJsonString(Schema.Array(PlanProblem.PlanProblem));
        const text = Schema.encodeSync(coder)(problems);
        expect(Schema.decodeSync(coder)(text)).toEqual(JSON.parse(JSON.stringify(problems)));
        for (const problem of problems) {
          kinds.add(problem._tag);
          expect(PlanProblem.message(problem)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
        }
      }),
    );
    expect(kinds.size).toBeGreaterThan(5);
  });
});

describe("PlanInvalid", () => {
  it("lists twenty problems, counts the rest and carries the exit code for bad data", () => {
    const tasks = Array.from({ length: 30 }, (_, at) => task(`task${at}`, "nowhere-to-be-found"));
    const error = PlanProblem.invalid(GraphReport.make(tasks).problems)!;
    const lines = error.message.split("\n");
    expect(lines).toHaveLength(22);
    expect(lines[1]).toMatch(/^- Task "task0" depends on/);
    expect(lines.at(-1)).toBe("and 10 more");
    expect(Runtime.getErrorExitCode(error)).toBe(65);
  });

  it("does not come from warnings", () => {
    const { problems } = GraphReport.make([task("a"), task("b", "a", "a"), task("c")]);
    expect(problems.map(PlanProblem.severity)).toEqual(["warning", "warning"]);
    expect(PlanProblem.invalid(problems)).toBeUndefined();
  });
});

describe("critical path", () => {
  it("is as long as the longest of all paths", () => {
    fc.assert(
      fc.property(anyDag, (tasks) => {
        const estimates = tasks.flatMap((one) => one.estimateSeconds ?? []);
        const mean = estimates.reduce((sum, each) => sum + each, 0) / estimates.length;
        const length = (one: Task) => (estimates.length === 0 ? 1 : (one.estimateSeconds ?? mean));
        const get = (id: string) => tasks.find((one) => one.id === id)!;
        const longest = (one: Task): number =>
          length(one) + Math.max(0, ...needs(one).map((id) => longest(get(id))));
        const expected = Math.max(...tasks.map(longest));

        const { criticalPath: path } = GraphReport.make(tasks);
        expect(path.tasks.reduce((sum, id) => sum + length(get(id)), 0)).toBeCloseTo(expected);
        if (estimates.length === 0) expect(path.seconds).toBeUndefined();
        else expect(path.seconds).toBeCloseTo(expected);
        path.tasks.slice(1).forEach((id, at) => expect(needs(get(id))).toContain(path.tasks[at]));
        expect(needs(get(path.tasks[0]!))).toEqual([]);
      }),
    );
  });

  it("prefers known durations to estimates, and estimates to nothing", () => {
    const tasks: ReadonlyArray<Task> = [
      { id: "a", estimateSeconds: 100 },
      { id: "b", estimateSeconds: 10 },
      { id: "c", dependsOn: ["a", "b"] },
    ];
    expect(GraphReport.make(tasks).criticalPath).toEqual({ tasks: ["a", "c"], seconds: 155 });
    const durations = ({ id }: Task) => (id === "a" ? 2 : id === "c" ? Number.NaN : undefined);
    expect(GraphReport.make(tasks, { durations }).criticalPath).toEqual({
      tasks: ["b", "c"],
      seconds: 16,
    });
  });

  it("leaves out tasks that cannot run", () => {
    const broken = { ...task("b", "ghost"), estimateSeconds: 1000 };
    expect(GraphReport.make([task("a"), broken, task("c", "a")]).criticalPath).toEqual({
      tasks: ["a", "c"],
      seconds: undefined,
    });
  });
});

describe("large plans", () => {
  const size = 100_000;

  it("walks a chain of 100,000 tasks given in reverse", () => {
    const chain = Array.from({ length: size }, (_, at) =>
      at === 0 ? task("t0") : task(`t${at}`, `t${at - 1}`),
    ).toReversed();
    const report = GraphReport.make(chain);
    expect(report.problems).toEqual([]);
    expect(report.waves).toHaveLength(size);
    expect(report.criticalPath.tasks).toEqual(report.order);
    expect(report.order.at(-1)).toBe(`t${size - 1}`);
  });

  it("walks a fan of 100,000 tasks out and in", () => {
    const fan = Array.from({ length: size }, (_, at) => task(`t${at}`, "start"));
    const report = GraphReport.make([task("end", ...idsOf(fan)), task("start"), ...fan]);
    expect(report.problems).toEqual([]);
    expect(report.waves.map((wave) => wave.length)).toEqual([1, size, 1]);
    expect(report.edges).toHaveLength(2 * size);
    expect(report.criticalPath.tasks).toEqual(["start", "t0", "end"]);
  });

  it("blames everything behind a broken start on it", () => {
    const chain = Array.from({ length: size }, (_, at) => task(`t${at}`, `t${at - 1}`));
    const { problems, order } = GraphReport.make(chain);
    expect(order).toEqual([]);
    expect(problems).toHaveLength(size);
    expect(problems.at(-1)).toEqual({
      _tag: "NeverRuns",
      task: `t${size - 1}`,
      because: "t0",
    });
  });

  it("bounds suggestions when every reference is misspelt", () => {
    const tasks = Array.from({ length: size }, (_, at) => task(`task-${at}`, `tusk-${at}`));
    const { problems } = GraphReport.make(tasks);
    expect(problems).toHaveLength(size);
    expect(problems[0]).toMatchObject({ suggestion: "task-0" });
    expect(problems.at(-1)).not.toHaveProperty("suggestion");
  });
});
