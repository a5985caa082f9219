import { assert, describe, it } from "@effect/vitest";
import { DependencyGraph, type PlanProblem, Task } from "@orchestrator/core";
import * as Result from "effect/Result";
import * as fc from "fast-check";

type Graph = DependencyGraph.DependencyGraph;

const make = (tasks: ReadonlyArray<Task.Task>, options?: DependencyGraph.Options) => {
  const graph = new DependencyGraph.DependencyGraph(options);
  return { graph, added: Result.getOrThrow(graph.add(tasks)) };
};

interface ModelEdge {
  readonly dependency: number;
  readonly gate: Task.Gate;
  readonly policy: Task.OnDependencyFailure;
  satisfied: boolean;
}

/** The graph as anybody would write it who need not be quick: everything is computed anew. */
class Model {
  readonly ids: Array<string> = [];
  readonly edges: Array<Array<ModelEdge>> = [];
  readonly reached: Array<number> = [];
  readonly failed: Array<boolean> = [];

  isReady(node: number): boolean {
    return this.edges[node]!.every((edge) => edge.satisfied);
  }

  problems(tasks: ReadonlyArray<Task.Task>): ReadonlyArray<PlanProblem.PlanProblem> {
    const known = new Set(this.ids);
    const problems: Array<PlanProblem.PlanProblem> = [];
    const ids = [...this.ids, ...tasks.map(({ id }) => id)];
    const repeated = new Set<string>();
    for (const { id } of tasks) {
      if (known.has(id)) repeated.add(id);
      known.add(id);
    }
    for (const task of repeated) {
      const count = ids.filter((id) => id === task).length;
      problems.push({ _tag: "DuplicateTask", task, count });
    }
    if (problems.length > 0) return problems;
    for (const task of tasks) {
      for (const { task: dependency } of Task.dependencies(task)) {
        if (!known.has(dependency)) {
          problems.push({ _tag: "MissingDependency", task: task.id, dependency });
        } else if (dependency === task.id) {
          problems.push({ _tag: "SelfDependency", task: task.id });
        }
      }
    }
    return problems;
  }

  /** Whether taking away tasks that wait for no other task of the list leaves some that wait for each other. */
  hasCycle(tasks: ReadonlyArray<Task.Task>): boolean {
    let left = [...tasks];
    for (;;) {
      const ids = new Set(left.map(({ id }) => id));
      const next = left.filter((task) => Task.dependencies(task).some((on) => ids.has(on.task)));
      if (next.length === left.length) return left.length > 0;
      left = next;
    }
  }

  add(tasks: ReadonlyArray<Task.Task>): DependencyGraph.Added {
    const first = this.ids.length;
    const broken: Array<DependencyGraph.BrokenEdge> = [];
    for (const { id } of tasks) this.ids.push(id);
    for (const task of tasks) {
      const dependent = this.edges.length;
      const edges = new Map<number, ModelEdge>();
      for (const { task: id, until, onFailure } of Task.dependencies(task)) {
        const dependency = this.ids.indexOf(id);
        if (edges.has(dependency)) continue;
        const gate = until ?? "agent-ended";
        const policy = onFailure ?? task.onDependencyFailure ?? "skip";
        const satisfied = (this.reached[dependency] ?? 0) > Task.gates.indexOf(gate);
        const edge = { dependency, gate, policy, satisfied };
        edges.set(dependency, edge);
        if (!satisfied && this.failed[dependency] === true) {
          broken.push({ dependent, dependency, policy });
          edge.satisfied = policy === "run-anyway";
        }
      }
      this.edges.push([...edges.values()]);
      this.reached.push(0);
      this.failed.push(false);
    }
    const ready = tasks.map((_, index) => first + index).filter((node) => this.isReady(node));
    return { first, ready, broken };
  }

  raise(node: number, gates: number): ReadonlyArray<number> {
    const waited = this.ids.map((_, dependent) => !this.isReady(dependent));
    this.reached[node] = Math.max(this.reached[node]!, gates);
    for (const edges of this.edges) {
      for (const edge of edges) {
        if (edge.dependency === node && Task.gates.indexOf(edge.gate) < gates)
          edge.satisfied = true;
      }
    }
    return [...waited.keys()].filter((dependent) => waited[dependent] && this.isReady(dependent));
  }

  fail(node: number): ReadonlyArray<DependencyGraph.BrokenEdge> {
    this.failed[node] = true;
    const broken: Array<DependencyGraph.BrokenEdge> = [];
    for (const [dependent, edges] of this.edges.entries()) {
      for (const edge of edges) {
        if (edge.dependency !== node || edge.satisfied) continue;
        broken.push({ dependent, dependency: node, policy: edge.policy });
        edge.satisfied = edge.policy === "run-anyway";
      }
    }
    return broken;
  }
}

