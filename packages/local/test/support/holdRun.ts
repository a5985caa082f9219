/**
 * A program that opens a run, records one event, says so, and then waits to be killed.
 * Memory that nobody needs is collected first, where Node is told to allow that.
 *
 * Arguments: the folder of the project and the run.
 */
import * as Effect from "effect/Effect";
import * as LocalJournal from "../../src/LocalJournal.ts";

const [folder = ".", run = "r"] = process.argv.slice(2);

const main = Effect.gen(function* () {
  const journal = yield* LocalJournal.make({ folder });
  const writer = yield* journal.open(run);
  yield* writer.append([{ _tag: "TaskReady", at: 0, task: "held" }]);
  // Keeps the process alive, as a fiber that waits for nothing does not.
  setInterval(() => {}, 1_000_000);
  setImmediate(() => {
    globalThis.gc?.();
    process.stdout.write("open\n");
  });
  return yield* Effect.never;
});

await Effect.runPromise(Effect.scoped(main));
