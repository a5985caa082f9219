import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

const good = `name: shop
isolation: none
concurrency: 2
resources: { gpu: 1 }
tasks:
  - { id: core, title: Build the core, run: "true", estimate: 2m }
  - { id: docs, run: "true", priority: 5, resources: { gpu: 1 }, estimate: 1m }
  - { id: more, run: "true", priority: 5, resources: { gpu: 1 } }
  - { id: tests, run: "true", dependsOn: [core, docs] }
`;

/** One plan for each kind of mistake, and what is said of it. */
const bad: ReadonlyArray<readonly [kind: string, text: string, problem: string]> = [
  [
    "a cycle",
    "tasks:\n  - { id: a, run: x, dependsOn: [b] }\n  - { id: b, run: x, dependsOn: [a] }\n",
    "plan.yaml:2:34: error: Cycle: a → b → a. Each depends on the next; remove one of these dependencies.",
  ],
  [
    "a missing dependency",
    "tasks:\n  - { id: build, run: x }\n  - { id: b, run: x, dependsOn: [biuld] }\n",
    'plan.yaml:3:34: error: Task "b" depends on "biuld", which does not exist (stated in "plan.yaml:3"). Did you mean "build"?',
  ],
  [
    "an id used twice",
    "tasks:\n  - { id: a, run: x }\n  - { id: a, run: x }\n",
    'plan.yaml:3:11: error: The id "a" is used by 2 tasks. Give each its own.',
  ],
  [
    "a wrong type",
    "tasks:\n  - { id: a, run: x, timeout: soon }\n",
    "plan.yaml:2:31: error: tasks[0].timeout: must be a duration above 0",
  ],
  [
    "broken YAML",
    "tasks:\n  - { id: a, run: x\n  - id: b\n",
    "plan.yaml:3:3: error: not valid YAML",
  ],
  [
    "an agent that does not exist",
    "tasks:\n  - { id: a, run: x, agent: locla }\n",
    'plan.yaml:2:11: error: Task "a" wants the agent "locla", which does not exist',
  ],
  [
    "a prompt without a command",
    "tasks:\n  - { id: a, run: x }\n  - { id: b, prompt: Do it, dependsOn: [a] }\n",
    'plan.yaml:3:11: error: Task "b" has a prompt but no command: the agent "local" runs commands. Add one, as run: ',
  ],
];

