/** What the documents say is tried: every block is read, type-checked, run or has a reason here why not. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import { FrontMatter } from "@orchestrator/github";
import { PlanFile, WorkflowFile } from "@orchestrator/local";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as CommandsText from "../scripts/commandsText.ts";
import * as ErrorCode from "../src/ErrorCode.ts";
import * as ErrorText from "../src/ErrorText.ts";
import * as Usage from "../src/Usage.ts";
import * as Documents from "./support/Documents.ts";
import * as Screens from "./support/Screens.ts";
import { problems } from "./support/Snippets.ts";

const { blocks, root } = Documents;
const here = ({ file, line }: Documents.Block) => `${file}:${line}`;
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);
const live = <A, E>(effect: Effect.Effect<A, E, NodeServices.NodeServices | Scope.Scope>) =>
  effect.pipe(Effect.scoped, Effect.provide(NodeServices.layer));

/** Blocks that are neither code nor commands, by their first lines: the test of what prints them, or why there is none. */
const shown: Readonly<Record<string, string>> = {
  "$ orchestrator run plan.yaml": "below",
  "tasks ─► graph ─► scheduler ─► slot ─► agent ─► landing": "a drawing",
  "cli ──► local, codegen, github ──► core": "a drawing",
  "tasks ─► DependencyGraph ─► Scheduler ─► AgentPool ─► TaskExecutor ─► Agent      (port)":
    "a drawing",
  "■ left: 2 of 3 tasks succeeded; no agent is at work": "packages/cli/test/Left.test.ts",
  'orchestrator.yaml:2:3  github.repositry: unknown key; allowed are token, app_id, …; did you mean "repository"?':
    "below",
  "error: there is no plan nosuch.yaml. Check the name and the folder. [plan-not-found]": "below",
  "orchestrator 1.0.0 in /home/ada/shop": "below",
  'plan.yaml:3:11: error: tasks[0].uses: "shel.run" is no action; there are shell.run, http.request, file.write, approval.wait; did you mean "shell.run"?':
    "below",
  "acme/shop issues": "packages/cli/test/PlanOnGitHub.test.ts",
  "{ plan, file, sources, mode, concurrency,": "packages/cli/test/PlanOnGitHub.test.ts",
  "run shop": "packages/cli/test/Telemetry.test.ts",
  "**🟣 Landing**": "packages/github/test/ReportComment.test.ts",
  "· deploy  Deploy the shop": "packages/cli/test/WhyText.test.ts",
  "○ tune": "packages/cli/test/WhyText.test.ts",
  "· acme/shop#4  Publish": "packages/cli/test/WhyOnGitHub.test.ts",
  "shop  20261121-120000-abcd  running": "packages/cli/test/HealthCommand.test.ts",
  "<!-- orchestrator:begin workflows -->": "packages/cli/test/Project.test.ts",
  "templates/": "a drawing",
  "description: A service of our team": "packages/cli/test/Project.test.ts",
  "[mcp_servers.orchestrator]": "the settings of another program",
  "/.orchestrator/*": "packages/cli/test/Init.test.ts",
  "You work on the shop. Read CONTRIBUTING.md first.": "packages/cli/test/CodegenPrompt.test.ts",
};

const code = ["sh", "yaml", "ts", "json", "markdown"];

