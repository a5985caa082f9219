import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

const plan = `name: shop
isolation: none
tasks:
  - { id: first, run: echo first >> order }
  - { id: one, run: '${Gate.closed("one")}', dependsOn: [first] }
  - { id: two, run: '${Gate.closed("two")}', dependsOn: [first] }
  - { id: last, run: echo last >> order, dependsOn: [one, two] }
`;

const gates = ["one", "two"];

const lines = (text: string) => text.trimEnd().split("\n").toSorted();

/** A run with two agents at work. */
const atWork = Effect.gen(function* () {
  const folder = yield* Gate.folder({ "plan.yaml": plan }, gates);
  const started = yield* folder.start("run");
  yield* Effect.forEach(gates, folder.reached, { concurrency: 2 });
  const [run] = yield* folder.names(".orchestrator/runs");
  return { folder, started, run: run! };
});

/** A run whose process is gone, with `x` landed on its own branch and `y` let go. */
const landed = Effect.gen(function* () {
  const folder = yield* Gate.folder({}, ["y"]);
  const git = (...args: ReadonlyArray<string>) =>
    Effect.sync(() => execFileSync("git", args, { cwd: folder.path, encoding: "utf8" }).trim());
  yield* git("init", "--quiet", "-b", "main");
  const author = ["-c", "user.name=a", "-c", "user.email=a@localhost"];
  yield* git(...author, "commit", "--quiet", "--allow-empty", "-m", "Start");
  const steps = [
    "  - { id: x, run: echo x > x }",
    `  - { id: y, run: 'cd "${folder.path}" && ${Gate.closed("y")}', dependsOn: [x] }`,
    "  - { id: z, run: test -f x, dependsOn: [y], retry: { attempts: 1 } }",
  ];
  yield* folder.write("plan.yaml", `tasks:\n${steps.join("\n")}\n`);
  const started = yield* folder.start("run");
  yield* folder.reached("y");
  yield* started.signal("SIGKILL");
  yield* started.ended;
  yield* folder.open("y");
  const [run] = yield* folder.names(".orchestrator/runs");
  return { folder, git, branch: `orchestrator/${run}/@merged` };
});

describe("orchestrator resume", () => {
  it.live("goes on with all that has landed after somebody deleted the branch of the run", () =>
    Effect.gen(function* () {
      const { branch, folder, git } = yield* landed;
      yield* git("branch", "-D", branch);
      expect((yield* folder.run("resume")).code).toBe(0);
      expect(yield* git("ls-tree", "--name-only", branch)).toBe("x");
    }),
  );

  it.live("refuses with 69 to go on where what has landed is missing, and says what to do", () =>
    Effect.gen(function* () {
      const { branch, folder, git } = yield* landed;
      yield* git("branch", "--force", branch, "main");
      const { code, error } = yield* folder.run("resume");
      expect(code).toBe(69);
      const [, commit = ""] = / branch -f \S+ ([0-9a-f]{40})/.exec(error) ?? [];
      yield* git("branch", "-f", branch, commit);
      expect((yield* folder.run("resume")).code).toBe(0);
    }),
  );

  it.live("asks what to do about commands whose notes somebody removed", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* Effect.sync(() => rmSync(folder.file(".orchestrator/runs"), { recursive: true }));
      const { code } = yield* folder.run("resume", run);
      expect(code).toBe(3);
      expect(lines(yield* folder.read("order"))).toEqual(["first", "one", "two"]);
      expect((yield* folder.run("held", run)).code).toBe(3);
      for (const gate of gates) yield* folder.open(gate);
    }),
  );

  it.live("goes on after SIGKILL with every command started once, also after a second one", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* folder.open("one");
      const second = yield* folder.start("resume");
      yield* second.saw(/✓ one succeeded/);
      yield* second.signal("SIGKILL");
      yield* second.ended;
      yield* folder.open("two");
      // The plan is that of the journal, whatever has become of the file.
      yield* folder.write("plan.yaml", "tasks: 3");
      const { code, error, out } = yield* folder.run("resume", run);
      expect(code).toBe(0);
      const file = folder.file("plan.yaml");
      expect(error).toBe(
        `warning: ${file} has changed since the run began; the run goes on with the plan as it was. To run the new one: orchestrator run ${file}\n`,
      );
      expect(lines(yield* folder.read("order"))).toEqual(["first", "last", "one", "two"]);
      expect(out).toMatch(/• run \S+ of shop[^]*✓ first succeeded[^]*✓ one succeeded[^]*• gone on/);
      expect(out).toContain("✓ 4 tasks succeeded");
    }),
  );

  it.live("refuses a run that another process works on with 75, and names that", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      const { code, error } = yield* folder.run("resume");
      expect(code).toBe(75);
      expect(error).toContain(`The run ${run} is worked on by process ${started.process.pid} on `);
      expect(error).toContain(`kill -INT ${started.process.pid}\n`);
      expect(error).toContain(`orchestrator cancel ${run}\n`);
      for (const gate of gates) yield* folder.open(gate);
      expect((yield* started.ended).code).toBe(0);
      expect(lines(yield* folder.read("order"))).toEqual(["first", "last", "one", "two"]);
    }),
  );

  it.live("says that a run has ended, and ends as that did", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml":
          "isolation: none\ntasks:\n  - { id: a, run: exit 1, retry: { attempts: 1 } }\n",
      });
      yield* folder.run("run");
      const [run] = yield* folder.names(".orchestrator/runs");
      const named = yield* folder.run("resume", run!);
      expect(named.code).toBe(1);
      expect(named.out).toContain(`The run ${run} has ended: failed.`);
      const any = yield* folder.run("resume");
      expect(any.code).toBe(66);
      expect(any.error).toContain(`every run has ended, the latest, ${run}, as failed`);
    }),
  );

  it.live("refuses to work where the project has gone", () =>
    Effect.gen(function* () {
      const { folder, started } = yield* atWork;
      yield* started.signal("SIGKILL");
      yield* started.ended;
      for (const gate of gates) yield* folder.open(gate);
      yield* Effect.sync(() => mkdirSync(folder.file("moved")));
      yield* Effect.sync(() =>
        renameSync(folder.file(".orchestrator"), folder.file("moved/.orchestrator")),
      );
      const { code, error } = yield* folder.in("moved").run("resume");
      expect(code).toBe(69);
      expect(error).toContain(
        `works in ${folder.path}, but its journal is in ${folder.path}/moved`,
      );
    }),
  );

  it.live("says that there are no runs", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, error } = yield* folder.run("resume");
      expect(code).toBe(66);
      expect(error).toMatch(/^error: there are no runs in .*Run a plan first/);
    }),
  );

  it.live("takes agents and file of results over, unless the flags say otherwise", () =>
    Effect.gen(function* () {
      const folder = yield* Gate.folder({ "plan.yaml": plan }, gates);
      const started = yield* folder.start("run", "--concurrency", "2", "--results", "out.csv");
      yield* Effect.forEach(gates, folder.reached, { concurrency: 2 });
      yield* started.signal("SIGKILL");
      yield* started.ended;
      for (const gate of gates) yield* folder.open(gate);
      const { code, out } = yield* folder.run("resume", "--json");
      expect(code).toBe(0);
      const resumed = Command.entries(out).find(({ event }) => event._tag === "RunResumed");
      expect(resumed?.event).toMatchObject({ concurrency: 2 });
      expect(yield* folder.read("out.csv")).toMatch(/\r\nlast,succeeded,/);
    }),
  );
});
