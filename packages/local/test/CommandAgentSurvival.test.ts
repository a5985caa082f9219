import { assert, describe, it } from "@effect/vitest";
import type { Agent } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Base from "../src/Base.ts";
import * as CommandAgent from "../src/CommandAgent.ts";
import * as ProcessGroup from "../src/internal/ProcessGroup.ts";
import * as RunFolder from "../src/RunFolder.ts";
import { endAll, leaderOf, recorder, request } from "./support/agent.ts";
import {
  compiled,
  environment,
  repository,
  services,
  temporaryFolder,
  git,
} from "./support/repository.ts";

const program = new URL("support/dieAt.ts", import.meta.url).pathname;

/** A repository, a run in it, and files through which its command is seen and held. */
const prepare = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const root = yield* repository();
  const place = yield* temporaryFolder();
  const folder = yield* RunFolder.make(`${root}/.orchestrator/runs/r1`);
  yield* Effect.addFinalizer(() => endAll(folder));
  yield* fs.writeFileString(`${place}/go`, "");
  return { root, folder, env: { COUNT: `${place}/count`, GO: `${place}/go` } };
});

type Prepared = Effect.Success<typeof prepare>;

const holding = Effect.tap(prepare, ({ env }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    yield* fs.remove(env.GO);
    yield* (yield* ChildProcess.make("mkfifo", [env.GO])).exitCode;
  }),
);

const work = [
  'echo once >> "$COUNT"',
  "echo first",
  'cat "$GO"',
  "echo work > file",
  'echo "a=1" >> "$ORCHESTRATOR_OUTPUT"',
  "echo last",
].join("\n");

const requestOf = ({ env }: Prepared, run = work) => request(run, { env });