describe("every block of the documents", () => {
  it("is code that is checked, or has its place in the table above", () => {
    const first = ({ text }: Documents.Block) => text.split("\n")[0] ?? "";
    const others = blocks.filter(({ language }) => !code.includes(language)).map(first);
    expect([...new Set(others)].toSorted()).toEqual(Object.keys(shown).toSorted());
    const files = Object.values(shown).filter((reason) => reason.endsWith(".ts"));
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it("of TypeScript compiles", { timeout: 180_000 }, () => {
    expect(inLanguage("ts").length).toBeGreaterThan(5);
    expect(problems(inLanguage("ts"))).toEqual([]);
  });

  it("of JSON is JSON", () => {
    for (const { text } of inLanguage("json")) expect(JSON.parse(text)).toBeTypeOf("object");
  });

  it("of Markdown is an issue whose values are read", () => {
    const wrong = inLanguage("markdown").flatMap(({ text }) => FrontMatter.read(text).problems);
    expect(wrong).toEqual([]);
  });
});

/** What is looked at of a workflow of GitHub Actions. */
interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly steps: ReadonlyArray<{
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }>;
}

const kind = { noun: "document", example: "" };
const valueOf = (text: string): unknown => {
  const source = DataFile.parse(text, "block.yaml", kind);
  return Result.isSuccess(source) ? source.success.located.value : source.failure;
};
const isWith = (key: string) => (block: Documents.Block) =>
  Object.hasOwn(Object(valueOf(block.text)), key);

/** Something for every variable that a configuration takes. */
const variablesOf = (text: string): Readonly<Record<string, string>> => {
  const names = [...text.matchAll(/\$\{(\w+)/g)].map(({ 1: name = "" }) => name);
  const all = names.map((name) => [name, "the-value-of-a-variable"]);
  return { ...Object.fromEntries(all), CODEGEN_ORG_ID: "1", CODEGEN_API_TOKEN: "x" };
};

describe("YAML of the documents", () => {
  const yaml = inLanguage("yaml");
  const issues = yaml.filter(({ text }) => text.startsWith("---"));
  const jobs = yaml.filter(isWith("jobs"));
  const isWorkflow = (block: Documents.Block) =>
    isWith("parameters")(block) || isWith("outputs")(block);
  const workflows = yaml.filter(isWorkflow);
  const plans = yaml.filter((block) => isWith("tasks")(block) && !isWorkflow(block));
  const rest = yaml.filter(
    (block) => ![...issues, ...jobs, ...workflows, ...plans].includes(block),
  );

  it.each(issues.map((block) => [here(block), block.text]))("%s is front matter", (_, text) => {
    const { problems: wrong, values } = FrontMatter.read(text);
    expect(wrong).toEqual([]);
    expect(values.size).toBeGreaterThan(0);
  });

  it.each(plans.map((block) => [here(block), block.text]))("%s is a plan", (_, text) => {
    const parsed = PlanFile.parse(text, "plan.yaml");
    expect(Result.isFailure(parsed) ? parsed.failure.message : "").toBe("");
  });

  it.each(workflows.map((block) => [here(block), block.text]))("%s is a workflow", (_, text) => {
    const parsed = WorkflowFile.parse(text, "release.yaml");
    expect(Result.isFailure(parsed) ? parsed.failure : "").toBe("");
  });

  it.live.each(rest.map((block) => [here(block), block.text] as const))(
    "%s is a configuration",
    ([, text]) =>
      live(
        Effect.gen(function* () {
          const prompt = "Do {{body}}";
          const place = yield* Screens.make({
            files: { "config.yaml": text, "prompt.md": prompt },
            environment: variablesOf(text),
          });
          const exit = yield* place.call("config", "show", "--config", "config.yaml");
          expect(place.error()).not.toMatch(/config\.yaml:\d/);
          expect(exit).toEqual(Exit.void);
        }),
      ),
  );

  it.each(jobs.map((block) => [here(block), block] as const))(
    "%s is a safe workflow",
    (_, block) => {
      const { jobs: all, on, permissions } = valueOf(block.text) as Workflow;
      expect(permissions).toEqual({});
      expect(Object.keys(on)).not.toContain("pull_request_target");
      for (const { "runs-on": machine, steps, "timeout-minutes": minutes } of Object.values(all)) {
        expect(machine).toBe("ubuntu-latest");
        expect(minutes).toBeLessThanOrEqual(360);
        for (const { run, uses } of steps) expect(run ?? uses).toBeTypeOf("string");
        // What one attempt saves, the next one finds.
        const keys = steps.flatMap((step) => step.with?.["key"] ?? []);
        expect(keys).toHaveLength(2);
        expect(new Set(keys).size).toBe(1);
        expect(keys[0]).toMatch(/run_attempt \}\}$/);
      }
      const used = [...block.text.matchAll(/^ *(?:- )?uses: (\S+)( # \S+)?/gm)];
      const own = readFileSync(join(root, ".github/workflows/check.yml"), "utf8");
      for (const [, action = "", version] of used) {
        expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
        expect(version).toMatch(/^ # v\d/);
        const [name = ""] = action.split("@");
        if (own.includes(`${name}@`)) expect(own).toContain(`${action}${version}`);
      }
    },
  );
});

/** Calls that are not made here, with where they are. */
const made: ReadonlyArray<readonly [RegExp, string]> = [
  [/^demo( --concurrency 1)?$/, "DemoCommand"],
  [/^demo --github$/, "GitHubDemo"],
  [/^run .*--repo|^run --config/, "RunOnGitHub"],
  [/^run/, "RunCommand"],
  [/^resume/, "ResumeCommand"],
  [/^(?:retry|cancel|decide)/, "OperatorCommands"],
  [/^(?:pause|unpause)/, "PauseCommand"],
  [/^plan .*--repo/, "PlanOnGitHub"],
  [/^why .*--repo|^why acme\//, "WhyOnGitHub"],
  [/^doctor --config/, "DoctorOnGitHub"],
  [/^status --watch/, "StatusCommand"],
  [/^log --follow/, "LogCommand"],
  [/^emit|^sessions|^webhooks/, "Hooks"],
  [/^mcp/, "Mcp"],
  [/^project (?:docs|.*--template-dir)/, "Project"],
];

const plan = `isolation: none
tasks:
  - { id: api, run: "true" }
  - { id: ui, run: "exit 1", retry: { attempts: 1 } }
  - { id: deploy, run: "true", dependsOn: [ui] }
  - { id: evaluate, run: "true" }
`;

const places = {
  files: {
    "plan.yaml": plan,
    "team.yaml": "agent: { max_concurrent_agents: 4 }\n",
    "mine.yaml": "agent: { retry_attempts: 1 }\n",
  },
  remotes: { origin: "git@github.com:acme/shop.git" },
  programs: { claude: "echo '2.1.160 (Claude Code)'" },
};

const workflow = `parameters: { env: { type: string }, hosts: { type: list, default: [] } }
isolation: none
tasks:
  - { id: deploy, run: "test -n {{ params.env }}" }
`;

/** Whether a call makes what must not be there before. */
const isMaking = (line: string): boolean => /^(?:init|workflow create)/.test(line);
/** Most calls look at the latest run; what is removed is removed at the end. */
const turn = (line: string): number =>
  /^(?:gc|workflow delete)/.test(line) ? 2 : Number(line.startsWith("workflow run"));

const anyRun = /^\d{8}-\d{6}-[a-z0-9]{4}$/;

const calls = Documents.calls.filter(({ words }) => words[0] === "orchestrator");
const steps = Documents.steps
  .filter(({ words }) => words[1] === "orchestrator")
  .map(({ place, words }) => ({ place, words: words.slice(1) }));
const argumentsOf = ({ words }: Documents.Call) => words.slice(1);

/** Goes to a folder until the scope ends: names of files count from the folder of the process. */
const inside = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const back = process.cwd();
      process.chdir(folder);
      return back;
    }),
    (back) => Effect.sync(() => process.chdir(back)),
  );

/** What the parser says of a call; undefined if it is well. */
const refused = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const { command, rest } = CommandsText.find(words);
  const place = yield* Screens.make({});
  const parse = Command.runWith(CommandsText.idle(command), { version: "" })(rest);
  const usage = Usage.layer({ argv: ["node", "orchestrator", ...words] }, () => command);
  const exit = yield* Effect.exit(place.run(Effect.provide(parse, usage)));
  return Exit.isSuccess(exit) ? undefined : place.error();
});

