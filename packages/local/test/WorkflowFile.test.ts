import { readFileSync } from "node:fs";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import { Task, WorkflowStore } from "@orchestrator/core";
import { WorkflowFile, WorkflowFolder } from "@orchestrator/local";
import { Ajv } from "ajv";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Result from "effect/Result";
import * as Yaml from "yaml";
import { workflowJsonSchema } from "../scripts/planJsonSchema.ts";

const release = `# How we release.
name: release
description: Ships what was built.
parameters:
  env: { type: string, enum: [test, prod] } # where to
  hosts: { type: list, default: [a, b] }
isolation: none
concurrency: 3
tasks:
  - id: build
    run: make # as fast as it can
    timeout: 10m
  - id: ship
    forEach: "{{ params.hosts }}"
    run: ship {{ item }} {{ params.env }}
    dependsOn: [{ task: build, until: agent-ended }]
    when: params.env == "prod" && params.item != "b"
    retry: { attempts: 2, delay: 1 }
  - id: tell
    uses: workflow.notify
    with: { text: "{{ params.env }}" }
    dependsOn: [ship]
outputs:
  said: "{{ tasks.tell.output.said }}"
`;

const notify = `
parameters: { text: { type: string } }
tasks:
  - { id: first, run: "true" }
  - { id: say, run: "echo {{ tasks.first.output }}", dependsOn: [first], when: tasks.first.output.n > 1 && params.text != "" }
outputs: { said: "{{ tasks.say.output }}" }
`;

const inFolder = <A, E>(
  files: Readonly<Record<string, string>>,
  use: (
    folder: string,
  ) => Effect.Effect<
    A,
    E,
    WorkflowStore.WorkflowStore | FileSystem.FileSystem | NodeServices.NodeServices
  >,
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    const folder = yield* fs.makeTempDirectoryScoped();
    for (const [name, text] of Object.entries(files))
      yield* fs.writeFileString(`${folder}/${name}`, text);
    return yield* Effect.provide(use(folder), WorkflowFolder.layer(folder));
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer));

/** What is wrong with a workflow beside which there is another one, `notify`. */
const problems = (text: string): ReadonlyArray<string> => {
  const around = {
    names: ["notify"],
    lookup: () => undefined,
    conditions: WorkflowFolder.conditions,
  };
  const found = Result.flatMap(WorkflowFile.parse(text, "w.yaml"), (root) =>
    WorkflowFile.validate({ root, files: new Map(), around }),
  );
  return Result.isFailure(found) ? found.failure.message.split("\n") : [];
};

describe("a workflow file", () => {
  it.effect("becomes a plan with its parameters, each task at its place in the file", () =>
    inFolder({ "release.yaml": release, "notify.yaml": notify }, (folder) =>
      Effect.gen(function* () {
        const loaded = yield* WorkflowFolder.load(folder, "release");
        const plan = yield* Effect.fromResult(
          WorkflowFile.plan(loaded, { env: "prod", hosts: ["a", "b"] }),
        );
        expect(plan).toMatchObject({ name: "release", isolation: "none", concurrency: 3 });
        expect(plan.tasks.map(({ id }) => id)).toEqual([
          "build",
          "ship/0",
          "ship/1",
          "ship",
          "tell/first",
          "tell/say",
          "tell",
          "outputs",
        ]);
        const byId = new Map(plan.tasks.map((task) => [task.id, task]));
        expect(byId.get("ship/0")?.payload).toEqual({
          run: "ship {{ item }} {{ params.env }}",
          params: { env: "prod", item: "a" },
        });
        expect(byId.get("ship/1")?.payload).toMatchObject({
          when: 'params.env == "prod" && params.item != "b"',
        });
        expect(byId.get("tell/say")?.payload).toMatchObject({
          run: "echo {{ tasks.tell/first.output }}",
          when: 'tasks["tell/first"].output.n > 1 && params.text != ""',
          params: { text: "prod" },
        });
        expect(Task.dependencies(byId.get("ship")!)).toEqual([
          { task: "ship/0", onFailure: "run-anyway" },
          { task: "ship/1", onFailure: "run-anyway" },
          { task: "build", until: "agent-ended", source: "release.yaml:16" },
        ]);
        expect(plan.positions("tell/say")).toEqual(plan.positions("tell"));
        expect(plan.positions("ship/0", "build")?.line).toBe(16);
      }),
    ),
  );

  it("is told every mistake with line, column, what was found and what is meant", () => {
    expect(
      problems(`parameters:
  env: { type: text, defualt: 1 }
tasks:
  - { id: a, run: "x", forEach: 3 }
  - { id: b, uses: shel.run, when: parms.x }
`),
    ).toEqual([
      'w.yaml:2:16  parameters.env.type: must be "string", "number", "boolean" or "list", found the text "text"',
      'w.yaml:2:22  parameters.env.defualt: unknown key; allowed are type, description, default, required, enum; did you mean "default"?',
      "w.yaml:4:33  tasks[0].forEach: must be a list, or one reference to a list, as {{ params.hosts }}, found the number 3",
      expect.stringMatching(/^w.yaml:5:20 {2}tasks\[1\].uses: .*did you mean "shell.run"\?$/),
      expect.stringMatching(/^w.yaml:5:36 {2}tasks\[1\].when: .*did you mean "params"\?$/),
    ]);
    expect(
      problems(`parameters: { item: { type: list }, n: { type: number, default: many } }
tasks:
  - { id: a, run: "x", forEach: "all of {{ params.item }}" }
  - { id: b, uses: workflow.notfy }
outputs: { x: "{{ tasks.compile.output }}" }
`),
    ).toEqual([
      'w.yaml:1:15  parameters.item: the name "item" is that of forEach; choose another',
      'w.yaml:1:65  parameters.n.default: must be a number, found the text "many"',
      "w.yaml:3:33  tasks[0].forEach: must be a list, or one reference to a list, as {{ params.hosts }} or {{ tasks.scan.output.files }}",
      'w.yaml:4:20  tasks[1].uses: the workflow "notfy" does not exist; there are notify; did you mean "notify"?',
      'w.yaml:5:15  outputs.x: "{{ tasks.compile.output }}": the task "compile" does not exist',
    ]);
  });

  it("follows the published JSON Schema (node scripts/plan-schema.mjs)", () => {
    const file = new URL("../schema/workflow.schema.json", import.meta.url);
    const published = JSON.parse(readFileSync(file, "utf8")) as object;
    expect(workflowJsonSchema()).toEqual(published);
    const accepts = new Ajv({ strict: false }).compile(published);
    expect([release, notify].map((text) => accepts(Yaml.parse(text)))).toEqual([true, true]);
    expect(accepts({ parameters: { a: { type: "text" } }, tasks: [{ id: "a", run: "x" }] })).toBe(
      false,
    );
  });
});

