/**
 * A program that reads a run again and again until its last event is of the task `end`.
 *
 * Arguments: the folder of the project and the run. It prints how often it
 * read and how many events it saw in the end.
 */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../../src/LocalJournal.ts";

const [folder = ".", run = "r"] = process.argv.slice(2);

const main = Effect.gen(function* () {
  const journal = yield* LocalJournal.make({ folder, readOnly: true });
  for (let reads = 1; ; reads++) {
    const found = yield* Stream.runCollect(journal.read(run));
    const last = found.at(-1)?.event;
    if (reads === 1) process.stdout.write("reading\n");
    if (last?._tag === "TaskReady" && last.task === "end") return `${reads} ${found.length}`;
    yield* Effect.yieldNow;
  }
});

process.stdout.write(await Effect.runPromise(Effect.scoped(main)));
