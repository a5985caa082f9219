import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

const chain = `name: chain
isolation: none
tasks:
  - { id: a, run: echo a >> order }
  - { id: b, run: echo b >> order, dependsOn: [a] }
`;

const broken = `isolation: none
defaults: { retry: { attempts: 1 } }
tasks:
  - { id: a, title: "a\\e[2Jb", run: "printf 'some\\\\033]0;owned\\\\007thing\\\\n'; exit 3" }
  - { id: b, run: echo never, dependsOn: [a] }
`;

const git = (cwd: string, ...args: ReadonlyArray<string>) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
    cwd,
    encoding: "utf8",
  });

describe("orchestrator run", () => {
  it.live("runs the plan of the folder and says on a pipe, line by line, what happens", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      const { code, error, out } = yield* folder.run("run", "--results", "new/folder/results.csv");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(yield* folder.read("order")).toBe("a\nb\n");
      expect(out).toMatch(/• run \S+ of chain: parallel, 10 agents at once\n/);
      expect(out).toMatch(/▶ a started on local-1\n[^]*✓ a succeeded[^]*▶ b started/);
      expect(out).toMatch(
        /\n✓ 2 tasks succeeded in [^]*\nNext {5}print a row per task: {2}orchestrator export \S+ --format csv\n$/,
      );
      const rows = (yield* folder.read("new/folder/results.csv")).split("\r\n");
      expect(rows[0]).toMatch(
        /^task_id,status,start_time,end_time,duration_seconds,agent_id,error/,
      );
      expect(rows.slice(1).map((row) => row.split(",").slice(0, 2))).toEqual([
        ["a", "succeeded"],
        ["b", "succeeded"],
        [""],
      ]);
      expect(yield* folder.names("new/folder")).toEqual(["results.csv"]);
    }),
  );

  it.live("ends with 1 when a task fails, and prints nothing of it that acts on a terminal", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": broken });
      const { code, error, out } = yield* folder.run("run");
      expect({ code, error }).toEqual({ code: 1, error: "" });
      expect(out).toContain(
        "✗ a failed: The command ended with exit code 3. Its last lines:\n    something\n",
      );
      expect(out).toContain("− skipped because of a: b");
      expect(out).toMatch(/ {2}log: \.orchestrator\/runs\/\S+\/logs\/a-1\.log\n/);
      expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    }),
  );

  it.live("says why work lands elsewhere if the checkout it was to move is not clean", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": "tasks:\n  - { id: a, run: echo a > a }\n",
      });
      git(folder.path, "init", "-q", "-b", "main");
      git(folder.path, "commit", "-q", "--allow-empty", "-m", "Start");
      const { code, error } = yield* folder.run("run", "--update-checkout");
      expect(code).toBe(0);
      expect(error).toMatch(
        /^warning: the checkout of main has changes or untracked files, so --update-checkout leaves it alone and work lands on orchestrator\/\S+\/@merged\n$/,
      );
    }),
  );

  it.live("makes no folder for a file that is not below the current one", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      yield* folder.run("run");
      mkdirSync(folder.file("below"));
      const { code, error } = yield* folder.in("below").run("export", "-o", "../new/x.json");
      expect(code).toBe(74);
      expect(error).toMatch(
        /^error: .*new could not be written: there is no such folder\. Make it/,
      );
      expect(yield* folder.names()).not.toContain("new");
    }),
  );

  it.live("gives events as NDJSON on standard output and everything else on standard error", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      const { code, error, out } = yield* folder.run("run", "--json", "--mode", "sequential");
      expect(code).toBe(0);
      const entries = Command.entries(out);
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
      expect(entries[0]!.event).toMatchObject({
        _tag: "RunStarted",
        mode: "sequential",
        concurrency: 1,
      });
      expect(entries.at(-1)!.event).toMatchObject({ _tag: "RunEnded", outcome: "succeeded" });
      expect(error).toContain("✓ 2 tasks succeeded");
      const again = yield* folder.run("export", "--format", "ndjson");
      expect(again.out).toBe(out);
    }),
  );

  it.live("only shows the plan with --dry-run", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      const { code, out } = yield* folder.run("run", "--dry-run", "--concurrency", "3");
      expect(code).toBe(0);
      expect(out).toContain("2 tasks, 1 dependency, 2 waves; parallel, 3 agents at once");
      expect(yield* folder.names()).toEqual(["plan.yaml"]);
    }),
  );

  it.live("holds a task whose dependency failed if the plan says so", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": `isolation: none
tasks:
  - { id: a, run: exit 1, retry: { attempts: 1 } }
  - { id: b, run: echo b, dependsOn: [{ task: a, onFailure: hold }] }
`,
      });
      const { code, out } = yield* folder.run("run");
      expect(out).toContain("? b held");
      expect(code).toBe(1);
    }),
  );

  it.live("lands work in a repository and leaves its checkout alone", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": `tasks:
  - { id: a, run: echo a > a.txt }
  - { id: b, run: cat a.txt > b.txt, dependsOn: [a] }
`,
      });
      git(folder.path, "init", "--quiet", "--initial-branch=main");
      git(folder.path, "add", ".");
      git(folder.path, "commit", "--quiet", "--message=start");
      const { code, out } = yield* folder.run("run");
      expect(code).toBe(0);
      const takeOver = /^Next {5}take the work over: +(git -C .* merge (\S+))$/m.exec(out)!;
      const [command, branch] = [takeOver[1]!, takeOver[2]!];
      expect(git(folder.path, "status", "--porcelain")).toBe("");
      expect(git(folder.path, "show", `${branch}:b.txt`)).toBe("a\n");
      execFileSync("/bin/sh", ["-c", command], { cwd: "/", stdio: "ignore" });
      expect(yield* folder.read("b.txt")).toBe("a\n");
    }),
  );

  it.live("says what to do where there is no repository", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": "tasks:\n  - { id: a, run: echo }\n" });
      const { code, error } = yield* folder.run("run");
      expect(code).toBe(69);
      expect(error).toMatch(
        /^error: .* is not in a git repository\. Run git init .*isolation: none \[git-not-a-repository\]\n$/,
      );
    }),
  );

  it.live("refuses tasks without a command before anything runs", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": `${chain}  - { id: c, prompt: Do it, dependsOn: [a] }\n`,
      });
      const { code, error } = yield* folder.run("run");
      expect(code).toBe(65);
      expect(error).toContain('plan.yaml:6:11: error: Task "c" has a prompt but no command');
      expect(yield* folder.names()).toEqual(["plan.yaml"]);
    }),
  );

  it.live("ends with 74 before anything runs if a folder has the name of the results", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      mkdirSync(folder.file("d.csv"));
      const { code, error } = yield* folder.run("run", "--results", "d.csv");
      expect(code).toBe(74);
      expect(error).toBe(
        "error: d.csv could not be written: it is a folder. Name a file in it. [write-failed]\n",
      );
      expect((yield* folder.names()).toSorted()).toEqual(["d.csv", "plan.yaml"]);
    }),
  );

  it.live("ends with 74 before anything runs if results cannot be written", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      const { code, error } = yield* folder.run("run", "--results", "plan.yaml/results.json");
      expect(code).toBe(74);
      expect(error).toMatch(/^error: plan\.yaml\/results\.json could not be written: /);
      expect(yield* folder.names()).toEqual(["plan.yaml"]);
    }),
  );
});

describe("orchestrator export", () => {
  it.live("prints the latest run, of any folder below it", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": broken });
      yield* folder.run("run");
      const json = yield* folder.run("export");
      expect(json.code).toBe(0);
      expect(JSON.parse(json.out)).toMatchObject({
        outcome: "failed",
        summary: { total: 2, failed: 1, skipped: 1 },
        tasks: [{ task_id: "a", title: "a\u001b[2Jb" }, { task_id: "b" }],
      });
      const [run] = yield* folder.names(".orchestrator/runs");
      expect(json.out).toBe(yield* folder.read(`.orchestrator/runs/${run}/results.json`));
      const csv = yield* folder.run("export", run!, "--format", "csv", "--output", "out.csv");
      expect({ code: csv.code, out: csv.out }).toEqual({ code: 0, out: "" });
      expect(yield* folder.read("out.csv")).toMatch(/\r\na,failed,[^]*\r\nb,skipped,/);
    }),
  );

  it.live("writes through a link", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain, "real.csv": "old" });
      yield* folder.run("run");
      symlinkSync("real.csv", folder.file("link.csv"));
      yield* folder.run("export", "--format", "csv", "--output", "link.csv");
      expect(lstatSync(folder.file("link.csv")).isSymbolicLink()).toBe(true);
      expect(yield* folder.read("real.csv")).toMatch(/\r\na,succeeded,/);
    }),
  );

  it.live("says which runs there are when the one that was named is none of them", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      const before = yield* folder.run("export", "nosuch");
      expect(before.code).toBe(66);
      expect(before.error).toMatch(/^error: there are no runs in .*Run a plan first/);
      yield* folder.run("run");
      const [run] = yield* folder.names(".orchestrator/runs");
      const { code, error } = yield* folder.run("export", "nosuch");
      expect(code).toBe(66);
      expect(error).toMatch(/^error: there is no run nosuch in /);
      expect(error).toContain(`The latest are ${run!}.`);
    }),
  );

  it.live("takes the folder of a run from anywhere", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": chain });
      const elsewhere = yield* Command.folder();
      yield* folder.run("run");
      const [run] = yield* folder.names(".orchestrator/runs");
      const named = yield* elsewhere.run("export", folder.file(`.orchestrator/runs/${run}`));
      expect(named.code).toBe(0);
      expect(JSON.parse(named.out)).toMatchObject({ run, outcome: "succeeded" });
    }),
  );
});
