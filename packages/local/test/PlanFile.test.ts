import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, it, layer } from "@effect/vitest";
import { GraphReport, PlanProblem } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import { systemError } from "effect/PlatformError";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import { expect } from "vitest";
import * as PlanFile from "../src/PlanFile.ts";

const plan = (text: string, file = "plans/shop.yaml"): PlanFile.Plan =>
  Result.getOrThrow(PlanFile.parse(text, file));

describe("a plan file", () => {
  it("gives tasks as the engine takes them", () => {
    const text = `# yaml-language-server: ignored
$schema: https://example.com/plan.schema.json
isolation: worktree
resources: { gpu: 2 }
base: release/1.x
concurrency: 4
mode: priority
failFast: true
tasks:
  - id: api
    title: The API
    prompt: Write it.
    run: [make, api]
    agent: codegen
    priority: 5
    timeout: 1h30m
    estimate: 90
    retry: { attempts: 3, delay: 250ms }
    onDependencyFailure: hold
    resources: { gpu: 1 }
    claims: ["src/api/**"]
    env: { PORT: 8080, DEBUG: true, NAME: x }
    expectChange: true
    dependsOn:
      - base
      - task: base-2
        until: merged
        onFailure: run-anyway
`;
    const { positions: _, ...rest } = plan(text);
    expect(rest).toEqual({
      name: "shop",
      file: "plans/shop.yaml",
      isolation: "worktree",
      defaults: {},
      resources: { gpu: 2 },
      base: "release/1.x",
      agents: {},
      concurrency: 4,
      mode: "priority",
      failFast: true,
      tasks: [
        {
          id: "api",
          title: "The API",
          prompt: "Write it.",
          payload: { run: ["make", "api"], env: { PORT: "8080", DEBUG: "true", NAME: "x" } },
          agent: "codegen",
          priority: 5,
          timeoutSeconds: 5400,
          estimateSeconds: 90,
          retry: { attempts: 3, delaySeconds: 0.25 },
          onDependencyFailure: "hold",
          resources: { gpu: 1 },
          claims: ["src/api/**"],
          expectChange: true,
          dependsOn: [
            { task: "base", source: "shop.yaml:25" },
            { task: "base-2", until: "merged", onFailure: "run-anyway", source: "shop.yaml:26" },
          ],
        },
      ],
    });
  });

  it("gives what agents read beside the prompt as the payload of its task", () => {
    const { tasks } = plan(`defaults: { model: opus, rules: Be brief. }
tasks:
  - id: name
    prompt: Name it.
  - id: use
    prompt: Use it.
    dependsOn: [name]
    acceptance: [It is green., It is fast.]
    links: https://example.com
    rules: ["Be kind to {{ tasks.name.output.result }}."]
    branch: "{{ tasks.name.output.branch }}"
`);
    expect(tasks).toEqual([
      { id: "name", prompt: "Name it.", payload: { model: "opus", rules: "Be brief." } },
      {
        id: "use",
        prompt: "Use it.",
        payload: {
          acceptance: ["It is green.", "It is fast."],
          links: "https://example.com",
          rules: ["Be kind to {{ tasks.name.output.result }}."],
          branch: "{{ tasks.name.output.branch }}",
          model: "opus",
        },
        dependsOn: [{ task: "name", source: "shop.yaml:7" }],
      },
    ]);
  });

  it("is isolated in worktrees and has no settings unless it says so", () => {
    const { positions: _, ...rest } = plan("tasks: [{ id: a, prompt: x }]", "a.b.yml");
    expect(rest).toEqual({
      name: "a.b",
      file: "a.b.yml",
      isolation: "worktree",
      defaults: {},
      agents: {},
      resources: {},
      tasks: [{ id: "a", prompt: "x" }],
    });
  });

  it("merges defaults key by key where they are mappings of names", () => {
    const { tasks } = plan(`
defaults:
  run: agent
  timeout: 10m
  claims: [a]
  env: { A: 1, B: 1 }
  resources: { gpu: 1 }
  retry: { attempts: 3, delay: 1s }
tasks:
  - { id: a }
  - { id: b, run: other, timeout: 5, claims: [b], env: { B: 2 }, resources: { cpu: 1 }, retry: { delay: 0 } }
`);
    expect(tasks).toEqual([
      {
        id: "a",
        payload: { run: "agent", env: { A: "1", B: "1" } },
        timeoutSeconds: 600,
        claims: ["a"],
        resources: { gpu: 1 },
        retry: { attempts: 3, delaySeconds: 1 },
      },
      {
        id: "b",
        payload: { run: "other", env: { A: "1", B: "2" } },
        timeoutSeconds: 5,
        claims: ["b"],
        resources: { gpu: 1, cpu: 1 },
        retry: { attempts: 3, delaySeconds: 0 },
      },
    ]);
  });

  it("may share values by anchors", () => {
    const { tasks } = plan(
      "tasks:\n  - id: a\n    run: x\n    env: &e { A: 1 }\n  - id: b\n    run: x\n    env: *e\n",
    );
    expect(tasks[1]?.payload).toEqual({ run: "x", env: { A: "1" } });
  });

  it("may begin with a byte order mark and end its lines as on Windows", () => {
    const { tasks, positions } = plan("\ufefftasks:\r\n  - id: a\r\n    run: x\r\n");
    expect(tasks).toEqual([{ id: "a", payload: { run: "x" } }]);
    expect(positions("a")).toEqual({ line: 2, column: 9 });
  });

  it("makes a task depend directly on what it refers to over others", () => {
    const { tasks, positions } = plan(`tasks:
  - { id: a, run: x }
  - { id: b, run: x, dependsOn: [a] }
  - id: c
    run: echo {{ tasks.a.output.x }} {{ tasks.b.output.y }} {{ tasks.a.output }}
    dependsOn: [b]
`);
    expect(tasks[2]?.dependsOn).toEqual([
      { task: "b", source: "shop.yaml:6" },
      { task: "a", source: "shop.yaml:5" },
    ]);
    expect(positions("c", "a")).toEqual({ line: 5, column: 10 });
  });

  it("finds what comes first far away", () => {
    const length = 3000;
    const tasks = Array.from({ length }, (_, at) => ({
      id: `t${at}`,
      run: at === 0 ? "x" : "echo {{ tasks.t0.output.x }}",
      dependsOn: at === 0 ? [] : [`t${at - 1}`],
    }));
    const parsed = plan(JSON.stringify({ tasks }), "chain.json");
    expect(parsed.tasks[length - 1]?.dependsOn).toEqual([
      { task: `t${length - 2}`, source: "chain.json:1" },
      { task: "t0", source: "chain.json:1" },
    ]);
  });

  it("keeps tasks with one id, and knows the places of both", () => {
    const { tasks, positions } = plan("tasks:\n  - { id: a, run: x }\n  - { id: a, run: y }\n");
    expect(tasks.map(({ payload }) => payload)).toEqual([{ run: "x" }, { run: "y" }]);
    expect([positions("a"), positions("a", undefined, 1), positions("a", undefined, 2)]).toEqual([
      { line: 2, column: 11 },
      { line: 3, column: 11 },
      undefined,
    ]);
  });

  it("knows where a problem of its graph is stated", () => {
    const parsed = plan(`tasks:
  - { id: a, run: x, dependsOn: [b] }
  - { id: b, run: x, dependsOn: [{ task: a }] }
  - { id: c, run: x, dependsOn: [c, dd] }
  - { id: d, run: x }
  - { id: d, run: x, dependsOn: [a, a] }
`);
    const places = (problem: PlanProblem.PlanProblem) => {
      const place = PlanFile.locate(parsed, problem);
      return `${problem._tag} ${place?.line}:${place?.column}`;
    };
    const { problems } = GraphReport.make(parsed.tasks);
    expect(
      problems
        .filter((one) => PlanProblem.severity(one) === "error")
        .map(places)
        .sort(),
    ).toEqual([
      "Cycle 2:34",
      "DuplicateTask 6:11",
      "MissingDependency 4:37",
      "SelfDependency 4:34",
    ]);
    expect(places({ _tag: "DuplicateReference", task: "d", dependency: "a" })).toBe(
      "DuplicateReference 6:37",
    );
  });

  it("must have an ending that says what it is", () => {
    const parsed = PlanFile.parse("tasks: []", "plan.txt");
    expect(Result.isFailure(parsed) && parsed.failure.message).toBe(
      "plan.txt  a plan file must end in .yaml, .yml or .json; rename it",
    );
  });
});

