import { describe, expect, it } from "@effect/vitest";
import {
  Action,
  AgentPool,
  GraphReport,
  Journal,
  Orchestrator,
  type RunState,
  Task,
  Workflow,
  WorkflowStore,
} from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";

/** `params.<name>` holds if the parameter is true, `tasks.<id>` if the output is. */
const conditions: Workflow.Conditions = {
  names: (text) => {
    const [root, name = ""] = text.split(".");
    if (root === "params") return Result.succeed({ tasks: [], params: [name] });
    return root === "tasks"
      ? Result.succeed({ tasks: [name], params: [] })
      : Result.fail(`${text} is no condition`);
  },
  decide: (text, params) =>
    text.startsWith("tasks.")
      ? Result.succeed(undefined)
      : Result.succeed(params[text.slice(7)] === true),
  renamed: (text, rename) => (text.startsWith("tasks.") ? `tasks.${rename(text.slice(6))}` : text),
};

const around = (...known: ReadonlyArray<Workflow.Workflow>): Workflow.Surroundings => ({
  lookup: (name) => known.find((one) => one.name === name),
  names: known.map(({ name }) => name),
  conditions,
});

const expand = (
  workflow: Workflow.Workflow,
  params: Workflow.Arguments = {},
  ...known: ReadonlyArray<Workflow.Workflow>
) => Result.getOrThrow(Workflow.expand(workflow, params, around(...known))).tasks;

const problems = (workflow: Workflow.Workflow, ...known: ReadonlyArray<Workflow.Workflow>) =>
  Workflow.check(workflow, around(...known)).map(
    ({ message, path }) => `${path.join(".")}: ${message}`,
  );

const edges = (tasks: ReadonlyArray<Task.Task>) =>
  Object.fromEntries(
    tasks.map((task) => [task.id, Task.dependencies(task).map((one) => one.task)]),
  );

const payload = (task: Task.Task | undefined) => task?.payload as Record<string, Schema.Json>;

const uses = (name: string, given: Schema.JsonObject = {}) => ({
  uses: `workflow.${name}`,
  with: given,
});

/** The tasks that were worked on, in order. */
const performed: Array<string> = [];

const echo = Action.make({
  name: "test.echo",
  description: "Answers with what it is given.",
  input: Schema.JsonObject,
  output: Schema.JsonObject,
  run: (input, { task }) =>
    Effect.as(
      Effect.sync(() => performed.push(task.id)),
      input,
    ),
});

const step = (id: string, given: Schema.JsonObject, more: Partial<Workflow.WorkflowTask> = {}) => ({
  id,
  agent: "action",
  payload: { uses: "test.echo", with: given },
  ...more,
});

const run = (tasks: ReadonlyArray<Task.Task>) =>
  Effect.gen(function* () {
    const { run: start } = yield* Orchestrator.Orchestrator;
    return yield* start(tasks);
  }).pipe(
    Effect.provide(
      Orchestrator.Orchestrator.layer.pipe(
        Layer.provide([
          AgentPool.AgentPool.layer({
            agents: [{ agent: Action.agent(Action.registry([echo, ...Workflow.actions])) }],
            slots: 10,
          }),
          Journal.Journal.layerMemory,
        ]),
      ),
    ),
  );

const outputOf = ({ state }: { readonly state: RunState.RunState }, id: string) => {
  const end = Array.from(state.tasks())
    .find(({ task }) => task.id === id)
    ?.attempts.at(-1)?.end;
  return end?._tag === "Succeeded" ? end.output : undefined;
};

describe("parameters", () => {
  const declared = Workflow.make({
    name: "release",
    tasks: [],
    parameters: {
      env: { type: "string", enum: ["test", "prod"] },
      hosts: { type: "list", default: ["a"] },
      retries: { type: "number", required: false },
      dry: { type: "boolean", default: false },
    },
  });

  it("take what is given, then the defaults, and null for what may be left out", () => {
    const texts = Workflow.ofTexts(declared, { env: "prod", hosts: "a, b", dry: "true" });
    expect(Workflow.argumentsFor(declared, texts)).toEqual(
      Result.succeed({ env: "prod", hosts: ["a", "b"], retries: null, dry: true }),
    );
  });

  it("refuse what is missing, unknown, of another type or not allowed, all together", () => {
    const given = { hots: "x", retries: "many", env: "prd" };
    const refused = Result.flip(Workflow.argumentsFor(declared, Workflow.ofTexts(declared, given)));
    expect(Result.getOrThrow(refused)).toEqual([
      {
        parameter: "hots",
        message: 'unknown parameter; there are env, hosts, retries, dry; did you mean "hosts"?',
      },
      {
        parameter: "env",
        message: 'must be one of "test", "prod", found the text "prd"; did you mean "prod"?',
      },
      { parameter: "retries", message: 'must be a number, found the text "many"' },
    ]);
    expect(Result.isFailure(Workflow.argumentsFor(declared, {}))).toBe(true);
  });
});