describe("orchestrator plan", () => {
  it.live("shows waves, the critical path, what starts first and the estimate", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": good });
      const { code, error, out } = yield* folder.run("plan");
      expect({ code, error }).toEqual({
        code: 0,
        error: 'plan.yaml:8:11: warning: Task "more" is not connected to any other task.\n',
      });
      expect(out.split("\n")).toEqual([
        "shop",
        "4 tasks, 2 dependencies, 2 waves; parallel, 2 agents at once",
        "",
        "Wave 1",
        "  core  Build the core",
        "  docs  priority 5",
        "  more  priority 5",
        "Wave 2",
        "  tests  after core, docs",
        "",
        "Critical path  core → tests",
        "Starts first   docs, core",
        "Estimate       about 3m 30s with 2 agents; work 6m 00s, critical path 3m 30s (2 of 4 tasks estimated)",
        "",
      ]);
    }),
  );

  it.live("gives all of it as JSON", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": good });
      const { code, error, out } = yield* folder.run("plan", "plan.yaml", "--format", "json");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const plan = JSON.parse(out);
      expect(plan.tasks[3]).toEqual({
        id: "tests",
        number: null,
        title: "tests",
        url: null,
        state: null,
        trusted: null,
        trust: null,
        wave: 2,
        priority: 0,
        agent: "local",
        estimateSeconds: null,
        blocked: null,
        dependencies: ["core", "docs"].map((on) => ({
          on,
          gate: "agent-ended",
          source: "plan.yaml:9",
          satisfied: false,
          status: null,
        })),
      });
      expect(plan).toMatchObject({
        problems: [
          { kind: "Isolated", severity: "warning", tasks: ["more"], file: "plan.yaml", line: 8 },
        ],
        waves: [["core", "docs", "more"], ["tests"]],
        criticalPath: ["core", "tests"],
        startsFirst: ["docs", "core"],
        launches: 4,
        limits: null,
        needs: [],
        untrusted: [],
        blocked: [],
        ledger: null,
        points: null,
      });
    }),
  );

  it.live("leaves nothing out with --verbose", () =>
    Effect.gen(function* () {
      const tasks = Array.from({ length: 60 }, (_, index) => `  - { id: t${index}, run: x }\n`);
      const folder = yield* Command.folder({ "plan.yaml": `tasks:\n${tasks.join("")}` });
      const { out } = yield* folder.run("plan");
      expect(out).toContain("  t39\n  … and 20 more\n");
      const whole = yield* folder.run("plan", "--verbose");
      expect(whole.out).toContain("  t59\n");
      expect(whole.out).not.toContain("more");
    }),
  );

  it.live("draws it for Graphviz", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yml": good });
      const { code, out } = yield* folder.run("plan", "--format", "dot");
      expect(code).toBe(0);
      expect(out).toMatch(/^digraph plan \{\n[^]*\n\}\n$/);
    }),
  );

  it.live("writes it as a page, with the problems of one that cannot run", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yml": good });
      const page = yield* folder.run("plan", "--format", "html");
      expect(page).toMatchObject({ code: 0, error: "" });
      expect(page.out).toMatch(/^<!doctype html>[^]*<h2>Wave 2 \(1\)<\/h2>[^]*<\/html>\n$/);
      expect(page.out).toContain("plan.yml:9");
      yield* folder.write("plan.yml", "tasks:\n  - { id: a, run: x, dependsOn: [a] }\n");
      const wrong = yield* folder.run("plan", "--format", "html");
      expect(wrong.code).toBe(65);
      expect(wrong.out).toMatch(
        /<li class="error">error: plan\.yml:2: Task &quot;a&quot; depends on/,
      );
    }),
  );

  it.live.each(bad)("refuses %s with its place", ([, text, problem]) =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": text });
      const { code, error } = yield* folder.run("plan");
      expect(code).toBe(65);
      expect(error).toContain(problem);
      expect(error).toMatch(/error: plan\.yaml has \d errors?, so it cannot run\./);
    }),
  );

  it.live("says nothing about the time if fewer than half of the tasks have an estimate", () =>
    Effect.gen(function* () {
      const tasks = ["a", "b", "c"].map((id) => `  - { id: ${id}, run: x, estimate: 1m }\n`);
      const more = ["d", "e", "f", "g"].map((id) => `  - { id: ${id}, run: x, dependsOn: [a] }\n`);
      const folder = yield* Command.folder({
        "plan.yaml": ["tasks:\n", ...tasks, ...more].join(""),
      });
      const { out } = yield* folder.run("plan", "--mode", "sequential");
      expect(out).not.toContain("Estimate");
      expect(out).toContain("sequential, 1 agent at once");
      const json = yield* folder.run("plan", "--format", "json");
      expect(JSON.parse(json.out).estimate).toBe(null);
    }),
  );

  it.live("warns once of all tasks that are not connected, after the errors", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml":
          "tasks:\n  - { id: x, run: x }\n  - { id: y, prompt: x }\n  - { id: a, run: x }\n  - { id: b, run: x, dependsOn: [a, a] }\n",
      });
      const { code, error } = yield* folder.run("plan");
      expect(code).toBe(65);
      expect(error.split("\n").slice(0, -2)).toEqual([
        expect.stringMatching(/^plan\.yaml:3:11: error: Task "y" has a prompt but no command/),
        expect.stringMatching(/^plan\.yaml:5:\d+: warning: Task "b" states its dependency/),
        "plan.yaml: warning: 2 tasks are not connected to any other: x, y",
      ]);
    }),
  );

  it.live("gives problems of a file that is no plan as JSON too", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.json": '{"tasks": [{"id": 5, "run": "x"}]}' });
      const { code, out } = yield* folder.run("plan", "--format", "json");
      expect(code).toBe(65);
      expect(JSON.parse(out)).toMatchObject({
        tasks: [],
        problems: [{ kind: "InvalidFile", file: "plan.json", line: 1, column: 19 }],
      });
    }),
  );
});
