import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as Base from "../src/Base.ts";
import * as CommandAgent from "../src/CommandAgent.ts";
import { Git } from "../src/Git.ts";
import * as ProcessGroup from "../src/internal/ProcessGroup.ts";
import * as LocalCodeHost from "../src/LocalCodeHost.ts";
import * as RunFolder from "../src/RunFolder.ts";
import {
  complete,
  fail,
  inRepository,
  leaderOf,
  recorder,
  request,
  succeed,
} from "./support/agent.ts";
import { environment, services, temporaryFolder, git } from "./support/repository.ts";

describe("CommandAgent", () => {
  it.live("gives a command exactly the variables that are declared", () =>
    Effect.gen(function* () {
      const { agent, folder } = yield* inRepository();
      const { report, text } = recorder();
      yield* succeed(agent, request(["env", "-0"], { env: { MINE: "x=\ny" } }), report);
      const attempt = `${folder.root}/attempts/a-1`;
      const given = Object.fromEntries(
        text()
          .split("\0")
          .slice(0, -1)
          .map((entry) => [
            entry.slice(0, entry.indexOf("=")),
            entry.slice(entry.indexOf("=") + 1),
          ]),
      );
      const { ORCHESTRATOR_MCP_TOKEN: token = "", ...others } = given;
      assert.match(token, /^omcp_[\w-]{43}$/);
      // Whoever reads what is noted cannot be the attempt.
      assert.notInclude(readFileSync(`${folder.notes}/a-1/attempt.json`, "utf8"), token);
      assert.deepStrictEqual(others, {
        ...environment,
        MINE: "x=\ny",
        ORCHESTRATOR_RUN_ID: "r1",
        ORCHESTRATOR_TASK_ID: "a",
        ORCHESTRATOR_ATTEMPT: "1",
        ORCHESTRATOR_PROMPT_FILE: `${attempt}/prompt.md`,
        ORCHESTRATOR_OUTPUT: `${attempt}/output`,
        ORCHESTRATOR_DISCOVERED: `${attempt}/discovered.ndjson`,
      });
    }).pipe(Effect.provide(services)),
  );

  it.live("hands over the prompt, with the reason why the attempt before failed", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const { report, text } = recorder();
      const asked = request(
        'cat "$ORCHESTRATOR_PROMPT_FILE"',
        { prompt: "Do it." },
        {
          attempt: 2,
          previousFailure: { class: "agent", message: "Test 3 failed" },
        },
      );
      yield* succeed(agent, asked, report);
      assert.strictEqual(
        text(),
        "Do it.\n\nThe attempt before this one failed:\n\nTest 3 failed\n",
      );
    }).pipe(Effect.provide(services)),
  );

  it.live("replaces references to outputs, and rejects what has no value", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const { report, text } = recorder();
      const dependencies = () => [
        { task: "dep", outcome: "Succeeded" as const, output: { file: "it's; exit 3" } },
      ];
      const run = 'printf "%s|%s" {{ tasks.dep.output.file }} "$X"';
      yield* succeed(
        agent,
        request(run, { env: { X: "{{ tasks.dep.output.file }}" } }, { dependencies }),
        report,
      );
      assert.strictEqual(text(), "it's; exit 3|it's; exit 3");
      const missing = request("echo {{ tasks.dep.output.none }}", { id: "b" }, { dependencies });
      const error = yield* Effect.flip(agent.launch(missing));
      assert.strictEqual(error.reason, "Rejected");
      assert.include(error.message, "The task b cannot start");
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "commits what the command left, leaves the branch to be landed, and removes the worktree",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const { agent, root, base, folder } = yield* inRepository();
        const tip = yield* base.tip;
        const run =
          "git -c user.name=me -c user.email=m@e commit -q --allow-empty -m own && echo new > 'a b' && rm README";
        const end = yield* succeed(agent, request(run, { title: "Make it" }));
        assert.strictEqual(end.change?.branch, "orchestrator/r1/a");
        assert.strictEqual(end.change?.base, tip);
        assert.strictEqual(end.change?.commit, yield* git(root, "rev-parse", "orchestrator/r1/a"));
        const history = yield* git(root, "log", "--format=%an:%s", `${tip}..orchestrator/r1/a`);
        assert.strictEqual(history, "orchestrator:Make it (a)\nme:own");
        assert.strictEqual(yield* git(root, "ls-tree", "--name-only", "orchestrator/r1/a"), "a b");
        assert.deepStrictEqual(yield* fs.readDirectory(`${folder.root}/worktrees`), []);
        assert.strictEqual(yield* git(root, "status", "--porcelain"), "");
      }).pipe(Effect.provide(services)),
  );

  it.live("has no change when the command made none, which fails a task that expects one", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const end = yield* succeed(agent, request("true"));
      assert.strictEqual(end.change, undefined);
      const failure = yield* fail(agent, request("true", { id: "b", expectChange: true }));
      assert.strictEqual(failure.class, "agent");
      assert.include(JSON.stringify(failure.detail), "no-change");
      assert.strictEqual(yield* git(root, "branch", "--list", "orchestrator/*"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("takes the work of a command that switched to a branch of its own", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const end = yield* succeed(agent, request("git checkout -q -b feature && echo x > x"));
      assert.strictEqual(end.change?.commit, yield* git(root, "rev-parse", "feature"));
      assert.strictEqual(end.change?.commit, yield* git(root, "rev-parse", "orchestrator/r1/a"));
    }).pipe(Effect.provide(services)),
  );

  it.live("does not fall back to the user's repository when the command removed its .git", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const end = yield* succeed(agent, request("rm .git && echo x > x"));
      assert.strictEqual(
        yield* git(root, "ls-tree", "--name-only", end.change!.branch!),
        "README\nx",
      );
      assert.strictEqual(yield* git(root, "status", "--porcelain"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("fails when the command left a merge with conflicts", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const run = [
        'me() { git -c user.name=me -c user.email=m@e "$@"; }',
        "git checkout -q -b x && echo x > README && me commit -qam x",
        "git checkout -q - && echo y > README && me commit -qam y",
        "me merge x || true",
      ].join("\n");
      const failure = yield* fail(agent, request(run));
      assert.include(failure.message, "conflicts in README");
    }).pipe(Effect.provide(services)),
  );

  it.live("works on many tasks at once, each in its own worktree", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const ids = Array.from({ length: 8 }, (_, index) => `t${index}`);
      const ends = yield* Effect.forEach(
        ids,
        (id) => succeed(agent, request('echo "$ORCHESTRATOR_TASK_ID" > mine', { id })),
        { concurrency: "unbounded" },
      );
      for (const [index, end] of ends.entries()) {
        assert.strictEqual(yield* git(root, "show", `${end.change!.commit}:mine`), ids[index]);
      }
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "gives names of their own to ids that no branch or file may have, and to later attempts",
    () =>
      Effect.gen(function* () {
        const { agent } = yield* inRepository();
        const odd = yield* succeed(agent, request("echo x > x", { id: "../a b/\u00fc#1" }));
        assert.match(odd.change!.branch!, /^orchestrator\/r1\/[A-Za-z0-9-]+$/);
        const second = yield* succeed(agent, request("echo x > x", { id: "a" }, { attempt: 2 }));
        assert.strictEqual(second.change!.branch, "orchestrator/r1/a@2");
      }).pipe(Effect.provide(services)),
  );

  it.live("reads outputs, and fails on a file that it cannot understand", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const end = yield* succeed(agent, request('echo "a=1" >> "$ORCHESTRATOR_OUTPUT"'));
      assert.deepStrictEqual(end.output, { a: "1" });
      const bad = yield* fail(agent, request('echo oops > "$ORCHESTRATOR_OUTPUT"', { id: "b" }));
      assert.include(bad.message, "line 1");
      const large = 'head -c 1048577 /dev/zero > "$ORCHESTRATOR_OUTPUT"';
      const failure = yield* fail(agent, request(large, { id: "c" }));
      assert.include(failure.message, "1048577 bytes; at most 1048576");
    }).pipe(Effect.provide(services)),
  );

  it.live("tells how a command failed, with its last lines", () =>
    Effect.gen(function* () {
      const { agent, folder } = yield* inRepository();
      const lines = yield* fail(agent, request("seq 100; echo last >&2; exit 3"));
      assert.strictEqual(lines.class, "agent");
      assert.include(lines.message, "exit code 3");
      assert.include(lines.message, "100");
      assert.include(lines.message, "last");
      assert.notInclude(lines.message, "\n80\n");
      assert.deepStrictEqual(lines.detail, { exitCode: 3, log: folder.log("a", 1) });
      const temporary = yield* fail(agent, request("exit 75", { id: "b" }));
      assert.strictEqual(temporary.class, "infrastructure");
      const missing = yield* fail(agent, request("no-such-program", { id: "c" }));
      assert.include(missing.message, "not found on PATH");
      const killed = yield* fail(agent, request("kill -9 $$", { id: "d" }));
      assert.include(killed.message, "SIGKILL");
    }).pipe(Effect.provide(services)),
  );

  it.live("rejects what can never start, saying why", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const launch = (asked: Parameters<typeof agent.launch>[0]) =>
        Effect.flip(agent.launch(asked));
      const prompt = request("", { prompt: "Do it." });
      const messages = yield* Effect.forEach(
        [prompt, request([]), request(["no-such-program"]), request(["./README"])],
        launch,
      );
      assert.deepStrictEqual(
        messages.map((error) => error.reason),
        ["Rejected", "Rejected", "Rejected", "Rejected"],
      );
      assert.include(messages[0]?.message, "run:");
      assert.include(messages[2]?.message, environment.PATH);
      assert.include(messages[3]?.message, "not executable");
      assert.strictEqual(yield* git(root, "branch", "--list", "orchestrator/*"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("starts one command for a key that is launched many times at once", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, reopened } = yield* inRepository();
      const place = yield* temporaryFolder();
      const asked = request('echo once >> "$COUNT"', { env: { COUNT: `${place}/count` } });
      const refs = yield* Effect.forEach([1, 2, 3, 4], () => agent.launch(asked), {
        concurrency: "unbounded",
      });
      refs.push(yield* (yield* reopened).launch(asked));
      yield* agent.observe(refs[0]!, recorder().report);
      refs.push(yield* agent.launch(asked));
      assert.strictEqual(new Set(refs.map(({ id }) => id)).size, 1);
      assert.strictEqual(yield* fs.readFileString(`${place}/count`), "once\n");
    }).pipe(Effect.provide(services)),
  );

  it.live("rejects a second key for an attempt", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      yield* complete(agent, request("true"));
      const error = yield* Effect.flip(agent.launch(request("true", {}, { key: "other" })));
      assert.strictEqual(error.reason, "Rejected");
      assert.include(error.message, "key/a/1");
    }).pipe(Effect.provide(services)),
  );

  it.live("starts a command whose first launch was rejected, when it is launched again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, folder, root } = yield* inRepository();
      const asked = request(["./later"]);
      assert.strictEqual((yield* Effect.flip(agent.launch(asked))).reason, "Rejected");
      assert.deepStrictEqual(yield* agent.find(asked.key), []);
      assert.deepStrictEqual(yield* fs.readDirectory(`${folder.root}/worktrees`), []);
      yield* fs.writeFileString(`${root}/later`, "#!/bin/sh\necho x > x\n", { mode: 0o755 });
      yield* git(root, "add", "later");
      yield* git(root, "commit", "--quiet", "-m", "Later");
      yield* git(root, "branch", "--force", "work", "main");
      const end = yield* succeed(agent, asked);
      assert.strictEqual(yield* git(root, "show", `${end.change?.commit}:x`), "x");
    }).pipe(Effect.provide(services)),
  );

  it.live("leaves a branch alone that an earlier run left under the same name", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      yield* git(root, "branch", "orchestrator/r1/a");
      const error = yield* Effect.flip(agent.launch(request("true")));
      assert.strictEqual(error.reason, "Rejected");
      assert.include(error.message, "git branch -D orchestrator/r1/a");
      assert.notStrictEqual(yield* git(root, "branch", "--list", "orchestrator/r1/a"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("removes a failed attempt, or keeps it when asked and says where", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const kept = yield* inRepository({ keepFailed: true });
      const failure = yield* fail(kept.agent, request("echo x > x; exit 1"));
      const worktree = kept.folder.worktree("a", 1);
      assert.include(failure.message, worktree);
      assert.strictEqual(yield* fs.readFileString(`${worktree}/x`), "x\n");
      assert.strictEqual(yield* git(worktree, "branch", "--show-current"), "orchestrator/r1/a");

      const plain = yield* inRepository();
      yield* fail(plain.agent, request("echo x > x; git add x; exit 1"));
      assert.isFalse(yield* fs.exists(plain.folder.worktree("a", 1)));
      assert.strictEqual(yield* git(plain.root, "branch", "--list", "orchestrator/*"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("looks for a launch that is under way only when it has been answered", () =>
    Effect.gen(function* () {
      const real = yield* Git;
      const opened = yield* Deferred.make<void>();
      const reached = yield* Deferred.make<void>();
      const slow = Git.of({
        ...real,
        run: (folder, args) =>
          args[0] === "worktree" && args[1] === "add"
            ? Effect.andThen(
                Deferred.succeed(reached, undefined),
                Effect.andThen(Deferred.await(opened), real.run(folder, args)),
              )
            : real.run(folder, args),
      });
      const { agent } = yield* Effect.provideService(inRepository(), Git, slow);
      const asked = request("echo work");
      const launch = yield* Effect.forkChild(agent.launch(asked));
      yield* Deferred.await(reached);
      const search = yield* Effect.forkChild(agent.find(asked.key), { startImmediately: true });
      yield* Deferred.succeed(opened, undefined);
      const ref = yield* Fiber.join(launch);
      assert.deepStrictEqual(yield* Fiber.join(search), [ref]);
      yield* agent.observe(ref, recorder().report);
    }).pipe(Effect.provide(services)),
  );

  it.live("does not pretend to know an agent run of another run", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const stranger = { agent: "local", id: "r0/a/1/1" };
      assert.strictEqual((yield* Effect.flip(agent.cancel(stranger))).operation, "cancel");
      const error = yield* Effect.flip(agent.observe(stranger, recorder().report));
      assert.strictEqual(error.operation, "observe");
      assert.deepStrictEqual(yield* agent.find("key"), []);
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "says that nobody can know of a command whose notes were removed, and how to find it",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const { agent, folder, reopened } = yield* inRepository();
        const ref = yield* agent.launch(request("sleep 1000"));
        const leader = yield* leaderOf(folder, ref);
        yield* Effect.addFinalizer(() => ProcessGroup.end(leader, 0));
        yield* fs.remove(folder.root, { recursive: true });
        yield* RunFolder.make(folder.root);
        const later = yield* reopened;
        const end = yield* later.observe(ref, recorder().report);
        const question = end._tag === "Waiting" ? end.question : "";
        assert.include(question, `${folder.notes}/a-1`);
        assert.include(question, "relaunch or skip");
        const error = yield* Effect.flip(later.cancel(ref));
        assert.strictEqual(error.message, question);
        const command = /pgrep -f '[^']+'/.exec(question)?.[0] ?? "";
        const handle = yield* ChildProcess.make("/bin/sh", ["-c", `exec ${command}`]);
        const found = yield* handle.stdout.pipe(Stream.decodeText(), Stream.mkString);
        assert.strictEqual(found, `${leader}\n`);
        yield* Effect.flip(later.observe({ ...ref, id: "r1/a/1" }, recorder().report));
      }).pipe(Effect.provide(services)),
  );

  it.live.each([
    ["a line for the shell", "./agent.sh --fast"],
    ["a list of words", ["./agent.sh", "--fast"]],
  ] as const)("says that a program named by %s is not committed", ([, run]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, root } = yield* inRepository();
      const told = Effect.gen(function* () {
        const result = yield* Effect.result(complete(agent, request(run)));
        if (Result.isFailure(result)) return result.failure.message;
        return result.success._tag === "Failed" ? result.success.failure.message : "";
      });
      yield* fs.writeFileString(`${root}/agent.sh`, "#!/bin/sh\n", { mode: 0o755 });
      assert.include(yield* told, `is in ${root}, but a worktree holds committed files only`);
    }).pipe(Effect.provide(services)),
  );

  it.live("does not speak of commits where a program is nowhere", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const failure = yield* fail(agent, request("./agent.sh"));
      assert.include(failure.message, "exit code 127");
      assert.notInclude(failure.message, "committed");
    }).pipe(Effect.provide(services)),
  );

  it.live("works in a plain folder without git when there is no isolation", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const plain = yield* temporaryFolder();
      const agent = yield* CommandAgent.make({
        folder: yield* RunFolder.make(`${plain}/.orchestrator/runs/r1`),
        isolation: { _tag: "None", folder: plain },
        environment,
      });
      const end = yield* complete(agent, request("echo x > x"));
      assert.deepStrictEqual(end, { _tag: "Succeeded" });
      assert.strictEqual(yield* fs.readFileString(`${plain}/x`), "x\n");
      const error = yield* Effect.flip(
        agent.launch(request("true", { id: "b", expectChange: true })),
      );
      assert.include(error.message, "isolation: worktree");
    }).pipe(Effect.provide(services)),
  );

  it.live("starts a task from everything that has landed before it", () =>
    Effect.gen(function* () {
      const { agent, base } = yield* inRepository();
      const host = yield* LocalCodeHost.make.pipe(Effect.provideService(Base.Base, base));
      const first = request("echo one > one", { id: "one" });
      const end = yield* succeed(agent, first);
      yield* host.land({
        run: "r1",
        task: first.task,
        attempt: 1,
        change: end.change!,
        reached: () => Effect.void,
      });
      const { report, text } = recorder();
      yield* succeed(agent, request("cat one", { id: "two" }), report);
      assert.strictEqual(text(), "one\n");
    }).pipe(Effect.provide(services)),
  );
});
