/**
 * Makes the golden journal of the present format: `format-<version>` beside this file.
 *
 * ```sh
 * npx -y pnpm@12.21.0 exec node --conditions=@orchestrator/source packages/local/test/golden/write.ts
 * ```
 *
 * Golden journals stand for those that people have. One that exists is never
 * written again: programs change, it does not.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { type RunEvent, RunState } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Arr from "effect/Array";
import * as Effect from "effect/Effect";
import { everyKind } from "../../../core/src/testing/internal/sampleEvents.ts";
import * as LocalJournal from "../../src/LocalJournal.ts";
import { summary } from "../support/golden.ts";
import { tamper } from "../support/journal.ts";
import { bigOutput, shortRun } from "./shortRun.ts";

const target = path.join(import.meta.dirname, `format-${SqlJournal.formatVersion}`);
if (fs.existsSync(target)) {
  throw new Error(`${target} exists. Golden journals are never written again; raise the format.`);
}

const write = Effect.gen(function* () {
  const journal = yield* LocalJournal.make({ folder: target });
  // In it, the events of the short run that are longest are big.
  const frugal = yield* LocalJournal.make({ folder: target, inlineBytes: bigOutput });
  for (const batches of shortRun) {
    yield* Effect.scoped(
      Effect.flatMap(frugal.open("short run"), (writer) =>
        Effect.forEach(batches, (batch) => writer.append(batch), { discard: true }),
      ),
    );
  }
  const kinds = Effect.flatMap(journal.open("every kind"), (writer) =>
    Effect.forEach(Arr.chunksOf(everyKind, 12), (some) => writer.append(some), { discard: true }),
  );
  yield* Effect.scoped(kinds);
});

await Effect.runPromise(Effect.scoped(write));
// Whose machine it was is nobody's business; VACUUM leaves no trace of it.
tamper(target, "UPDATE journal_run SET holder_pid = 1, holder_host = 'example'; VACUUM");

const root = path.join(target, ".orchestrator");
for (const name of ["journal.db", "blobs"]) {
  fs.renameSync(path.join(root, name), path.join(target, name));
}
fs.rmSync(root, { recursive: true });

const events: ReadonlyArray<RunEvent.RunEvent> = shortRun.flat(2);
const expected = {
  "every kind": everyKind,
  "short run": events,
  state: summary(RunState.RunState.fold(events)),
};
fs.writeFileSync(path.join(target, "expected.json"), `${JSON.stringify(expected, undefined, 2)}\n`);
