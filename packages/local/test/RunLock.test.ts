import { assert, describe, it } from "@effect/vitest";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../src/LocalJournal.ts";
import { events, project, ready, upTo } from "./support/journal.ts";

const program = (name: string) => new URL(`support/${name}.ts`, import.meta.url).pathname;

/** Starts a program of the tests and waits for the first thing it says. */
const start = Effect.fnUntraced(function* (name: string, folder: string) {
  const handle = yield* ChildProcess.make(
    process.execPath,
    ["--expose-gc", "--conditions=@orchestrator/source", program(name), folder, "r"],
    { stderr: "inherit" },
  );
  const said = yield* Stream.toPull(Stream.decodeText(handle.stdout));
  yield* said;
  return { handle, said };
});

describe("the lock of a run", () => {
  it.live(
    "stays while its process lives, even if all its fibers wait, and is free as soon as it is killed",
    () =>
      Effect.gen(function* () {
        const folder = yield* project;
        const { handle } = yield* start("holdRun", folder);
        const journal = yield* LocalJournal.make({ folder });
        const refused = yield* Effect.flip(Effect.scoped(journal.open("r")));
        assert.strictEqual(refused._tag, "RunLocked");
        assert.include(refused.message, `process ${handle.pid} on `);
        yield* Effect.scoped(journal.open("another"));
        yield* handle.kill({ killSignal: "SIGKILL" });
        const writer = yield* journal.open("r");
        assert.deepStrictEqual([writer.epoch, writer.last], [2, 1]);
        yield* writer.append([ready("next")]);
        const found = yield* Stream.runCollect(journal.read("r"));
        assert.deepStrictEqual(
          found.map(({ epoch, event }) => [epoch, event]),
          [
            [1, ready("held")],
            [2, ready("next")],
          ],
        );
      }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("goes to one of many that ask for it at once", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journals = yield* Effect.forEach(upTo(8), () => LocalJournal.make({ folder }));
      const opened = yield* Effect.forEach(journals, ({ open }) => Effect.exit(open("r")), {
        concurrency: "unbounded",
      });
      const tags = opened.map(({ _tag }) => _tag).sort();
      assert.deepStrictEqual(tags, [...Array<string>(7).fill("Failure"), "Success"]);
    }),
  );
});

describe("another process", () => {
  it.live("reads a run again and again while it is written, and misses nothing", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      const journal = yield* LocalJournal.make({ folder });
      const writer = yield* journal.open("r");
      yield* writer.append([ready("first")]);
      const { handle, said } = yield* start("readRun", folder);
      for (const number of upTo(200)) {
        yield* writer.append([ready(`${number}`), ready("x")]);
        yield* Effect.yieldNow;
      }
      yield* writer.append([ready("end")]);
      const [counts] = yield* said;
      const [reads, last] = counts!.split(" ").map(Number);
      assert.strictEqual(Number(yield* handle.exitCode), 0);
      assert.isAbove(reads!, 0);
      assert.strictEqual(last, 402);
      assert.strictEqual((yield* events(journal, "r")).length, 402);
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