describe("a task found during a run", () => {
  it("has the keys of a task in a plan file", () => {
    expect(PlanFile.decodeTask({ id: "a", run: "make", dependsOn: ["b"], timeout: "1m" })).toEqual(
      Result.succeed({
        id: "a",
        payload: { run: "make" },
        timeoutSeconds: 60,
        dependsOn: [{ task: "b" }],
      }),
    );
  });

  it("takes over the defaults of its plan", () => {
    const { defaults } = plan(
      `defaults: { retry: { attempts: 5, delay: 1 }, env: { A: 1 } }
tasks: [{ id: a, run: make }]`,
    );
    expect(PlanFile.decodeTask({ id: "b", run: "make", retry: { delay: 2 } }, defaults)).toEqual(
      Result.succeed({
        id: "b",
        payload: { run: "make", env: { A: "1" } },
        retry: { attempts: 5, delaySeconds: 2 },
      }),
    );
  });

  it.each([
    [{ id: "../x", rum: "y" }, "rum: unknown key"],
    [{ id: "x" }, '"run", "prompt" or "uses" is missing'],
    [{ id: "x", run: "a\0b" }, "NUL"],
    ["x", 'found the text "x"'],
    [[], "found a list"],
  ])("is refused with the reason: %j", (json, reason) => {
    const decoded = PlanFile.decodeTask(json);
    expect(Result.isFailure(decoded) && decoded.failure).toContain(reason);
  });
});