describe("commands of the documents", () => {
  it.live("are understood in blocks and in running text", () =>
    live(
      Effect.gen(function* () {
        expect(calls.length).toBeGreaterThan(60);
        expect(steps.length).toBeGreaterThan(1);
        const wrong: Array<string> = [];
        for (const call of [...calls, ...steps]) {
          const told = yield* refused(argumentsOf(call));
          if (told !== undefined) wrong.push(`${call.place} ${told}`);
        }
        for (const call of Documents.mentions) {
          const told = (yield* refused(argumentsOf(call))) ?? "";
          // Running text may leave arguments out; it may not invent flags and commands.
          if (/unrecognized|unknown|invalid/i.test(told)) wrong.push(`${call.place} ${told}`);
        }
        expect(wrong).toEqual([]);
      }),
    ),
  );

  it.live("work", () =>
    live(
      Effect.gen(function* () {
        const lines = new Map(
          calls.map((call) => [argumentsOf(call).join(" "), argumentsOf(call)]),
        );
        const tried = [...lines].filter(([line]) => !made.some(([pattern]) => pattern.test(line)));
        const inOrder = tried.toSorted(([a], [b]) => turn(a) - turn(b));
        const used = yield* Screens.make(places);
        yield* inside(used.folder);
        mkdirSync(".orchestrator/workflows", { recursive: true });
        writeFileSync(".orchestrator/workflows/release.yaml", workflow);
        yield* used.call("run", "plan.yaml", "--plain");
        const [run = ""] = readdirSync(join(used.folder, ".orchestrator/runs"));
        expect(run).toMatch(anyRun);
        const failed: Array<string> = [];
        for (const [line, own] of inOrder) {
          const files = line.startsWith("init") ? {} : places.files;
          const place = isMaking(line) ? yield* Screens.make({ ...places, files }) : used;
          process.chdir(place.folder);
          const exit = yield* place.call(...own.map((word) => (anyRun.test(word) ? run : word)));
          if (Exit.isFailure(exit)) failed.push(`${line}: ${String(exit.cause)}`);
        }
        expect(failed).toEqual([]);
      }),
    ),
  );

  it("that are not made here are made in a test of their own", () => {
    const lines = calls.map((call) => argumentsOf(call).join(" "));
    const unused = made.filter(([pattern]) => !lines.some((line) => pattern.test(line)));
    expect(unused).toEqual([]);
    const tests = made.map(([, test]) => join(import.meta.dirname, `${test}.test.ts`));
    expect(tests.filter((file) => !existsSync(file))).toEqual([]);
  });

  it("of other programs are scripts and packages that exist, and what every system has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const others = Documents.calls.filter(({ words }) => words[0] !== "orchestrator");
    const isKnown = ({ words: [program = "", ...rest] }: Documents.Call): boolean => {
      if (program === "npx" && rest[2] === "exec") return existsSync(join(root, rest.at(-1) ?? ""));
      if (program === "npx") return Object.hasOwn(scripts, rest[2] ?? "");
      if (program === "npm") {
        const names = rest.slice(1).filter((word) => !word.startsWith("-"));
        const folder = (name: string) => join(root, "packages", name.replace("@orchestrator/", ""));
        return names.every((name) => name === "effect" || existsSync(folder(name)));
      }
      return ["cd", "export", "source", "mv", "jq", "dot"].includes(program);
    };
    expect(others.filter((call) => !isKnown(call))).toEqual([]);
  });

  it.effect("are all in the guide (node scripts/commands-guide.mjs)", () =>
    Effect.gen(function* () {
      const guide = Documents.textOf("docs/guides/commands.md");
      const now = yield* CommandsText.withCommands(guide);
      const stated = new Set(guide.split("\n"));
      expect(now.split("\n").filter((line) => !stated.has(line))).toEqual([]);
      expect(now.length).toBe(guide.length);
    }),
  );
});

