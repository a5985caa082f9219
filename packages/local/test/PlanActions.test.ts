import { assert, describe, it } from "@effect/vitest";
import { Action } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as DataFile from "../src/DataFile.ts";
import * as PlanFile from "../src/PlanFile.ts";

const mistakes = (text: string, options?: PlanFile.Options) => {
  const plan = PlanFile.parse(text, "plan.yaml", options);
  if (Result.isSuccess(plan)) return [];
  return plan.failure.problems.map((problem) => DataFile.line("plan.yaml", problem));
};

const tasksOf = (text: string, options?: PlanFile.Options) =>
  Result.getOrThrow(PlanFile.parse(text, "plan.yaml", options)).tasks;

describe("a task that is an action", () => {
  it("goes to the agent of actions, whatever all tasks share", () => {
    const [task] = tasksOf(`
defaults: { run: make, agent: claude }
tasks:
  - id: ask
    uses: approval.wait
    with: { question: Ship it? }
`);
    assert.deepStrictEqual(task, {
      id: "ask",
      agent: "action",
      payload: { uses: "approval.wait", with: { question: "Ship it?" } },
    });
  });

  it("is given what its input and its condition name, however far before it that is", () => {
    const [, , third] = tasksOf(`
tasks:
  - { id: a, run: echo }
  - { id: b, run: echo, dependsOn: [a] }
  - id: c
    dependsOn: [b]
    when: tasks.a.output.changed
    uses: file.write
    with: { path: x, content: "{{ tasks.b.output }}" }
`);
    assert.deepStrictEqual(
      third!.dependsOn!.map((stated) => (typeof stated === "string" ? stated : stated.task)),
      ["b", "a"],
    );
  });

  it.each([
    [
      "uses: http.requst",
      'plan.yaml:3:11  tasks[0].uses: "http.requst" is no action; there are shell.run, http.request, file.write, approval.wait; did you mean "http.request"?',
    ],
    ["uses: http.request", "plan.yaml:2:5  tasks[0].with.url: is missing; add it"],
    [
      "uses: http.request\n    with: { url: 'ftp://x' }",
      "plan.yaml:4:18  tasks[0].with.url: must be an address that begins with https://",
    ],
    [
      "uses: http.request\n    with: { url: 'http://example.com/a' }",
      "plan.yaml:4:18  tasks[0].with.url: must be https: http is for this machine only; try https://example.com",
    ],
    [
      "uses: http.request\n    with: { url: 'https://a', metod: POST }",
      'plan.yaml:4:31  tasks[0].with.metod: unknown key; allowed are url, method, headers, body, timeoutSeconds; did you mean "method"?',
    ],
    [
      "uses: shell.run\n    with: { run: 'echo {{ params.x }}' }",
      'plan.yaml:4:18  tasks[0].with.run: "{{ params.x }}": the plan has no parameter "x"; it has none',
    ],
    [
      "uses: file.write\n    with: { path: ../x, content: y }",
      'plan.yaml:4:19  tasks[0].with.path: must be a path inside of the files of the run: names with "/" between, none of them "." or "..", found "../x"',
    ],
    [
      "uses: approval.wait\n    with: { question: x }\n    run: make",
      'plan.yaml:5:10  tasks[0].run: has no place beside uses: "approval.wait" is the work of the task',
    ],
    [
      "run: make\n    with: {}",
      "plan.yaml:4:11  tasks[0].with: is the input of an action; name one, as uses: shell.run",
    ],
    [
      "run: make\n    when: tasks.elsewhere.output",
      'plan.yaml:4:11  tasks[0].when: "tasks.elsewhere.output": the task "elsewhere" does not exist',
    ],
    [
      "run: make\n    when: params.x ==",
      'plan.yaml:4:11  tasks[0].when: "params.x ==" is no condition: Unexpected token: EOF',
    ],
  ])("with %j is told of with its place", (lines, told) => {
    assert.include(mistakes(`tasks:\n  - id: a\n    ${lines}\n`), told);
  });

  it.effect("is one of the actions that the program has", () =>
    Effect.sync(() => {
      const own = Action.signature({
        name: "static-analysis.run",
        description: "Looks at files.",
        input: Schema.Struct({ path: Schema.String }),
        output: Schema.Json,
      });
      const text = "tasks:\n  - { id: a, uses: static-analysis.run, with: { path: . } }\n";
      assert.deepStrictEqual(mistakes(text, { actions: [own] }), []);
      assert.include(mistakes(text)[0], '"static-analysis.run" is no action');
    }),
  );

  it("takes the parameters of its plan along", () => {
    const text = 'tasks:\n  - { id: a, run: "echo {{ params.env }}", when: params.on }\n';
    const params = { env: "prod", on: true };
    const [task] = tasksOf(text, { params });
    assert.deepStrictEqual(task!.payload, {
      run: "echo {{ params.env }}",
      when: "params.on",
      params,
    });
    assert.deepStrictEqual(mistakes(text, { params: { env2: "x", on: true } }), [
      'plan.yaml:2:19  tasks[0].run: "{{ params.env }}": the plan has no parameter "env"; there are "env2", "on"; did you mean "env2"?',
    ]);
  });

  it("can be found by another task", () => {
    const found = { id: "x", uses: "approval.wait", with: { question: "?" } };
    const defaults = { run: "x" } as PlanFile.TaskDefaults;
    assert.strictEqual(Result.getOrThrow(PlanFile.decodeTask(found, defaults)).agent, "action");
  });
});
