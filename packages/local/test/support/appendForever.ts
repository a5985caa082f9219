/**
 * A program that appends to a run until it is killed, and prints how many
 * events the run has whenever an append has succeeded.
 *
 * Arguments: the folder of the project and the run.
 */
import * as fs from "node:fs";
import * as Effect from "effect/Effect";
import * as LocalJournal from "../../src/LocalJournal.ts";

const [folder = ".", run = "r"] = process.argv.slice(2);

const main = Effect.gen(function* () {
  const journal = yield* LocalJournal.make({ folder, inlineBytes: 500 });
  const writer = yield* journal.open(run);
  for (let last = writer.last; ; last += 2) {
    const long = last % 20 === 0 ? 1000 : 1;
    yield* writer.append([
      { _tag: "TaskReady", at: last + 1, task: "x".repeat(long) },
      { _tag: "TaskReady", at: last + 2, task: "y" },
    ]);
    // Not buffered: what is printed has been printed when the process is killed.
    fs.writeSync(1, `${last + 2}\n`);
    yield* Effect.yieldNow;
  }
});

await Effect.runPromise(Effect.scoped(main));
