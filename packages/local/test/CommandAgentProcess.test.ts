import { assert, describe, it } from "@effect/vitest";
import { Agent } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as Scope from "effect/Scope";
import * as CommandAgent from "../src/CommandAgent.ts";
import * as ProcessGroup from "../src/internal/ProcessGroup.ts";
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

describe("CommandAgent, its processes", () => {
  it.live("logs output of any size while the failure stays short", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, folder } = yield* inRepository();
      const failure = yield* fail(
        agent,
        request("head -c 30000000 /dev/zero | tr '\\0' x; exit 1"),
      );
      assert.isBelow(failure.message.length, 700);
      const { size } = yield* fs.stat(folder.log("a", 1));
      assert.strictEqual(Number(size), 30_000_000);
    }).pipe(Effect.provide(services)),
  );

  it.live("keeps characters whole that arrive in pieces", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const { report, text } = recorder();
      // a prime number of bytes before the first one puts characters across the borders of all chunks
      yield* succeed(agent, request("printf x; yes '\u20ac\u00fc' | head -n 60000"), report);
      assert.strictEqual(text(), `x${"\u20ac\u00fc\n".repeat(60_000)}`);
    }).pipe(Effect.provide(services)),
  );

  it.live("ends what a command left running in the background", () =>
    Effect.gen(function* () {
      const { agent, folder } = yield* inRepository();
      const ref = yield* agent.launch(request("sleep 1000 & echo done"));
      const end = yield* agent.observe(ref, recorder().report);
      assert.strictEqual(end._tag, "Succeeded");
      assert.isFalse(yield* ProcessGroup.isAlive(yield* leaderOf(folder, ref)));
    }).pipe(Effect.provide(services)),
  );

  it.live("does not wait for a process that left the group, whatever it still holds open", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const fs = yield* FileSystem.FileSystem;
      const fifo = `${yield* temporaryFolder()}/go`;
      const run = 'mkfifo "$GO"; setsid cat "$GO" & echo done';
      const { report, text } = recorder();
      const end = yield* complete(agent, request(run, { env: { GO: fifo } }), report);
      assert.strictEqual(end._tag, "Succeeded");
      assert.strictEqual(text(), "done\n");
      yield* fs.writeFileString(fifo, "");
    }).pipe(Effect.provide(services)),
  );

  it.live("takes the work of a command that deleted its log and the files it was given", () =>
    Effect.gen(function* () {
      const { agent, folder } = yield* inRepository();
      const run =
        'echo x; rm -f "$LOG" "$ORCHESTRATOR_OUTPUT" "$ORCHESTRATOR_PROMPT_FILE"; echo y > y';
      const env = { LOG: folder.log("a", 1) };
      const end = yield* succeed(agent, request(run, { env }));
      assert.strictEqual(end.change?.branch, "orchestrator/r1/a");
    }).pipe(Effect.provide(services)),
  );

  it.live("cancels the whole process group, even children that ignore SIGTERM", () =>
    Effect.gen(function* () {
      const { agent, folder, root } = yield* inRepository();
      const fs = yield* FileSystem.FileSystem;
      const ready = yield* Deferred.make<void>();
      const ref = yield* agent.launch(
        request(
          "trap '' TERM; sh -c \"trap '' TERM; echo ready; while :; do sleep 1; done\" & wait",
        ),
      );
      const { report } = recorder({ output: () => Deferred.succeed(ready, undefined) });
      const observing = yield* Effect.forkChild(agent.observe(ref, report));
      yield* Deferred.await(ready);
      assert.isTrue(yield* ProcessGroup.isAlive(yield* leaderOf(folder, ref)));
      yield* agent.cancel(ref);
      assert.isFalse(yield* ProcessGroup.isAlive(yield* leaderOf(folder, ref)));
      assert.strictEqual((yield* Fiber.join(observing))._tag, "Failed");
      assert.isFalse(yield* fs.exists(folder.worktree("a", 1)));
      assert.strictEqual(yield* git(root, "branch", "--list", "orchestrator/*"), "");
      yield* agent.cancel(ref);
    }).pipe(Effect.provide(services)),
  );

  it.live("goes on when observing is interrupted, and can be observed again", () =>
    Effect.gen(function* () {
      const { agent, folder } = yield* inRepository();
      const fs = yield* FileSystem.FileSystem;
      const fifo = `${yield* temporaryFolder()}/go`;
      const ready = yield* Deferred.make<void>();
      const ref = yield* agent.launch(
        request(["sh", "-c", 'mkfifo "$0"; echo ready; cat "$0"; echo end', fifo]),
      );
      const first = yield* Effect.forkChild(
        agent.observe(ref, recorder({ output: () => Deferred.succeed(ready, undefined) }).report),
      );
      yield* Deferred.await(ready);
      yield* Fiber.interrupt(first);
      assert.isTrue(yield* ProcessGroup.isAlive(yield* leaderOf(folder, ref)));
      const { report, text } = recorder();
      const second = yield* Effect.forkChild(agent.observe(ref, report));
      yield* fs.writeFileString(fifo, "more\n");
      assert.strictEqual((yield* Fiber.join(second))._tag, "Succeeded");
      assert.strictEqual(text(), "more\nend\n");
      assert.strictEqual((yield* agent.observe(ref, report))._tag, "Succeeded");
    }).pipe(Effect.provide(services)),
  );

  it.live("leaves commands working, in their worktrees, when its scope closes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const scope = yield* Scope.make();
      const { agent, base, folder } = yield* inRepository();
      const options = { folder, isolation: { _tag: "Worktree", base }, environment } as const;
      const closing = yield* CommandAgent.make(options).pipe(Scope.provide(scope));
      const ref = yield* closing.launch(request("sleep 1000"));
      yield* Scope.close(scope, Exit.void);
      assert.isTrue(yield* ProcessGroup.isAlive(yield* leaderOf(folder, ref)));
      assert.isTrue(yield* fs.exists(folder.worktree("a", 1)));
      yield* agent.cancel(ref);
      assert.isFalse(yield* ProcessGroup.isAlive(yield* leaderOf(folder, ref)));
      assert.isFalse(yield* fs.exists(folder.worktree("a", 1)));
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "offers discovered tasks while the command runs, also half-written ones once they are whole",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const { agent } = yield* inRepository();
        const fifo = `${yield* temporaryFolder()}/go`;
        const seen = yield* Deferred.make<void>();
        const run = [
          'mkfifo "$GO"',
          'echo \'{"id":"x","run":"true","dependsOn":["a"]}\' >> "$ORCHESTRATOR_DISCOVERED"',
          'printf \'{"id":"y",\' >> "$ORCHESTRATOR_DISCOVERED"',
          'cat "$GO"',
          'printf \'"prompt":"p"}\\n{"id":"z","run":["z"]}\' >> "$ORCHESTRATOR_DISCOVERED"',
        ].join("\n");
        const { report, discovered } = recorder();
        const watching = {
          ...report,
          discover: (tasks: Parameters<typeof report.discover>[0]) =>
            Effect.andThen(report.discover(tasks), Deferred.succeed(seen, undefined)),
        };
        const running = yield* Effect.forkChild(
          complete(agent, request(run, { env: { GO: fifo } }), watching),
        );
        yield* Deferred.await(seen);
        assert.deepStrictEqual(discovered, [["x"]]);
        yield* fs.writeFileString(fifo, "");
        assert.strictEqual((yield* Fiber.join(running))._tag, "Succeeded");
        assert.deepStrictEqual(discovered.flat(), ["x", "y", "z"]);
      }).pipe(Effect.provide(services)),
  );

  it.live("stops a command that writes a line which is no task", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const run =
        'printf \'{"id":"x","run":"x"}\\n\\nnot json\\n\' > "$ORCHESTRATOR_DISCOVERED"; sleep 1000';
      const { report, progress } = recorder();
      const failure = yield* fail(agent, request(run), report);
      assert.strictEqual(failure.class, "agent");
      assert.include(failure.message, "Line 3");
      assert.include(failure.message, "not json");
      assert.include(progress.join(), "Line 3");
    }).pipe(Effect.provide(services)),
  );

  it.live("fails with the engine's reasons when discovered tasks are rejected", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const run = 'echo \'{"id":"x","run":"x"}\' > "$ORCHESTRATOR_DISCOVERED"';
      const { report } = recorder({
        discover: () => Effect.fail(new Agent.DiscoveryRejected({ problems: ["x is taken"] })),
      });
      const failure = yield* fail(agent, request(run), report);
      assert.include(failure.message, "x is taken");
    }).pipe(Effect.provide(services)),
  );

  it.live("does not offer again what an earlier attempt at the task has added", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const { report, discovered } = recorder();
      const lines = 'echo \'{"id":"x","run":"x"}\' > "$ORCHESTRATOR_DISCOVERED"';
      yield* fail(agent, request(`${lines}; exit 1`), report);
      const more = `${lines}; echo '{"id":"y","run":"y"}' >> "$ORCHESTRATOR_DISCOVERED"`;
      yield* succeed(agent, request(more, {}, { attempt: 2 }), report);
      assert.deepStrictEqual(discovered.flat(), ["x", "y"]);
    }).pipe(Effect.provide(services)),
  );
});
