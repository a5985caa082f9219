import { describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { expect } from "vitest";
import * as PlanFile from "../src/PlanFile.ts";

/** The mistakes of a text as `line:column path: message`. */
const mistakes = (text: string, file = "plan.yaml"): ReadonlyArray<string> => {
  const parsed = PlanFile.parse(text, file);
  return Result.isSuccess(parsed)
    ? []
    : parsed.failure.problems.map(
        ({ line, column, path, message }) =>
          `${line}:${column} ${path === undefined ? "" : `${path}: `}${message}`,
      );
};

const task = (lines: string): string => `tasks:\n  - id: a\n    run: make\n${lines}`;

const idRule =
  'must be an id: at most 100 letters, digits, ".", "_" and "-", a letter, digit or "_" at both ends, no "..", no ".lock" at the end, no part "output"';
const durationRule =
  'must be a duration above 0: seconds as a number, or text such as "10m", "1h30m", "45s", "250ms"';
const noExpect =
  "isolation: none has no changes to expect, because commands work in the folder itself; remove expectChange, or use isolation: worktree";
const empty =
  "1:1 the file is empty; a plan needs tasks, for example\ntasks:\n  - id: hello\n    run: echo hello";

describe("a plan file with a mistake", () => {
  it.each([
    [
      "a misspelt key of the plan",
      `isolatoin: none\n${task("")}`,
      '1:1 isolatoin: unknown key; allowed are name, tasks, defaults, isolation, resources, agents, base, concurrency, mode, failFast, on; did you mean "isolation"?',
    ],
    [
      "a key that objects inherit",
      `toString: 1\n${task("")}`,
      "1:1 toString: unknown key; allowed are name, tasks, defaults, isolation, resources, agents, base, concurrency, mode, failFast, on",
    ],
    [
      "a misspelt word",
      task("    onDependencyFailure: skp\n"),
      '4:26 tasks[0].onDependencyFailure: must be "skip", "run-anyway" or "hold", found the text "skp"; did you mean "skip"?',
    ],
    [
      "a misspelt coding agent",
      `agents: { cluade: {} }\n${task("")}`,
      '1:11 agents.cluade: unknown key; allowed are claude, codex, gemini, opencode; did you mean "claude"?',
    ],
    [
      "an argument that is a key of tasks",
      `agents: { claude: { args: ["--model=small"] } }\n${task("")}`,
      '1:28 agents.claude.args[0]: must be an argument that is not empty, and none of --model, --output-format, --input-format, --format, --json: the model is a key of tasks, and the format is fixed, found the text "--model=small"',
    ],
    [
      "a value where the name of a variable is meant",
      `agents: { codex: { passEnv: ["A=1"] } }\n${task("")}`,
      '1:30 agents.codex.passEnv[0]: must be the name of a variable: letters, digits and "_", not beginning with a digit, found the text "A=1"',
    ],
    [
      "a misspelt gate",
      task("    dependsOn: [{ task: a, until: merge }]\n"),
      '4:35 tasks[0].dependsOn[0].until: must be "agent-ended", "pr-open", "checks-green" or "merged", found the text "merge"; did you mean "merged"?',
    ],
    [
      "a misspelt key of a task",
      task("    acceptence: It is green.\n"),
      '4:5 tasks[0].acceptence: unknown key; allowed are id, title, dependsOn, uses, with, when, prompt, acceptance, links, rules, branch, model, run, agent, priority, timeout, estimate, retry, onDependencyFailure, resources, claims, env, expectChange; did you mean "acceptance"?',
    ],
    [
      "a mapping instead of texts",
      task("    rules: { a: 1 }\n"),
      "4:12 tasks[0].rules: must be text or a list of texts, none of them empty, found a mapping",
    ],
    [
      "a number among texts",
      task("    acceptance: [It is green., 5]\n"),
      '4:32 tasks[0].acceptance[1]: must be text, found the number 5; put it in quotes: "5"',
    ],
    [
      "an empty text among texts",
      task("    links: ['']\n"),
      "4:13 tasks[0].links[0]: must be text that is not empty, found an empty text",
    ],
    [
      "no text at all",
      task("    links: []\n"),
      "4:12 tasks[0].links: must be text or a list of texts, none of them empty, found a list",
    ],
    [
      "a branch that cannot be",
      task("    branch: my branch\n"),
      '4:13 tasks[0].branch: must be a branch name without spaces, "..", "~^:?*[\\\\" or a leading "-", or hold {{ tasks.<id>.output.<name> }}, found the text "my branch"',
    ],
    [
      "a reference to nowhere beside the prompt",
      task("    rules: ['Use {{ tasks.b.output.port }}.']\n"),
      '4:13 tasks[0].rules[0]: "{{ tasks.b.output.port }}": the task "b" does not exist; did you mean "a"?',
    ],
    ["no id", "tasks:\n  - run: make\n", '2:5 tasks[0]: "id" is missing; add it'],
    ["no tasks", "name: x\n", '1:1 "tasks" is missing; add it'],
    [
      "an empty list of tasks",
      "tasks: []\n",
      "1:8 tasks: must be a list with at least one task, each with an id and run, prompt or uses, found an empty list",
    ],
    [
      "a task that is no mapping",
      "tasks:\n  - build\n",
      '2:5 tasks[0]: must be a task: a mapping with an id and run, prompt or uses, found the text "build"',
    ],
    ["a list at the top", "- a\n", "1:1 must be a mapping with the key tasks, found a list"],
    [
      "nothing to do",
      "tasks:\n  - id: a\n",
      '2:5 tasks[0]: "run" (a command), "prompt" (what to ask the agent) or "uses" (an action) is missing; add one',
    ],
    [
      "a number as id",
      "tasks:\n  - id: 12\n    run: x\n",
      `2:9 tasks[0].id: ${idRule}, found the number 12; put it in quotes: "12"`,
    ],
    [
      "a path as id",
      "tasks:\n  - id: a/../b\n    run: x\n",
      `2:9 tasks[0].id: ${idRule}, found the text "a/../b"`,
    ],
    [
      "a bad duration",
      task("    timeout: 10x\n"),
      `4:14 tasks[0].timeout: ${durationRule}, found the text "10x"`,
    ],
    [
      "a duration of nothing",
      task("    timeout: 0s\n"),
      `4:14 tasks[0].timeout: ${durationRule}, found the text "0s"`,
    ],
    [
      "an endless duration",
      task("    timeout: .inf\n"),
      `4:14 tasks[0].timeout: ${durationRule}, found the number Infinity`,
    ],
    [
      "half an attempt",
      task("    retry:\n      attempts: 1.5\n"),
      "5:17 tasks[0].retry.attempts: must be a whole number of 0 or more, found the number 1.5",
    ],
    [
      "a list for a mapping",
      task("    retry: []\n"),
      "4:12 tasks[0].retry: must be a mapping { attempts, delay }, found a list",
    ],
    [
      "a list of resources",
      task("    resources: [gpu]\n"),
      "4:16 tasks[0].resources: must be a mapping of resource names to numbers above 0, found a list",
    ],
    [
      "no capacity",
      `resources: { gpu: 0 }\n${task("")}`,
      "1:19 resources.gpu: must be a number above 0, found the number 0",
    ],
    [
      "a text for a list",
      task("    dependsOn: b\n"),
      '4:16 tasks[0].dependsOn: must be a list of task ids or mappings { task, until, onFailure, stack }, found the text "b"; write ["b"]',
    ],
    [
      "a number as dependency",
      task("    dependsOn: [5]\n"),
      '4:17 tasks[0].dependsOn[0]: must be a task id, or a mapping { task, until, onFailure, stack }, found the number 5; put it in quotes: "5"',
    ],
    [
      "an empty command",
      "tasks:\n  - id: a\n    run: ''\n",
      "3:10 tasks[0].run: must be a command line (text) or an argument list with at least one item, found an empty text",
    ],
    [
      "an argument list without program",
      "tasks:\n  - id: a\n    run: []\n",
      "3:10 tasks[0].run: must be a command line (text) or an argument list with at least one item, found a list",
    ],
    [
      "a number as argument",
      "tasks:\n  - id: a\n    run: [sleep, 1]\n",
      '3:18 tasks[0].run[1]: must be text, found the number 1; put it in quotes: "1"',
    ],
    [
      "a bad environment name",
      task("    env: { 1a: x }\n"),
      '4:12 tasks[0].env.1a: must have as names letters, digits and "_", not beginning with a digit and none of ORCHESTRATOR_{RUN_ID,TASK_ID,ATTEMPT,PROMPT_FILE,OUTPUT,DISCOVERED}, found the text "1a"',
    ],
    [
      "a variable that the command gets anyway",
      task("    env: { ORCHESTRATOR_RUN_ID: x }\n"),
      '4:12 tasks[0].env.ORCHESTRATOR_RUN_ID: must have as names letters, digits and "_", not beginning with a digit and none of ORCHESTRATOR_{RUN_ID,TASK_ID,ATTEMPT,PROMPT_FILE,OUTPUT,DISCOVERED}, found the text "ORCHESTRATOR_RUN_ID"',
    ],
    [
      "a change expected without isolation",
      `isolation: none\n${task("    expectChange: true\n")}`,
      `5:19 tasks[0].expectChange: ${noExpect}`,
    ],
    [
      "changes expected of all tasks without isolation",
      `defaults: { expectChange: true }\nisolation: none\n${task("")}`,
      `1:27 defaults.expectChange: ${noExpect}`,
    ],
    [
      "a merge waited for without isolation",
      `isolation: none\n${task("  - { id: b, run: x, dependsOn: [{ task: a, until: merged }] }\n")}`,
      "5:52 tasks[1].dependsOn[0].until: isolation: none has no changes to merge, because commands work in the folder itself; use until: agent-ended, or isolation: worktree",
    ],
    [
      "an environment value of nothing",
      task("    env:\n      A:\n"),
      "5:9 tasks[0].env.A: must be text, a number, true or false, found nothing",
    ],
    [
      "a branch that is an option",
      `base: --upload-pack=x\n${task("")}`,
      '1:7 base: must be a branch name without spaces, "..", "~^:?*[\\\\" or a leading "-", found the text "--upload-pack=x"',
    ],
    [
      "no workers",
      `concurrency: 0\n${task("")}`,
      "1:14 concurrency: must be a whole number of 1 or more, found the number 0",
    ],
    ["a duplicate key", task("    run: other\n"), '4:5 the key "run" is given twice; keep one'],
    [
      "a key into the prototype",
      task("    __proto__: { x: 1 }\n"),
      '4:5 the key "__proto__" is not allowed; remove it',
    ],
    [
      "a key that is a mapping",
      "tasks:\n  - id: a\n    prompt: x\n    env: { A: { { b: c }: d } }\n",
      '4:17 a key must be text, found a list or a mapping; a value that begins with "{" needs quotes',
    ],
    [
      "a NUL in a text",
      'tasks:\n  - id: a\n    run: "x\\0y"\n',
      "3:10 the text holds a NUL character, which no command or file name can carry; remove it",
    ],
    [
      "ids that differ in case",
      `${task("")}  - id: A\n    run: x\n`,
      '4:9 tasks[1].id: differs from the id "a" only in upper and lower case, which not every file system keeps apart; choose another',
    ],
    ["an unknown alias", task("    env: *env\n"), "4:10 no anchor &env stands before this"],
    [
      "an unknown tag",
      task("    title: !secret x\n"),
      "4:12 not valid YAML: Unresolved tag: !secret; remove the tag; the file holds plain data",
    ],
    [
      "a tab",
      "tasks:\n\t- id: a\n",
      "2:1 not valid YAML: Tabs are not allowed as indentation; indent with spaces",
    ],
    [
      "two documents",
      "a: 1\n---\nb: 2\n",
      "2:1 the file holds more than one document; remove what follows ---",
    ],
    ["nothing", "", empty],
    ["only a comment", "# later\n", empty],
  ])("tells of %s", (_, text, message) => {
    expect(mistakes(text)).toContain(message);
  });

  it.each([
    [
      "a comma at the end",
      '{"tasks": [],\n}',
      '1:13 not valid JSON: a comma before "}" is not allowed in JSON; remove it',
    ],
    [
      "a missing comma",
      '{"a": 1 "b": 2}',
      '1:9 not valid JSON: "," or "}" must stand here, found "\\""',
    ],
    [
      "a comment",
      "{\n  // why\n}",
      "2:3 not valid JSON: a key in double quotes must stand here, found a comment, which JSON does not have",
    ],
    [
      "single quotes",
      "{'a': 1}",
      "1:2 not valid JSON: a key in double quotes must stand here, found a single quote; JSON has only double quotes",
    ],
    ["a bare word", '{"a": yes}', '1:7 not valid JSON: a value must stand here, found "yes"'],
    ["a missing colon", '{"a" 1}', '1:6 not valid JSON: ":" must follow the key "a", found "1"'],
    [
      "an early end",
      '{"a": [1,',
      "1:10 not valid JSON: a value must stand here, found the end of the file",
    ],
    [
      "an open text",
      '{"a": "b',
      '1:7 not valid JSON: a text is not closed; its second " is missing',
    ],
    [
      "a line break in a text",
      '{"a": "b\nc"}',
      '1:9 not valid JSON: a text ends on its own line; write a line break as "\\n"',
    ],
    [
      "a bad escape",
      '{"a": "C:\\dir"}',
      '1:7 not valid JSON: a text holds a bad escape; write a backslash as "\\\\"',
    ],
    [
      "something after the end",
      "{} {}",
      '1:4 not valid JSON: the file ends before this, found "{"; remove what follows',
    ],
    [
      "a duplicate key",
      '{"tasks":[{"id":"a","run":"x","id":"b"}]}',
      '1:31 the key "id" is given twice; keep one',
    ],
    [
      "a key into the prototype",
      '{"__proto__":{},"tasks":[]}',
      '1:2 the key "__proto__" is not allowed; remove it',
    ],
    [
      "a NUL in a text",
      '{"name":"\\u0000"}',
      "1:9 the text holds a NUL character, which no command or file name can carry; remove it",
    ],
    ["deep nesting", "[".repeat(100_000), "1:65 not valid JSON: nested more than 64 levels deep"],
    ["nothing", " \n", empty],
    ["null", "null", empty],
  ])("tells of %s in JSON", (_, text, message) => {
    expect(mistakes(text, "plan.json")).toContain(message);
  });

  it("is none without isolation while no change is needed", () => {
    const rest = "  - { id: b, run: x, dependsOn: [{ task: a, until: agent-ended }] }\n";
    expect(mistakes(`isolation: none\n${task(`    expectChange: false\n${rest}`)}`)).toEqual([]);
    expect(mistakes(`isolation: worktree\n${task("    expectChange: true\n")}`)).toEqual([]);
  });

  it("is told of all mistakes together, in the order of the file", () => {
    const text = `tasks:
  - id: a
    prompt: x
    envv: {}
    promt: x
  - id: b
    timeout: soon
    dependsOn: [{ taks: a, until: x }]
mode: fast
`;
    expect(mistakes(text).map((line) => line.split(":").slice(0, 2).join(":"))).toEqual([
      "4:5 tasks[0].envv",
      "5:5 tasks[0].promt",
      "6:5 tasks[1]",
      "7:14 tasks[1].timeout",
      "8:17 tasks[1].dependsOn[0]",
      "8:19 tasks[1].dependsOn[0].taks",
      "8:35 tasks[1].dependsOn[0].until",
      "9:7 mode",
    ]);
  });

  it("keeps every mistake and shows the first hundred", () => {
    const tasks = Array.from({ length: 150 }, (_, at) => ({ id: `t${at}`, run: at }));
    const { problems, message } = Result.getOrThrow(
      Result.flip(PlanFile.parse(JSON.stringify({ tasks }), "plan.json")),
    );
    expect(problems.length).toBe(150);
    expect(message.split("\n").length).toBe(101);
    expect(message.split("\n")[0]).toMatch(
      /^plan\.json:1:28 {2}tasks\[0\]\.run: must be a command/,
    );
    expect(message.endsWith("\nplan.json  and 50 more")).toBe(true);
  });

  it("is refused when its aliases multiply", () => {
    const level = (name: string, of: string) =>
      `${name}: &${name} [${Array.from({ length: 9 }, () => of).join(", ")}]\n`;
    const names = [..."abcdefgh"];
    const bomb = names
      .map((name, at) => level(name, at === 0 ? "x" : `*${names[at - 1]}`))
      .join("");
    expect(mistakes(bomb).filter((line) => line.includes("alias"))).toEqual([
      "6:8 the aliases of this file stand for more than 100000 values; write them out",
    ]);
  });

  it("is refused when an alias stands inside its own anchor", () => {
    expect(mistakes("tasks: &a [*a]\n")).toContain(
      "1:12 the alias *a stands inside its own anchor",
    );
  });

  it("is refused when it nests without end", () => {
    const nested = (depth: number) => `tasks: ${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(mistakes(nested(100))).toContain("1:71 nested more than 64 levels deep");
    expect(mistakes(nested(100_000)).join()).toContain("nested far too deeply");
  });

  it("shows a found text on one line, short and without invisible characters", () => {
    const [line] = mistakes(task(`    mode\u202e${"x".repeat(80)}: "a\\nb"\n`));
    expect(line).toContain("\\u202e");
    expect(mistakes(`mode: "a\\n\\u009b${"x".repeat(80)}"\n${task("")}`)[0]).toContain(
      `found the text "a\\n\\u009b${"x".repeat(54)}..."`,
    );
  });
});

describe("a reference to an output", () => {
  const plan = (text: string): string => `tasks:
  - { id: first, run: make }
  - { id: second, run: make, dependsOn: [first] }
  - id: third
    dependsOn: [second]
    ${text}
`;

  it.each([
    [
      "to a task that does not exist",
      'prompt: "{{ tasks.frist.output.x }}"',
      '6:13 tasks[2].prompt: "{{ tasks.frist.output.x }}": the task "frist" does not exist; did you mean "first"?',
    ],
    [
      "to the task itself",
      'prompt: "{{ tasks.third.output.x }}"',
      '6:13 tasks[2].prompt: "{{ tasks.third.output.x }}": a task cannot refer to its own output',
    ],
    [
      "of another form",
      'prompt: "{{ env.HOME }}"',
      '6:13 tasks[2].prompt: "{{ env.HOME }}" is not known; allowed is {{ tasks.<id>.output.<name> }}; for a literal {{ write \\{{',
    ],
    [
      "inside quotes of a shell",
      "run: 'echo \"{{ tasks.first.output.x }}\"'",
      '6:10 tasks[2].run: "{{ tasks.first.output.x }}" stands inside double quotes, where its value cannot be quoted safely; put it outside of quotes (the value is quoted for you), or pass it by env or in an argument list',
    ],
    [
      "without quotes in YAML",
      "run: {{ tasks.first.output.x }}",
      '6:11 a key must be text, found a list or a mapping; a value that begins with "{" needs quotes',
    ],
  ])("%s is a mistake", (_, text, message) => {
    expect(mistakes(plan(text))).toContain(message);
  });

  it("needs its task to come first", () => {
    const text = `tasks:
  - id: a
    run: [echo, "{{ tasks.b.output.x }}"]
  - id: b
    run: make
`;
    expect(mistakes(text)).toEqual([
      '3:17 tasks[0].run[1]: "{{ tasks.b.output.x }}": "b" must come first; add it to dependsOn',
    ]);
  });

  it("is a mistake in the defaults", () => {
    expect(mistakes(`defaults: { env: { A: "{{ tasks.a.output.x }}" } }\n${task("")}`)).toEqual([
      "1:23 defaults.env.A: must hold no reference to an output; put it in the tasks that need it",
    ]);
  });
});