const agrees = (graph: Graph, model: Model) => {
  assert.strictEqual(graph.size, model.ids.length);
  assert.strictEqual(graph.edges, model.edges.flat().length);
  assert.deepStrictEqual(
    graph.table.tasks.map(({ id }) => id),
    model.ids,
  );
  for (const [node, edges] of model.edges.entries()) {
    assert.strictEqual(graph.isReady(node), model.isReady(node));
    assert.deepStrictEqual(
      graph.dependenciesOf(node),
      edges.map(({ dependency }) => dependency),
    );
    assert.deepStrictEqual(
      graph.unsatisfied(node),
      edges
        .filter(({ satisfied }) => !satisfied)
        .map(({ dependency, gate }) => ({ dependency, gate })),
    );
  }
};

const policy = fc.constantFrom(...Task.OnDependencyFailure.literals);
const gate = fc.constantFrom(...Task.gates);

/** Drawn blindly, and given a meaning when the graph is there. */
const drawnDependency = fc.record(
  {
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constant("known" as const) },
      { weight: 20, arbitrary: fc.constant("earlier" as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom("any" as const, "missing" as const, "self" as const),
      },
    ),
    pick: fc.nat(1000),
    plain: fc.boolean(),
    until: gate,
    onFailure: policy,
  },
  { requiredKeys: ["kind", "pick", "plain"] },
);

