import { assert, describe, it } from "@effect/vitest";
import { Agent, PlanProblem, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Discovered from "../src/internal/Discovered.ts";
import * as RunFolder from "../src/RunFolder.ts";
import { recorder } from "./support/agent.ts";
import { services, temporaryFolder } from "./support/repository.ts";

const task = (id: string): Task.Task => ({ id, payload: { run: "x" } });

const duplicates = (ids: ReadonlyArray<string>) =>
  new Agent.DiscoveryRejected({
    problems: ids.map((id) => PlanProblem.message({ _tag: "DuplicateTask", task: id, count: 2 })),
  });

const folder = Effect.flatMap(temporaryFolder(), (place) => RunFolder.make(`${place}/r1`));

/** A process that ends in the middle of an offer. */
const offerAndEnd = Effect.fnUntraced(function* (
  at: RunFolder.RunFolder,
  tasks: ReadonlyArray<Task.Task>,
) {
  const { report } = recorder({ discover: () => Effect.interrupt });
  const discovered = yield* Discovered.make(at);
  yield* Effect.exit(discovered.offer("finder", report)(tasks));
});

describe("Discovered", () => {
  it.live("does not offer again, in another process, what was added", () =>
    Effect.gen(function* () {
      const at = yield* folder;
      const first = recorder();
      yield* (yield* Discovered.make(at)).offer("finder", first.report)([task("a"), task("b")]);
      const second = recorder();
      const offer = (yield* Discovered.make(at)).offer("finder", second.report);
      yield* offer([task("a"), task("b"), task("c")]);
      assert.deepStrictEqual(second.discovered, [["c"]]);
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "takes a batch for added whose ids are all taken since a process ended in its offer",
    () =>
      Effect.gen(function* () {
        const at = yield* folder;
        yield* offerAndEnd(at, [task("a"), task("b")]);
        const offered: Array<ReadonlyArray<string>> = [];
        const { report } = recorder({
          discover: (tasks) => {
            const ids = tasks.map(({ id }) => id);
            offered.push(ids);
            return ids.includes("a") ? Effect.fail(duplicates(ids)) : Effect.void;
          },
        });
        const offer = (yield* Discovered.make(at)).offer("finder", report);
        yield* offer([task("a"), task("b"), task("c")]);
        yield* offer([task("a")]);
        assert.deepStrictEqual(offered, [["a", "b"], ["c"]]);
      }).pipe(Effect.provide(services)),
  );

  it.live("tells a refusal that has another reason", () =>
    Effect.gen(function* () {
      const at = yield* folder;
      yield* offerAndEnd(at, [task("a"), task("b")]);
      const { report } = recorder({ discover: () => Effect.fail(duplicates(["a"])) });
      const offer = (yield* Discovered.make(at)).offer("finder", report);
      const error = yield* Effect.flip(offer([task("a"), task("b")]));
      assert.strictEqual(error.problems.length, 1);
    }).pipe(Effect.provide(services)),
  );

  it.live("tells a first refusal, whatever its reason, and offers the tasks again", () =>
    Effect.gen(function* () {
      const at = yield* folder;
      const refusing = recorder({ discover: () => Effect.fail(duplicates(["a"])) });
      const discovered = yield* Discovered.make(at);
      const error = yield* Effect.flip(discovered.offer("finder", refusing.report)([task("a")]));
      assert.deepStrictEqual(error, duplicates(["a"]));
      const { discovered: taken, report } = recorder();
      yield* (yield* Discovered.make(at)).offer("finder", report)([task("a")]);
      assert.deepStrictEqual(taken, [["a"]]);
    }).pipe(Effect.provide(services)),
  );

  it.live("reads on after a note that was torn", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const at = yield* folder;
      yield* fs.writeFileString(at.offers("finder"), '\n{"_tag":"Offered","tasks":[{"id"');
      yield* (yield* Discovered.make(at)).offer("finder", recorder().report)([task("a")]);
      const { discovered, report } = recorder();
      yield* (yield* Discovered.make(at)).offer("finder", report)([task("a"), task("b")]);
      assert.deepStrictEqual(discovered, [["b"]]);
    }).pipe(Effect.provide(services)),
  );
});
