import { assert, describe, it } from "@effect/vitest";
import type { Task } from "@orchestrator/core";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as PlatformError from "effect/PlatformError";
import * as Queue from "effect/Queue";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import * as Fiber from "effect/Fiber";
import * as DiscoveryFile from "../src/DiscoveryFile.ts";
import { temporaryFolder } from "./support/repository.ts";

const decode = (json: unknown): Result.Result<Task.Task, string> =>
  typeof json === "object" && json !== null && "id" in json && typeof json.id === "string"
    ? Result.succeed({ id: json.id })
    : Result.fail("id is missing");

const opened = Effect.fnUntraced(function* () {
  const fs = yield* FileSystem.FileSystem;
  const path = `${yield* temporaryFolder()}/discovered.ndjson`;
  yield* fs.writeFileString(path, "");
  const taken: Array<string> = [];
  const offer: DiscoveryFile.Offer = (tasks) =>
    Effect.sync(() => void taken.push(...tasks.map((task) => task.id)));
  return { fs, path, taken, offer, file: yield* DiscoveryFile.make(path, decode) };
});

const noMoreWatches = PlatformError.systemError({
  _tag: "Unknown",
  module: "FileSystem",
  method: "watch",
});

const line = (id: string) => `${JSON.stringify({ id })}\n`;

describe("DiscoveryFile", () => {
  it.live("offers what is there already, and then tasks as they are appended", () =>
    Effect.gen(function* () {
      const { fs, path, file } = yield* opened();
      yield* fs.writeFileString(path, line("a"), { flag: "a" });
      const offered = yield* Queue.unbounded<string>();
      const following = yield* Effect.forkChild(
        file.follow((tasks) =>
          Queue.offerAll(
            offered,
            tasks.map((task) => task.id),
          ),
        ),
      );
      assert.strictEqual(yield* Queue.take(offered), "a");
      yield* fs.writeFileString(path, `${line("b")}nonsense\n`, { flag: "a" });
      assert.strictEqual((yield* Fiber.join(following)).line, 3);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("tells the last that was said of the progress, and takes no task for it", () =>
    Effect.gen(function* () {
      const { fs, file, offer, path, taken } = yield* opened();
      const told: Array<string> = [];
      const said = (progress: string) => `${JSON.stringify({ progress })}\n`;
      const both = `${JSON.stringify({ id: "b", progress: "of the task" })}\n`;
      yield* fs.writeFileString(path, said("one") + line("a") + said("two") + both);
      const tell = (progress: string) => Effect.sync(() => void told.push(progress));
      assert.isUndefined(yield* file.finish(offer, tell));
      assert.deepStrictEqual({ taken, told }, { taken: ["a", "b"], told: ["two"] });
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.effect("looks once a second where folders cannot be watched", () =>
    Effect.gen(function* () {
      const { fs, path } = yield* opened();
      const blind = { ...fs, watch: () => Stream.fail(noMoreWatches) };
      const file = yield* DiscoveryFile.make(path, decode).pipe(
        Effect.provideService(FileSystem.FileSystem, blind),
      );
      const offered = yield* Queue.unbounded<string>();
      yield* Effect.forkChild(
        file.follow((tasks) =>
          Queue.offerAll(
            offered,
            tasks.map((task) => task.id),
          ),
        ),
      );
      yield* fs.writeFileString(path, line("a"));
      const ticking = yield* Effect.forkChild(Effect.forever(TestClock.adjust("1 second")));
      assert.strictEqual(yield* Queue.take(offered), "a");
      yield* fs.writeFileString(path, line("b"), { flag: "a" });
      assert.strictEqual(yield* Queue.take(offered), "b");
      yield* Fiber.interrupt(ticking);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("keeps to its first problem and takes nothing after it", () =>
    Effect.gen(function* () {
      const { fs, path, taken, offer, file } = yield* opened();
      yield* fs.writeFileString(path, `${line("a")}{"no":1}\n${line("b")}`);
      const problem = yield* file.finish(offer);
      assert.strictEqual(problem?.line, 2);
      assert.include(problem?.message, "id is missing");
      yield* fs.writeFileString(path, line("c"), { flag: "a" });
      assert.strictEqual(yield* file.finish(offer), problem);
      assert.deepStrictEqual(taken, []);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("says that a file which was written anew must be appended to", () =>
    Effect.gen(function* () {
      const { fs, path, offer, file } = yield* opened();
      yield* fs.writeFileString(path, line("a") + line("b"));
      yield* file.finish(offer);
      yield* fs.writeFileString(path, line("c"));
      assert.include((yield* file.finish(offer))?.message, ">>");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("refuses a line without end instead of keeping it in memory", () =>
    Effect.gen(function* () {
      const { fs, path, offer, file } = yield* opened();
      yield* fs.writeFileString(path, "x".repeat(6 * 1024 * 1024));
      assert.include((yield* file.finish(offer))?.message, "more than 1048576 bytes");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("reads a file of many megabytes", () =>
    Effect.gen(function* () {
      const { fs, path, taken, offer, file } = yield* opened();
      const ids = Array.from({ length: 10_000 }, (_, index) => `${index}-${"x".repeat(1000)}`);
      yield* fs.writeFileString(path, ids.map(line).join(""));
      assert.strictEqual(yield* file.finish(offer), undefined);
      assert.deepStrictEqual(taken, ids);
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
