import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Stream from "effect/Stream";
import * as ProcessGroup from "../src/internal/ProcessGroup.ts";
import { inRepository, recorder, request } from "./support/agent.ts";
import { environment, services, temporaryFolder } from "./support/repository.ts";

const program = new URL("support/exitWithCommand.ts", import.meta.url).pathname;

/** Nothing outlives a test that fails. */
const reap = (leader: number) => Effect.orDie(ProcessGroup.end(leader, 0));

describe("a process that exits without finalizers", () => {
  it.live("takes its commands along, even those that ignore SIGTERM", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* temporaryFolder();
      const fifo = `${folder}/alive`;
      // whoever of the group still lives holds the pipe open
      const run = [
        "trap '' TERM",
        'exec 3> "alive"',
        "echo held >&3",
        "(trap '' TERM; while :; do sleep 1; done) &",
        "echo ready",
        "while :; do sleep 1; done",
      ].join("\n");
      yield* (yield* ChildProcess.make("mkfifo", [fifo])).exitCode;
      const reading = yield* Effect.forkChild(fs.readFileString(fifo));
      const handle = yield* ChildProcess.make(
        process.execPath,
        ["--conditions=@orchestrator/source", program, folder, run],
        { cwd: folder, env: environment, stderr: "inherit" },
      );
      const leader = Number(yield* Stream.mkString(Stream.decodeText(handle.stdout)));
      yield* Effect.addFinalizer(() => reap(leader));
      assert.strictEqual(Number(yield* handle.exitCode), 3);
      assert.isAbove(leader, 1);
      assert.strictEqual(yield* Fiber.join(reading), "held\n");
    }).pipe(Effect.provide(services)),
  );

  it.live("listens once for all its commands, and no longer than they live", () =>
    Effect.gen(function* () {
      const before = process.listenerCount("exit");
      const { agent } = yield* inRepository();
      const ids = Array.from({ length: 12 }, (_, index) => `t${index}`);
      const refs = yield* Effect.forEach(ids, (id) => agent.launch(request("sleep 1000", { id })));
      assert.strictEqual(process.listenerCount("exit"), before + 1);
      yield* Effect.forEach(refs, (ref) => agent.cancel(ref), { concurrency: "unbounded" });
      assert.strictEqual(process.listenerCount("exit"), before);
      const last = yield* agent.launch(request("true", { id: "last" }));
      yield* agent.observe(last, recorder().report);
      assert.strictEqual(process.listenerCount("exit"), before);
    }).pipe(Effect.provide(services)),
  );
});
