import { execFileSync } from "node:child_process";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Codegen from "./support/Codegen.ts";
import * as Command from "./support/Command.ts";

/** Long enough that all slots are in use. */
const usual = { fallback: { seconds: [20, 60], pullRequests: 1, result: "Done." } };
const quick = { fallback: { seconds: [5, 15], pullRequests: 1, result: "Done." } };
/** No list of the service lags, and so an unclear launch is soon clear. */
const settling = "  launch_deadline_seconds: 10\n  settle_seconds: 10\n";
const run = ["run", "plan.yaml", "--config", "config.yaml"] as const;

type Entries = ReturnType<typeof Command.entries>;

/** Tasks that were launched before the last task that they depend on had ended. */
const tooEarly = (entries: Entries, width: number): ReadonlyArray<string> => {
  const at = (tag: string, id: string) =>
    entries.findIndex(({ event }) => event._tag === tag && "task" in event && event.task === id);
  return Array.from({ length: 30 - width }, (_, index) => index + width)
    .filter((index) => at("LaunchIntended", `t${index}`) < at("TaskEnded", `t${index - width}`))
    .map((index) => `t${index}`);
};

describe("orchestrator run with tasks for Codegen", () => {
  it.live("keeps to its slots, its order and the limits of the service", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": Codegen.chains(10, 3) };
      const folder = yield* Codegen.scene({ script: usual, files });
      const { code, error, out } = yield* folder.run(...run, "--json");
      expect({ code, error }).toMatchObject({ code: 0 });
      expect(tooEarly(Command.entries(out), 10)).toEqual([]);
      const summary = yield* folder.summary;
      expect(summary).toMatchObject({ launched: 30, duplicates: 0, violations: [] });
      expect(summary.highWater).toBeLessThanOrEqual(10);
      expect(summary.busiest["creates"]).toBeLessThanOrEqual(10);
      expect(summary.busiest["reads"]).toBeLessThanOrEqual(60);
      const journal = yield* folder.read(".orchestrator/journal.db");
      expect(journal).toContain("LaunchIntended");
      expect(journal + out).not.toContain(Codegen.token);
    }),
  );

  it.live("launches each task once whatever the network does", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": Codegen.chains(10, 3) };
      // Lists lag by up to 20 seconds, and what was asked may be done 3 seconds late.
      const config = "  launch_deadline_seconds: 10\n  settle_seconds: 30\n";
      const flags = ["--every-fault", "0.005", "--no-hangs", "--seed", "3"];
      const folder = yield* Codegen.scene({ script: usual, files, flags, config });
      const { code, error, out } = yield* folder.run(...run, "--no-preflight", "--json");
      expect({ code, error }).toMatchObject({ code: 0 });
      expect([...folder.launches().values()].filter((times) => times !== 1)).toEqual([]);
      expect(tooEarly(Command.entries(out), 10)).toEqual([]);
      const summary = yield* folder.summary;
      expect(summary.duplicates).toBe(0);
      expect(summary.highWater).toBeLessThanOrEqual(10);
    }),
  );
});