const drawnTask = fc.record(
  {
    isNew: fc.oneof(
      { weight: 40, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    pick: fc.nat(1000),
    dependsOn: fc.array(drawnDependency, { maxLength: 12 }),
    onDependencyFailure: policy,
  },
  { requiredKeys: ["isNew", "pick", "dependsOn"] },
);

const operation = fc.oneof(
  fc.record({
    do: fc.constant("add" as const),
    tasks: fc.array(drawnTask, { maxLength: 6 }),
  }),
  fc.record({ do: fc.constant("reach" as const), pick: fc.nat(1000), gate }),
  fc.record({ do: fc.constantFrom("succeed" as const, "fail" as const), pick: fc.nat(1000) }),
);

type Drawn = typeof drawnTask extends fc.Arbitrary<infer A> ? A : never;

const meaning = (drawn: ReadonlyArray<Drawn>, model: Model, serial: number): Array<Task.Task> => {
  const pickFrom = (from: ReadonlyArray<string>, pick: number) =>
    from.length === 0 ? [] : [from[pick % from.length]!];
  const ids = drawn.map(({ isNew, pick }, index) =>
    isNew ? `t${serial}-${index}` : (pickFrom(model.ids, pick)[0] ?? `t${serial}-0`),
  );
  return drawn.map(({ dependsOn, onDependencyFailure }, index) => ({
    id: ids[index]!,
    dependsOn: dependsOn.flatMap(({ kind, pick, plain, until, onFailure }) => {
      const from = {
        known: model.ids,
        earlier: ids.slice(0, index),
        any: ids,
        missing: ["nowhere"],
        self: [ids[index]!],
      }[kind];
      const stated = { ...(until && { until }), ...(onFailure && { onFailure }) };
      return pickFrom(from, pick).map((task) => (plain ? task : { task, ...stated }));
    }),
    ...(onDependencyFailure && { onDependencyFailure }),
  }));
};

const isCycle = (path: ReadonlyArray<string>, tasks: ReadonlyArray<Task.Task>) =>
  path.length > 2 &&
  path[0] === path.at(-1) &&
  path.slice(1).every((dependency, index) => {
    const task = tasks.find(({ id }) => id === path[index]);
    return task !== undefined && Task.dependencies(task).some(({ task: id }) => id === dependency);
  });

const join = (graph: Graph, model: Model, tasks: ReadonlyArray<Task.Task>) => {
  const result = graph.add(tasks);
  const problems = model.problems(tasks);
  if (problems.length > 0) {
    assert.deepStrictEqual(Result.getOrThrow(Result.flip(result)), problems);
  } else if (model.hasCycle(tasks)) {
    const cycles = Result.getOrThrow(Result.flip(result));
    assert.isAbove(cycles.length, 0);
    for (const problem of cycles) {
      assert.isTrue(problem._tag === "Cycle" && isCycle(problem.path, tasks));
    }
  } else {
    assert.deepStrictEqual(Result.getOrThrow(result), model.add(tasks));
  }
};

describe("the live graph", () => {
  it("does what a model does that computes everything anew", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25, size: "max" }), (operations) => {
        const graph = new DependencyGraph.DependencyGraph();
        const model = new Model();
        const ended = new Set<number>();
        for (const [serial, step] of operations.entries()) {
          if (step.do === "add") join(graph, model, meaning(step.tasks, model, serial));
          else if (graph.size > 0) {
            const node = step.pick % graph.size;
            if (ended.has(node)) continue;
            if (step.do === "fail") assert.deepStrictEqual(graph.fail(node), model.fail(node));
            else {
              const freed =
                step.do === "reach" ? graph.reach(node, step.gate) : graph.succeed(node);
              const gates = step.do === "reach" ? Task.gates.indexOf(step.gate) + 1 : 4;
              assert.deepStrictEqual(freed, model.raise(node, gates));
            }
            if (step.do !== "reach") ended.add(node);
          }
          agrees(graph, model);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("frees every task exactly once when all succeed, after everything it depends on", () => {
    const plan = fc.array(fc.array(fc.nat(1000), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(plan, fc.nat(), (drawn, seed) => {
        const tasks = drawn.map((picks, index) => ({
          id: `${index}`,
          dependsOn: index === 0 ? [] : picks.map((pick) => `${pick % index}`),
        }));
        // A plan states its tasks in any order.
        const stated = tasks.toSorted((a, b) => hash(a.id, seed) - hash(b.id, seed));
        const { graph, added } = make(stated);
        const queue = [...added.ready];
        const done = new Set<number>();
        for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
          assert.isFalse(done.has(node));
          assert.isTrue(graph.dependenciesOf(node).every((dependency) => done.has(dependency)));
          done.add(node);
          queue.push(...graph.succeed(node));
        }
        assert.strictEqual(done.size, tasks.length);
      }),
      { numRuns: 200 },
    );
  });

  it("reports a batch in which everything is wrong, and is as it was", () => {
    const { graph } = make([{ id: "a" }, { id: "b", dependsOn: ["a"] }]);
    const rejected = graph.add([
      { id: "c", dependsOn: ["c", "ghost"] },
      { id: "d", dependsOn: ["a", { task: "phantom", until: "merged" }] },
    ]);
    assert.deepStrictEqual(Result.getOrThrow(Result.flip(rejected)), [
      { _tag: "SelfDependency", task: "c" },
      { _tag: "MissingDependency", task: "c", dependency: "ghost" },
      { _tag: "MissingDependency", task: "d", dependency: "phantom" },
    ]);
    const cyclic = graph.add([
      { id: "c", dependsOn: ["a", "d"] },
      { id: "d", dependsOn: ["e"] },
      { id: "e", dependsOn: ["c"] },
      { id: "f", dependsOn: ["e"] },
    ]);
    assert.deepStrictEqual(
      Result.getOrThrow(Result.flip(cyclic)).map((problem) => problem._tag),
      ["Cycle"],
    );
    assert.strictEqual(graph.size, 2);
    assert.deepStrictEqual(graph.succeed(0), [1]);
    assert.deepStrictEqual(Result.getOrThrow(graph.add([{ id: "c", dependsOn: ["a"] }])), {
      first: 2,
      ready: [2],
      broken: [],
    });
  });

  it("joins in one step, seeing what happened while it prepared", () => {
    const { graph } = make([{ id: "a" }, { id: "b" }, { id: "c" }]);
    const steps = graph.addSteps(
      Array.from({ length: 10_000 }, (_, index) => ({
        id: `n${index}`,
        dependsOn: [["a"], ["b"], ["c"]][index % 3]!,
      })),
    );
    assert.isFalse(steps.next().done);
    assert.deepStrictEqual(graph.succeed(0), []);
    assert.isFalse(steps.next().done);
    assert.deepStrictEqual(graph.fail(1), []);
    assert.strictEqual(graph.size, 3);
    let step = steps.next();
    while (step.done !== true) {
      assert.strictEqual(graph.size, 3);
      step = steps.next();
    }
    const { broken, first, ready } = Result.getOrThrow(step.value);
    assert.strictEqual(first, 3);
    assert.strictEqual(ready.length, 3334);
    assert.strictEqual(broken.length, 3333);
    assert.isTrue(broken.every(({ dependency }) => dependency === 1));
    assert.strictEqual(graph.succeed(2).length, 3333);
  });
});

const hash = (text: string, seed: number): number => {
  let value = seed | 0;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 2654435761);
  return value;
};

describe("remaining paths", () => {
  const plan = fc.array(
    fc.record({
      picks: fc.array(fc.nat(1000), { maxLength: 4 }),
      seconds: fc.integer({ min: 1, max: 50 }),
    }),
    { maxLength: 30, size: "max" },
  );
  const tasksOf = (drawn: ReadonlyArray<{ picks: ReadonlyArray<number>; seconds: number }>) =>
    drawn.map(({ picks, seconds }, index) => ({
      id: `${index}`,
      estimateSeconds: seconds,
      dependsOn: index === 0 ? [] : picks.map((pick) => `${pick % index}`),
    }));
  const weight = (task: Task.Task) => task.estimateSeconds ?? 1;
  const longest = (tasks: ReadonlyArray<Task.Task>): ReadonlyArray<number> => {
    const paths = tasks.map(() => 0);
    for (let index = tasks.length - 1; index >= 0; index--) {
      const after = tasks.flatMap(({ dependsOn = [] }, dependent) =>
        dependsOn.includes(tasks[index]!.id) ? [paths[dependent]!] : [],
      );
      paths[index] = weight(tasks[index]!) + Math.max(0, ...after);
    }
    return paths;
  };

  it("are the longest ones of the plan", () => {
    fc.assert(
      fc.property(plan, (drawn) => {
        const tasks = tasksOf(drawn);
        const { graph } = make(tasks, { weight });
        assert.deepStrictEqual(
          tasks.map((_, node) => graph.rank(node)),
          longest(tasks),
        );
      }),
      { numRuns: 200 },
    );
  });

  it("grow with tasks that join later, never beyond the longest ones of all tasks", () => {
    fc.assert(
      fc.property(plan, fc.nat(30), (drawn, cut) => {
        const tasks = tasksOf(drawn);
        const { graph } = make(tasks.slice(0, cut), { weight });
        const before = tasks.slice(0, cut).map((_, node) => graph.rank(node));
        for (const task of tasks.slice(cut)) Result.getOrThrow(graph.add([task]));
        const bounds = longest(tasks);
        for (const [node, bound] of bounds.entries()) {
          assert.isAtMost(graph.rank(node), bound);
          assert.isAtLeast(graph.rank(node), before[node] ?? weight(tasks[node]!));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("reach a waiting task that stands alone when a path joins behind it", () => {
    const { graph } = make([{ id: "a" }, { id: "b" }]);
    Result.getOrThrow(
      graph.add([
        { id: "c", dependsOn: ["d"] },
        { id: "d", dependsOn: ["a"] },
      ]),
    );
    assert.deepStrictEqual(
      [0, 1, 2, 3].map((node) => graph.rank(node)),
      [3, 1, 1, 2],
    );
  });
});

describe("a hundred thousand tasks", () => {
  const many = 100_000;

  it("form a chain, stated from its end", () => {
    const { graph, added } = make(
      Array.from({ length: many }, (_, index) => ({
        id: `${index}`,
        dependsOn: index === many - 1 ? [] : [`${index + 1}`],
      })),
    );
    assert.deepStrictEqual(added.ready, [many - 1]);
    assert.strictEqual(graph.rank(many - 1), many);
    let freed = 1;
    for (let next = graph.succeed(many - 1); next.length === 1; next = graph.succeed(next[0]!)) {
      freed++;
    }
    assert.strictEqual(freed, many);
  });

  it("fan out of one task and into one task", () => {
    const middle = Array.from({ length: many }, (_, index) => ({
      id: `${index}`,
      dependsOn: ["first"],
    }));
    const last = { id: "last", dependsOn: middle.map(({ id }) => id) };
    const { graph } = make([{ id: "first" }, ...middle, last]);
    const freed = graph.succeed(0);
    assert.strictEqual(freed.length, many);
    assert.isTrue(freed.slice(1).every((node) => graph.succeed(node).length === 0));
    assert.deepStrictEqual(graph.succeed(freed[0]!), [many + 1]);
  });

  it("form a ring, which is one cycle", () => {
    const graph = new DependencyGraph.DependencyGraph();
    const ring = Array.from({ length: many }, (_, index) => ({
      id: `${index}`,
      dependsOn: [`${(index + 1) % many}`],
    }));
    const problems = Result.getOrThrow(Result.flip(graph.add(ring)));
    assert.strictEqual(problems.length, 1);
    assert.isTrue(problems[0]!._tag === "Cycle" && problems[0]!.path.length === many + 1);
    assert.strictEqual(graph.size, 0);
  });

  it("are not looked at when one more joins", () => {
    let asked = 0;
    const weight = () => {
      asked++;
      return 1;
    };
    const { graph } = make(
      Array.from({ length: many }, (_, index) => ({
        id: `${index}`,
        dependsOn: index === 0 ? [] : [`${index - 1}`],
      })),
      { weight },
    );
    assert.strictEqual(asked, many);
    asked = 0;
    Result.getOrThrow(graph.add([{ id: "more", dependsOn: [`${many - 1}`, "7"] }]));
    assert.isAtMost(asked, 100);
    asked = 0;
    assert.isTrue(Result.isFailure(graph.add([{ id: "bad", dependsOn: ["nowhere"] }])));
    assert.strictEqual(asked, 0);
  });
});