describe("expand", () => {
  it("puts parameters into titles and prompts, and leaves them beside commands", () => {
    const [task] = expand(
      Workflow.make({
        name: "w",
        parameters: { who: { type: "string" }, unused: { type: "number", default: 1 } },
        tasks: [
          {
            id: "a",
            title: "for {{ params.who }}",
            prompt: "Greet {{params.who}}",
            payload: { run: "echo {{ params.who }}" },
          },
        ],
      }),
      { who: "x; rm", unused: 1 },
    );
    expect(task).toEqual({
      id: "a",
      title: "for x; rm",
      prompt: "Greet x; rm",
      payload: { run: "echo {{ params.who }}", params: { who: "x; rm" } },
    });
  });

  it("makes a task for each item, and one that dependents of all of them wait for", () => {
    const tasks = expand(
      Workflow.make({
        name: "w",
        parameters: { hosts: { type: "list" } },
        tasks: [
          step("first", {}),
          step(
            "each",
            { host: "{{ item.name }}", at: "{{ index }}" },
            { forEach: "{{ params.hosts }}", dependsOn: ["first"], title: "on {{ item.name }}" },
          ),
          step("last", {}, { dependsOn: ["each"] }),
        ],
      }),
      { hosts: [{ name: "a" }, { name: "b" }] },
    );
    expect(edges(tasks)).toEqual({
      first: [],
      "each/0": ["first"],
      "each/1": ["first"],
      each: ["each/0", "each/1"],
      last: ["each"],
    });
    expect(tasks[2]?.title).toBe("on b");
    expect(payload(tasks[2])["params"]).toEqual({ item: { name: "b" }, index: 1 });
  });

  it("decides conditions on parameters, and keeps those on outputs with their dependency", () => {
    const tasks = expand(
      Workflow.make({
        name: "w",
        parameters: { yes: { type: "boolean" }, no: { type: "boolean" } },
        tasks: [
          { id: "a", payload: { run: "a", when: "params.yes" } },
          { id: "b", payload: { run: "b", when: "params.no" } },
          { id: "c", payload: { run: "c", when: "tasks.a" } },
        ],
      }),
      { yes: true, no: false },
    );
    expect(tasks.map((task) => payload(task)["when"])).toEqual([undefined, "params.no", "tasks.a"]);
    expect(payload(tasks[1])["params"]).toEqual({ no: false });
    expect(edges(tasks)["c"]).toEqual(["a"]);
  });

  it("puts a workflow in place of a task, with its ids, references and conditions", () => {
    const inner = Workflow.make({
      name: "inner",
      parameters: { x: { type: "number" } },
      tasks: [
        step("one", { x: "{{ params.x }}" }),
        step(
          "two",
          { y: "{{ tasks.one.output.x }}" },
          {
            payload: {
              uses: "test.echo",
              with: { y: "{{ tasks.one.output.x }}" },
              when: "tasks.one",
            },
          },
        ),
      ],
      outputs: { y: "{{ tasks.two.output.y }}" },
    });
    const outer = Workflow.make({
      name: "outer",
      tasks: [
        step("before", {}),
        { id: "in", dependsOn: ["before"], payload: uses("inner", { x: 3 }) },
        step("after", {}, { dependsOn: ["in"] }),
      ],
    });
    const tasks = expand(outer, {}, inner);
    expect(edges(tasks)).toEqual({
      before: [],
      "in/one": ["before"],
      "in/two": ["in/one"],
      in: ["in/one", "in/two", "before"],
      after: ["in"],
    });
    expect(payload(tasks[2])).toMatchObject({
      with: { y: "{{ tasks.in/one.output.x }}" },
      when: "tasks.in/one",
    });
  });

  it("leaves a whole workflow out where its condition does not hold, or lets it wait for that", () => {
    const inner = Workflow.make({ name: "inner", tasks: [step("a", {})] });
    const outer = (when: string) =>
      Workflow.make({
        name: "outer",
        parameters: { go: { type: "boolean" } },
        tasks: [step("first", {}), { id: "in", payload: { ...uses("inner"), when } }],
      });
    expect(edges(expand(outer("params.go"), { go: false }, inner))).toEqual({ first: [], in: [] });
    expect(edges(expand(outer("params.go"), { go: true }, inner))).toEqual({
      first: [],
      "in/a": [],
      in: ["in/a"],
    });
    expect(edges(expand(outer("tasks.first"), { go: true }, inner))).toEqual({
      first: [],
      "in/.when": ["first"],
      "in/a": ["in/.when"],
      in: ["in/a"],
    });
  });

  it("says which value for a workflow within does not fit, for any item", () => {
    const inner = Workflow.make({
      name: "inner",
      parameters: { n: { type: "number" } },
      tasks: [step("a", {})],
    });
    const outer = Workflow.make({
      name: "outer",
      tasks: [{ id: "in", forEach: [1, "two"], payload: uses("inner", { n: "{{ item }}" }) }],
    });
    expect(Result.getOrThrow(Result.flip(Workflow.expand(outer, {}, around(inner))))).toEqual([
      {
        workflow: "outer",
        path: ["tasks", 0, "with", "n"],
        message: 'must be a number, found the text "two"',
      },
    ]);
  });

  it("expands 10,000 items, and refuses more tasks than a run should have", () => {
    const each = step("each", { n: "{{ item }}" }, { forEach: "{{ params.list }}" });
    const workflow = Workflow.make({
      name: "w",
      parameters: { list: { type: "list" } },
      tasks: [each],
    });
    const list = (length: number) => ({ list: Array.from({ length }, (_, at) => at) });
    expect(expand(workflow, list(10_000))).toHaveLength(10_001);
    const refused = Workflow.expand(workflow, list(100_001), around());
    expect(Result.getOrThrow(Result.flip(refused))[0]?.message).toMatch("more than 100000 tasks");
  });
});