describe("a folder of workflows", () => {
  it.effect("keeps the comments of a person when a workflow is replaced", () =>
    inFolder(
      { "release.yaml": release, "notify.yaml": notify, "README.md": "no workflow" },
      (folder) =>
        Effect.gen(function* () {
          const store = yield* WorkflowStore.WorkflowStore;
          const fs = yield* FileSystem.FileSystem;
          expect(yield* store.names).toEqual(["notify", "release"]);
          const before = yield* store.get("release");
          const [build, ...others] = before.tasks;
          const { hosts: _, ...parameters } = before.parameters;
          yield* store.replace({
            ...before,
            description: "Ships.",
            parameters: { ...parameters, n: { type: "number", default: 2 } },
            tasks: [
              { ...build!, timeoutSeconds: 30 },
              ...others.map((task) =>
                task.forEach === undefined ? task : { ...task, forEach: ["a"] },
              ),
            ],
          });
          const text = yield* fs.readFileString(`${folder}/release.yaml`);
          for (const comment of ["# How we release.", "# where to", "# as fast as it can"])
            expect(text).toContain(comment);
          const after = yield* store.get("release");
          expect(after.description).toBe("Ships.");
          expect(Object.keys(after.parameters)).toEqual(["env", "n"]);
          expect(
            after.tasks.map(({ forEach, timeoutSeconds }) => [forEach, timeoutSeconds]),
          ).toEqual([
            [undefined, 30],
            [["a"], undefined],
            [undefined, undefined],
          ]);
        }),
    ),
  );

  it.effect("gives back what it was given, refuses a second one, and deletes", () =>
    inFolder({}, () =>
      Effect.gen(function* () {
        const store = yield* WorkflowStore.WorkflowStore;
        const { workflow } = Result.getOrThrow(WorkflowFile.parse(release, "release.yaml"));
        const plain = {
          ...workflow,
          tasks: workflow.tasks.map((task) => ({
            ...task,
            ...(task.dependsOn === undefined
              ? {}
              : { dependsOn: Task.dependencies(task).map(({ source: __, ...one }) => one) }),
          })),
        };
        yield* store.create(plain);
        const again = yield* store.get("release");
        expect(again.tasks.map((task) => ({ ...task, dependsOn: undefined }))).toEqual(
          plain.tasks.map((task) => ({ ...task, dependsOn: undefined })),
        );
        expect([again.parameters, again.outputs, again.settings]).toEqual([
          plain.parameters,
          plain.outputs,
          plain.settings,
        ]);
        expect((yield* Effect.flip(store.create(plain)))._tag).toBe("WorkflowExists");
        expect((yield* Effect.flip(store.create({ ...plain, name: "../x" })))._tag).toBe(
          "WorkflowUnusable",
        );
        yield* store.remove("release");
        expect((yield* Effect.flip(store.get("release")))._tag).toBe("WorkflowNotFound");
      }),
    ),
  );
});