/** Lets another process launch and watch the command, and die at a point. */
const dieAt = Effect.fnUntraced(function* (prepared: Prepared, point: string, run = work) {
  const input = { repository: prepared.root, request: requestOf(prepared, run), point };
  const handle = yield* ChildProcess.make(
    process.execPath,
    ["--conditions=@orchestrator/source", program, JSON.stringify(input)],
    {
      cwd: prepared.root,
      env: { ...environment, ...compiled },
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  const error = yield* Effect.flip(handle.exitCode);
  assert.include(`${error.message} ${String(error.cause)}`, "SIGKILL");
});

/** The agent as the process that resumes the run has it. */
const resumed = Effect.fnUntraced(function* ({ root, folder }: Prepared) {
  const base = yield* Base.make({ run: "r1", repository: root });
  return yield* CommandAgent.make({
    folder,
    isolation: { _tag: "Worktree", base },
    environment,
    graceMillis: 100,
  });
});

const ran = ({ env }: Prepared) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(env.COUNT));

/** The command ran once, and all that it did is there. */
const isComplete = Effect.fnUntraced(function* (
  prepared: Prepared,
  agent: Agent.Agent,
  ref: Agent.AgentRunRef,
  end: Agent.AgentRunEnd,
) {
  const fs = yield* FileSystem.FileSystem;
  const { folder, root } = prepared;
  assert.strictEqual(yield* ran(prepared), "once\n");
  const commit = yield* git(root, "rev-parse", "orchestrator/r1/a");
  const base = yield* git(root, "rev-parse", "main");
  const change = { branch: "orchestrator/r1/a", commit, base };
  assert.deepStrictEqual(end, { _tag: "Succeeded", output: { a: "1" }, change });
  assert.strictEqual(yield* git(root, "show", `${commit}:file`), "work");
  assert.strictEqual(yield* git(root, "rev-list", "--count", `main..${commit}`), "1");
  assert.deepStrictEqual(yield* fs.readDirectory(`${folder.root}/worktrees`), []);
  assert.strictEqual(yield* fs.readFileString(folder.log("a", 1)), "first\nlast\n");
  assert.deepStrictEqual(
    (yield* agent.find("key/a/1")).map(({ id }) => id),
    [ref.id],
  );
});

// Each has a repository of its own, and waits for processes most of its time.
describe("a command whose orchestrator is killed", { concurrent: true }, () => {
  it.live.each([
    "before open attempt.json.new",
    "after rename attempt.json",
    "after git worktree add",
    "after rename attempt.json 2",
    "before read started-1",
    "after read exit-1",
    "after git add",
    "after git commit",
    "after git update-ref",
    "before open end.json.new",
    "after rename end.json",
    "after git worktree remove",
    "end",
  ])("runs once, and all its work is taken, when that happens %s", (point) =>
    Effect.gen(function* () {
      const prepared = yield* prepare;
      yield* dieAt(prepared, point);
      const agent = yield* resumed(prepared);
      const ref = yield* agent.launch(requestOf(prepared));
      const end = yield* agent.observe(ref, recorder().report);
      yield* isComplete(prepared, agent, ref, end);
      const later = yield* resumed(prepared);
      assert.deepStrictEqual(yield* later.observe(ref, recorder().report), end);
    }).pipe(Effect.provide(services)),
  );

  it.live("goes on, and whoever comes next hears the rest of it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const prepared = yield* holding;
      yield* dieAt(prepared, "output");
      const agent = yield* resumed(prepared);
      const ref = yield* agent.launch(requestOf(prepared));
      assert.isTrue(yield* ProcessGroup.isAlive(yield* leaderOf(prepared.folder, ref)));
      const { report, text } = recorder();
      yield* fs.writeFileString(prepared.env.GO, "more\n");
      const end = yield* agent.observe(ref, report);
      assert.strictEqual(text(), "more\nlast\n");
      assert.strictEqual(end._tag, "Succeeded");
      assert.strictEqual(yield* ran(prepared), "once\n");
    }).pipe(Effect.provide(services)),
  );

  it.live("tells what it printed before in the message of its failure", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const prepared = yield* holding;
      const run = `${work}; exit 3`;
      yield* dieAt(prepared, "output", run);
      const agent = yield* resumed(prepared);
      const ref = yield* agent.launch(requestOf(prepared, run));
      yield* fs.writeFileString(prepared.env.GO, "");
      const end = yield* agent.observe(ref, recorder().report);
      assert.strictEqual(end._tag, "Failed");
      assert.include(JSON.stringify(end), "exit code 3");
      assert.include(JSON.stringify(end), "first\\nlast");
    }).pipe(Effect.provide(services)),
  );

  it.live("is cancelled by whoever comes next, with all its processes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const prepared = yield* prepare;
      const run =
        "trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo x; while :; do sleep 1; done";
      yield* dieAt(prepared, "output", run);
      const agent = yield* resumed(prepared);
      const ref = yield* agent.launch(requestOf(prepared, run));
      const leader = yield* leaderOf(prepared.folder, ref);
      assert.isTrue(yield* ProcessGroup.isAlive(leader));
      yield* agent.cancel(ref);
      assert.isFalse(yield* ProcessGroup.isAlive(leader));
      const end = yield* agent.observe(ref, recorder().report);
      assert.include(JSON.stringify(end), "It was cancelled.");
      assert.deepStrictEqual(yield* fs.readDirectory(`${prepared.folder.root}/worktrees`), []);
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "fails for the sake of the machine when its wrapper was killed, and does not run again",
    () =>
      Effect.gen(function* () {
        const prepared = yield* holding;
        yield* dieAt(prepared, "output");
        const agent = yield* resumed(prepared);
        const ref = yield* agent.launch(requestOf(prepared));
        const leader = yield* leaderOf(prepared.folder, ref);
        const watching = yield* Effect.forkChild(agent.observe(ref, recorder().report));
        process.kill(leader, "SIGKILL");
        const end = yield* Fiber.join(watching);
        assert.strictEqual(end._tag === "Failed" && end.failure.class, "infrastructure");
        assert.include(JSON.stringify(end), "without telling its exit status");
        assert.isFalse(yield* ProcessGroup.isAlive(leader));
        yield* agent.launch(requestOf(prepared));
        assert.strictEqual(yield* ran(prepared), "once\n");
      }).pipe(Effect.provide(services)),
  );

  it.live("is taken for lost, and not started again, when the machine was restarted since", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const prepared = yield* prepare;
      yield* dieAt(prepared, "after rename attempt.json 2");
      const file = `${prepared.folder.notes}/a-1/attempt.json`;
      const note = yield* fs.readFileString(file);
      yield* fs.writeFileString(file, note.replace(/"boot":"[^"]*"/, '"boot":"before"'));
      const agent = yield* resumed(prepared);
      const ref = yield* agent.launch(requestOf(prepared));
      const end = yield* agent.observe(ref, recorder().report);
      assert.strictEqual(end._tag === "Failed" && end.failure.class, "infrastructure");
      assert.isFalse(yield* fs.exists(prepared.env.COUNT));
      assert.deepStrictEqual(yield* fs.readDirectory(`${prepared.folder.root}/worktrees`), []);
    }).pipe(Effect.provide(services)),
  );

  it.live("is not started where somebody has worked on its branch meanwhile", () =>
    Effect.gen(function* () {
      const prepared = yield* prepare;
      yield* dieAt(prepared, "after git worktree add");
      const worktree = prepared.folder.worktree("a", 1);
      yield* git(worktree, "commit", "--quiet", "--allow-empty", "-m", "mine");
      const mine = yield* git(worktree, "rev-parse", "HEAD");
      const agent = yield* resumed(prepared);
      const error = yield* Effect.flip(agent.launch(requestOf(prepared)));
      assert.strictEqual(error.reason, "Rejected");
      assert.strictEqual(yield* git(prepared.root, "rev-parse", "orchestrator/r1/a"), mine);
      assert.strictEqual(yield* git(worktree, "rev-parse", "HEAD"), mine);
      assert.deepStrictEqual(yield* agent.find("key/a/1"), []);
    }).pipe(Effect.provide(services)),
  );

  it.live("waits for a git that still makes its worktree", () =>
    Effect.gen(function* () {
      const prepared = yield* prepare;
      yield* dieAt(prepared, "after git worktree add");
      const worktree = prepared.folder.worktree("a", 1);
      yield* git(prepared.root, "worktree", "lock", "--reason", "initializing", worktree);
      const agent = yield* resumed(prepared);
      const launching = yield* Effect.forkChild(agent.launch(requestOf(prepared)), {
        startImmediately: true,
      });
      yield* git(prepared.root, "worktree", "unlock", worktree);
      const ref = yield* Fiber.join(launching);
      yield* isComplete(prepared, agent, ref, yield* agent.observe(ref, recorder().report));
    }).pipe(Effect.provide(services)),
  );

  it.live("is not started while git does not come to an end with its worktree", () =>
    Effect.gen(function* () {
      const prepared = yield* prepare;
      yield* dieAt(prepared, "after git worktree add");
      const worktree = prepared.folder.worktree("a", 1);
      yield* git(prepared.root, "worktree", "lock", "--reason", "initializing", worktree);
      const agent = yield* resumed(prepared);
      const impatient: Clock.Clock = Object.assign(Object.create(yield* Clock.Clock), {
        sleep: () => Effect.void,
      });
      const error = yield* Effect.flip(agent.launch(requestOf(prepared))).pipe(
        Effect.provideService(Clock.Clock, impatient),
      );
      assert.strictEqual(error.reason, "NotSent");
      assert.include(error.message, "Git still makes the worktree");
      assert.include(yield* git(prepared.root, "worktree", "list"), worktree);
    }).pipe(Effect.provide(services)),
  );

  it.live("offers what it discovers once more if nobody knows whether that was taken", () =>
    Effect.gen(function* () {
      const prepared = yield* holding;
      const fs = yield* FileSystem.FileSystem;
      const line = (id: string) => `echo '{"id":"${id}","run":"x"}' >> "$ORCHESTRATOR_DISCOVERED"`;
      const run = `${line("x")}; cat "$GO"; ${line("y")}`;
      yield* dieAt(prepared, "discover", run);
      const agent = yield* resumed(prepared);
      const ref = yield* agent.launch(requestOf(prepared, run));
      const { discovered, report } = recorder();
      const watching = yield* Effect.forkChild(agent.observe(ref, report));
      yield* fs.writeFileString(prepared.env.GO, "");
      assert.strictEqual((yield* Fiber.join(watching))._tag, "Succeeded");
      assert.deepStrictEqual(discovered, [["x"], ["y"]]);
    }).pipe(Effect.provide(services)),
  );
});