/** A line of a run without what differs from run to run. */
const shape = (line: string): string =>
  line
    .replace(/^ *\d+:\d\d/, "")
    .replace(/[▶✓] [\w-]+/, "a task")
    .replace(/on [a-z]+-\d+/, "on a slot")
    .replace(/after [^,:]+/, "after a while")
    .replace(/as [0-9a-f]{9}/, "as a commit")
    .replace(/: \S+\/logs\/\S+\.log$/, ": a log");

/** The output of a document's block that begins so, a `…` standing for anything. */
const recorded = (beginning: string): RegExp => {
  const { text } = blocks.find((block) => block.text.startsWith(beginning))!;
  const literal = text.trimEnd().replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("…", "[^]*")}$`);
};

describe("recordings of the documents", () => {
  it.live("show how an error is told", () =>
    live(
      Effect.gen(function* () {
        const place = yield* Screens.make({});
        const exit = yield* place.call("plan", "nosuch.yaml");
        const reason = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined;
        const told = ErrorCode.of(reason?._tag === "Fail" ? reason.error : undefined);
        expect(ErrorText.text(told)).toMatch(recorded("error: there is no plan nosuch.yaml"));
        const block = inLanguage("json").find(({ file }) => file === "docs/guides/errors.md")!;
        expect(JSON.parse(ErrorText.json(told))).toEqual(JSON.parse(block.text));
      }),
    ),
  );

  it.live("show what is wrong with a configuration", () =>
    live(
      Effect.gen(function* () {
        const lines = ["github:", "  repositry: shop", "agent:", "  task_timeout_seconds: 60"];
        const file = `${[...lines, "  retry_attempts: many"].join("\n")}\n`;
        const place = yield* Screens.make({ files: { "orchestrator.yaml": file } });
        const exit = yield* place.call("config", "show");
        const reason = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined;
        const { message } = ErrorCode.of(reason?._tag === "Fail" ? reason.error : undefined);
        const found = message
          .replaceAll(`${place.folder}/`, "")
          .split("\n")
          .filter((line) => line.includes("yaml:"));
        expect(found.join("\n").trim()).toMatch(recorded("orchestrator.yaml:2:3"));
      }),
    ),
  );

  it.live("show the lines of a run", () =>
    live(
      Effect.gen(function* () {
        const file = `tasks:
  - { id: api, run: "echo api > api" }
  - { id: e2e, run: "true", dependsOn: [api] }