describe("check", () => {
  it("refuses workflows that are tasks of each other, with the path", () => {
    const one = (name: string, of: string) =>
      Workflow.make({ name, tasks: [{ id: "t", payload: uses(of) }] });
    expect(problems(one("a", "b"), one("b", "c"), one("c", "b"))).toEqual([
      "tasks.0.uses: a workflow cannot be a task of itself: b → c → b; remove one of these",
    ]);
  });

  it("finds every name that does not exist, with what was meant", () => {
    const workflow = Workflow.make({
      name: "w",
      parameters: { env: { type: "string", default: 3 } },
      outputs: { x: "{{ tasks.bild.output }}" },
      tasks: [
        { id: "build", prompt: "{{ params.evn }} {{ item }}", payload: { when: "params.nev" } },
        { id: "in", payload: uses("inner", { n: true, m: 1 }), forEach: "all" },
        { id: "outputs", payload: uses("iner") },
      ],
    });
    const inner = Workflow.make({
      name: "inner",
      tasks: [],
      parameters: { n: { type: "number" }, o: { type: "list" } },
    });
    expect(problems(workflow, inner)).toEqual([
      "parameters.env.default: must be text, found 3",
      'tasks.0.prompt: "{{ params.evn }}": there is no parameter "evn"; there are env; did you mean "env"?',
      'tasks.0.prompt: "{{ item }}": there is no forEach that has it',
      'tasks.0.when: "params.nev": there is no parameter "nev"; there are env; did you mean "env"?',
      "tasks.1.forEach: must be a list, or one reference to a list, as {{ params.hosts }} or {{ tasks.scan.output.files }}",
      "tasks.1.with.n: must be a number, found true",
      'tasks.1.with.m: unknown parameter; there are n, o; did you mean "n"?',
      'tasks.1.with: the parameter "o" of the workflow "inner" is missing; add it',
      'tasks.2.id: the id "outputs" is that of the outputs of the workflow; choose another',
      'tasks.2.uses: the workflow "iner" does not exist; there are inner; did you mean "inner"?',
      'outputs.x: "{{ tasks.bild.output }}": the task "bild" does not exist; did you mean "build"?',
    ]);
  });
});