layer(NodeServices.layer)("loading", (withNode) => {
  const withFile = Effect.fnUntraced(function* (name: string, content: Uint8Array) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const file = path.join(yield* fs.makeTempDirectoryScoped(), name);
    yield* fs.writeFile(file, content);
    return file;
  });
  const failure = (file: string) => Effect.flip(PlanFile.load(file));
  const bytes = (text: string) => new TextEncoder().encode(text);

  withNode.effect("reads a file", () =>
    Effect.gen(function* () {
      const file = yield* withFile("plan.JSON", bytes('\ufeff{"tasks":[{"id":"a","run":"x"}]}'));
      const { tasks, name } = yield* PlanFile.load(file);
      expect({ tasks, name }).toEqual({
        tasks: [{ id: "a", payload: { run: "x" } }],
        name: "plan",
      });
    }),
  );

  withNode.effect("tells that a file does not exist", () =>
    Effect.gen(function* () {
      const error = yield* failure("nowhere/plan.yaml");
      expect(error.message).toBe(
        "nowhere/plan.yaml  the file does not exist; check the name and the folder",
      );
    }),
  );

  withNode.effect("tells that a folder is no file", () =>
    Effect.gen(function* () {
      const folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped();
      expect((yield* failure(folder)).problems).toEqual([
        { message: "this is a folder; name the plan file in it" },
      ]);
    }),
  );

  withNode.effect("tells where a file is not UTF-8", () =>
    Effect.gen(function* () {
      const latin = yield* withFile("plan.yaml", Uint8Array.of(0x61, 0x0a, 0x62, 0xe9, 0x0a));
      expect((yield* failure(latin)).problems).toEqual([
        { line: 2, column: 2, message: "the file is not UTF-8; save it as UTF-8" },
      ]);
      const wide = yield* withFile("plan.yaml", Uint8Array.of(0xff, 0xfe, 0x61, 0x00));
      expect((yield* failure(wide)).problems).toEqual([
        { line: 1, column: 1, message: "the file is not UTF-8 but UTF-16; save it as UTF-8" },
      ]);
    }),
  );

  withNode.effect("refuses a file that is too large before it is read", () =>
    Effect.gen(function* () {
      const file = yield* withFile("plan.yaml", new Uint8Array());
      yield* (yield* FileSystem.FileSystem).truncate(file, PlanFile.maxYamlBytes + 1);
      expect((yield* failure(file)).message).toContain(
        "the file has 16777217 bytes; at most 16777216 are read; write it as JSON or split it",
      );
    }),
  );

  withNode.effect("tells that a file may not be read", () =>
    Effect.gen(function* () {
      const denied = FileSystem.FileSystem.of({
        ...(yield* FileSystem.FileSystem),
        readFile: (file) =>
          Effect.fail(
            systemError({
              _tag: "PermissionDenied",
              module: "FileSystem",
              method: "readFile",
              pathOrDescriptor: file,
            }),
          ),
      });
      const file = yield* withFile("plan.yaml", bytes("tasks: []"));
      const error = yield* Effect.provideService(failure(file), FileSystem.FileSystem, denied);
      expect(error.problems).toEqual([
        { message: "the file may not be read; check its permissions" },
      ]);
    }),
  );

  withNode.effect("ends the command with exit code 65", () =>
    Effect.gen(function* () {
      expect((yield* failure("nowhere.yaml"))[Runtime.errorExitCode]).toBe(65);
    }),
  );
});