// Each has a folder and a service of its own, and waits for processes most of its time: nothing here is judged by its time.
describe("a run with tasks for Codegen", { timeout: 180_000, concurrent: true }, () => {
  it.live("goes on after kill -9 with what was launched", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": Codegen.chains(4, 3) };
      const folder = yield* Codegen.scene({ script: quick, files, config: settling });
      const started = yield* folder.start(...run, "--json");
      yield* started.saw(/"TaskEnded"/);
      yield* started.signal("SIGKILL");
      yield* started.ended;
      const { code, error, out } = yield* folder.run("resume");
      expect({ code, error }).toMatchObject({ code: 0 });
      expect(out).toContain("12 tasks succeeded");
      expect([...folder.launches().values()].filter((times) => times !== 1)).toEqual([]);
      expect(yield* folder.summary).toMatchObject({ launched: 12, duplicates: 0 });
    }),
  );

  it.live("holds the rest with the words of the service when the plan is used up", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": Codegen.chains(6, 1) };
      const fault = { kind: "status", status: 402, body: { message: "You used all 5 runs." } };
      const faults = [{ on: "create", calls: { from: 3 }, times: 1, fault }];
      const folder = yield* Codegen.scene({ script: quick, files, faults });
      const ended = yield* folder.run(...run, "--concurrency", "1");
      expect(ended.code).toBe(3);
      expect(ended.out).toContain("2 succeeded, 4 held");
      const held = yield* folder.run("held");
      expect(held.code).toBe(3);
      expect(held.out.match(/You used all 5 runs\./g)).toHaveLength(4);

      const asked = yield* folder.run("decide", "--all", "relaunch");
      expect(asked.code).toBe(2);
      expect(asked.out).toContain("4 tasks of the run");
      expect(asked.error).toContain("orchestrator decide --all relaunch --yes");
      const decided = yield* folder.run("decide", "--all", "relaunch", "--yes");
      expect(decided.code).toBe(0);
      expect(decided.out).toContain("4 tasks decided. Go on with the run: orchestrator resume");
      const resumed = yield* folder.run("resume");
      expect(resumed.code).toBe(0);
      expect(yield* folder.summary).toMatchObject({ launched: 6, duplicates: 0 });
    }),
  );

  it.live("lands the work of commands and delivers that of Codegen", () =>
    Effect.gen(function* () {
      const plan = `tasks:
  - { id: ask, prompt: Choose a name, expectChange: false }
  - { id: note, run: "echo {{ tasks.ask.output.result }} > note", dependsOn: [ask] }
  - { id: change, prompt: "Use {{ tasks.ask.output.result }}", dependsOn: [note, ask] }
  - { id: last, run: "ls > files", dependsOn: [change] }
`;
      const rules = [{ match: { task: "ask" }, fate: { result: "Kiwi", pullRequests: 0 } }];
      const script = { rules, fallback: { seconds: 5, pullRequests: 1 } };
      const folder = yield* Codegen.scene({ script, files: { "plan.yaml": plan } });
      const git = (...args: ReadonlyArray<string>) =>
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
          cwd: folder.path,
          encoding: "utf8",
        });
      git("init", "--quiet", "--initial-branch=main");
      git("add", "plan.yaml");
      git("commit", "--quiet", "--message=start");
      const { code, error, out } = yield* folder.run(...run);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const branch = /^Branch +(\S+)$/m.exec(out)![1]!;
      expect(git("show", `${branch}:note`)).toBe("Kiwi\n");
      expect(git("show", `${branch}:files`)).toBe("files\nnote\nplan.yaml\n");
      const rows = JSON.parse((yield* folder.run("export", "--format", "json")).out);
      expect(JSON.stringify(rows)).toMatch(/"https:\/\/github\.com\/acme\/shop\/pull\/\d+"/);
      expect(yield* folder.names(`.orchestrator/runs/${rows.run}/worktrees`)).toEqual([]);
    }),
  );

  it.live("gives prompts that a command finds to Codegen, though the plan has none", () =>
    Effect.gen(function* () {
      const found = '{"id":"found","prompt":"Do it"}';
      const plan = `isolation: none
tasks:
  - { id: find, run: ["sh", "-c", 'echo "$1" >> "$ORCHESTRATOR_DISCOVERED"', sh, '${found}'] }
`;
      const folder = yield* Codegen.scene({ script: quick, files: { "plan.yaml": plan } });
      const { code, out } = yield* folder.run(...run);
      expect(code).toBe(0);
      expect(out).toMatch(/find found 1 new task: found[^]*found started on codegen-1/);
      expect(yield* folder.summary).toMatchObject({ launched: 1, violations: [] });
    }),
  );

  it.live("stops the agents of a run that nobody works on, and starts nothing", () =>
    Effect.gen(function* () {
      const script = { fallback: { seconds: null } };
      const folder = yield* Codegen.scene({ script, files: { "plan.yaml": Codegen.chains(2, 2) } });
      const started = yield* folder.start(...run, "--json");
      yield* started.saw(/"task":"t1"[^\n]*Codegen says ACTIVE/);
      yield* started.signal("SIGKILL");
      yield* started.ended;
      const [id] = yield* folder.names(".orchestrator/runs");
      const { code, error, out } = yield* folder.run("cancel", id!);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toContain("cancelled: 0 of 4 tasks succeeded");
      expect(folder.entries().filter(({ endpoint }) => endpoint === "ban")).toHaveLength(2);
      expect(folder.launches().size).toBe(2);
    }),
  );

  it.live("needs its configuration again to go on, the same or another", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": Codegen.chains(1, 2) };
      const folder = yield* Codegen.scene({ script: quick, files });
      const started = yield* folder.start(...run);
      yield* started.saw(/t0 started/);
      yield* started.signal("SIGINT");
      yield* started.ended;
      const text = yield* folder.read("config.yaml");
      yield* folder.write("other.yaml", text);
      yield* folder.write("config.yaml", "logging_level: INFO\n");
      const without = yield* folder.run("resume");
      expect(without.code).toBe(78);
      expect(without.error).toContain("has tasks for Codegen, which is not configured here");
      const resumed = yield* folder.run("resume", "--config", "other.yaml");
      expect(resumed.code).toBe(0);
      expect(yield* folder.summary).toMatchObject({ launched: 2, duplicates: 0 });
    }),
  );

  it.live("starts nothing when the service would not take the tasks", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": Codegen.chains(1, 1) };
      const folder = yield* Codegen.scene({ files, environment: { FAKE_TOKEN: "sk-wrong" } });
      const { code, error } = yield* folder.run(...run);
      expect(code).toBe(69);
      expect(error).toMatch(/nothing was started\. \[codegen-not-ready\]\n✗ .*codegen\.com\/token/);
      expect(error).not.toContain("sk-wrong");
      expect(yield* folder.names()).not.toContain(".orchestrator");
      expect(folder.launches().size).toBe(0);
    }),
  );
});