/** Two levels of tasks with edges to those before, some of them lists, known or not, some workflows. */
const anyTasks = fc
  .array(
    fc.record({
      kind: fc.constantFrom("plain", "list", "empty", "found", "inner"),
      deps: fc.array(fc.nat(20)),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((all) =>
    all.map(({ deps, kind }, at): Workflow.WorkflowTask => {
      const dependsOn = at === 0 ? [] : [...new Set(deps.map((one) => `t${one % at}`))];
      const id = `t${at}`;
      if (kind === "inner") return { id, dependsOn, payload: uses("inner") };
      const more = {
        dependsOn,
        ...(kind === "list" ? { forEach: [1, 2] } : kind === "empty" ? { forEach: [] } : {}),
      };
      const isFound = kind === "found" && at > 0;
      return step(
        id,
        { list: ["x", "y"] },
        isFound ? { dependsOn, forEach: `{{ tasks.src.output.list }}` } : more,
      );
    }),
  )
  .map((tasks) =>
    Workflow.make({ name: "any", tasks: [step("src", { list: ["p", "q"] }), ...tasks] }),
  );

const inner = Workflow.make({
  name: "inner",
  tasks: [step("a", {}), step("b", { n: "{{ item }}" }, { dependsOn: ["a"], forEach: [1, 2, 3] })],
});

describe("any workflow", () => {
  it("expands to a graph without cycles, with unique ids, in the same way each time", () => {
    fc.assert(
      fc.property(anyTasks, (workflow) => {
        const tasks = expand(workflow, {}, inner);
        expect(expand(workflow, {}, inner)).toEqual(tasks);
        const all = tasks.flatMap((task) => [task, ...Workflow.within(task)]);
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        expect(GraphReport.make(tasks).problems.filter(({ _tag }) => _tag !== "Isolated")).toEqual(
          [],
        );
        const byId = new Map(all.map((task) => [task.id, task]));
        for (const { id, dependsOn } of workflow.tasks) {
          const before = Task.dependencies({
            id,
            ...(dependsOn === undefined ? {} : { dependsOn }),
          });
          const entries = all.filter((task) => task.id.split("/")[0] === id && task.id !== id);
          const first =
            entries.length === 0
              ? [byId.get(id)!]
              : entries.filter(
                  (task) => !edges([task])[task.id]!.some((one) => one.startsWith(`${id}/`)),
                );
          for (const task of first)
            expect(edges([task])[task.id]).toEqual(
              expect.arrayContaining(before.map((one) => one.task)),
            );
        }
      }),
      { numRuns: 100 },
    );
  });

  it.effect("runs every task after all that it depends on, lists found on the way included", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(anyTasks, async (workflow) => {
          const result = await Effect.runPromise(run(expand(workflow, {}, inner)));
          expect(result.outcome).toBe("succeeded");
          const order = performed.splice(0);
          const of = (id: string) =>
            [...order.keys()].filter((at) => order[at]!.split("/")[0] === id);
          for (const { id, dependsOn = [], forEach } of workflow.tasks) {
            if (typeof forEach === "string") expect(of(id)).toHaveLength(2);
            for (const before of dependsOn as ReadonlyArray<string>) {
              for (const at of of(id))
                for (const earlier of of(before)) expect(earlier).toBeLessThan(at);
            }
          }
        }),
        { numRuns: 25 },
      ),
    ),
  );
});

describe("a run of a workflow", () => {
  it.effect("ends with its outputs, and with an empty list where nothing was found", () =>
    Effect.gen(function* () {
      const workflow = Workflow.make({
        name: "scan",
        parameters: { env: { type: "string" } },
        tasks: [
          step("scan", { files: ["a", "b"], none: [] }),
          step(
            "fix",
            { file: "{{ item }}", env: "{{ params.env }}" },
            { forEach: "{{ tasks.scan.output.files }}" },
          ),
          step("nothing", {}, { forEach: "{{ tasks.scan.output.none }}" }),
          step("both", { fixed: "{{ tasks.fix.output }}", not: "{{ tasks.nothing.output }}" }),
        ],
        outputs: {
          fixed: "{{ tasks.both.output.fixed }}",
          not: "{{ tasks.both.output.not }}",
          env: "to {{ params.env }}",
        },
      });
      const store = WorkflowStore.WorkflowStore;
      const tasks = yield* Effect.gen(function* () {
        yield* (yield* store).create(workflow);
        return yield* WorkflowStore.tasks("scan", { env: "prod" });
      }).pipe(Effect.provide(store.layerMemory));
      const result = yield* run(tasks);
      expect(result.outcome).toBe("succeeded");
      expect(outputOf(result, "outputs")).toEqual({
        fixed: [
          { file: "a", env: "prod" },
          { file: "b", env: "prod" },
        ],
        not: [],
        env: "to prod",
      });
    }),
  );

  it.effect("is refused with the wrong parameters, and under a name that is not there", () =>
    Effect.gen(function* () {
      const store = yield* WorkflowStore.WorkflowStore;
      yield* store.create(Workflow.make({ name: "release", tasks: [step("a", {})] }));
      const wrong = yield* Effect.flip(WorkflowStore.tasks("release", { x: 1 }));
      const missing = yield* Effect.flip(WorkflowStore.tasks("relase"));
      const again = yield* Effect.flip(store.create(Workflow.make({ name: "release", tasks: [] })));
      const unnamed = yield* Effect.flip(
        store.create(Workflow.make({ name: "outputs", tasks: [] })),
      );
      expect([wrong._tag, missing.message, again._tag, unnamed._tag]).toEqual([
        "WrongArguments",
        'there is no workflow "relase"; there are release; did you mean "release"?',
        "WorkflowExists",
        "WorkflowUnusable",
      ]);
    }).pipe(Effect.provide(WorkflowStore.WorkflowStore.layerMemory)),
  );
});