`;
        const place = yield* Screens.make({ ...places, files: { "plan.yaml": file } });
        const identity = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"];
        place.git("add", "plan.yaml");
        place.git(...identity, "commit", "-q", "-m", "Start");
        yield* inside(place.folder);
        yield* place.call("run", "plan.yaml", "--plain");
        const printed = new Set(place.out().split("\n").map(shape));
        const told = blocks.find(({ text }) => text.startsWith("$ orchestrator run plan.yaml"))!;
        const lines = told.text.trimEnd().split("\n").slice(1);
        expect(lines.filter((line) => !printed.has(shape(line)))).toEqual([]);
      }),
    ),
  );

  it.live("show what is wrong with a plan", () =>
    live(
      Effect.gen(function* () {
        const file = "tasks:\n  - id: build\n    uses: shel.run\n";
        const place = yield* Screens.make({ files: { "plan.yaml": file } });
        yield* place.call("plan", join(place.folder, "plan.yaml"));
        expect(place.error().replaceAll(`${place.folder}/`, "")).toMatch(
          recorded("plan.yaml:3:11"),
        );
      }),
    ),
  );

  it.live("show what is said of a clone", () =>
    live(
      Effect.gen(function* () {
        const place = yield* Screens.make({
          remotes: places.remotes,
          programs: { ...places.programs, gh: "echo gho_x" },
        });
        yield* place.call();
        const text = place.out().replaceAll(place.folder, "/home/ada/shop");
        expect(text.replace(/^orchestrator \S+/, "orchestrator 1.0.0").trimEnd()).toMatch(
          recorded("orchestrator 1.0.0 in"),
        );
      }),
    ),
  );
});

const slug = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

describe("links between the documents", () => {
  it.each(Documents.files)("of %s lead somewhere", (file) => {
    const targets = [...Documents.prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map(
      ({ 1: to = "" }) => to,
    );
    const broken = targets.filter((to) => {
      if (/^[a-z]+:/.test(to)) return false;
      const [path = "", anchor] = to.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      const headings = [...Documents.prose(target).matchAll(/^#+ (.*)$/gm)];
      return !headings.some(({ 1: heading = "" }) => slug(heading) === anchor);
    });
    expect(broken).toEqual([]);
  });

  it("lead from the README to every guide", () => {
    const readme = Documents.textOf("README.md");
    const guides = Documents.files.filter((file) => file.startsWith("docs/guides/"));
    expect(guides.filter((file) => !readme.includes(`](${file})`))).toEqual([]);
  });
});

describe("docs/guides/troubleshooting.md", () => {
  it("quotes messages of the program", () => {
    const sources = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
      .filter((name) => /^\w+\/src\/.*\.ts$/.test(name))
      .map((name) =>
        readFileSync(join(root, "packages", name), "utf8").replaceAll(/\$\{[^{}]*\}/g, "…"),
      );
    const rows = [
      ...Documents.textOf("docs/guides/troubleshooting.md").matchAll(/^\| `([^`]+)`/gm),
    ];
    const quoted = rows.map(({ 1: text = "" }) => text);
    expect(quoted.length).toBeGreaterThan(15);
    const unknown = quoted.filter((text) => !sources.some((source) => source.includes(text)));
    expect(unknown).toEqual([]);
  });
});
