import { assert, describe, it } from "@effect/vitest";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../src/LocalJournal.ts";
import { project, upTo } from "./support/journal.ts";

const program = new URL("support/appendForever.ts", import.meta.url).pathname;

/** Lets a process append, kills it, and answers with what it had been promised last. */
const appendAndKill = Effect.fnUntraced(function* (folder: string, appends: number) {
  const handle = yield* ChildProcess.make(
    process.execPath,
    ["--conditions=@orchestrator/source", program, folder, "r"],
    { stderr: "inherit" },
  );
  let lines = 0;
  const lastLines = handle.stdout.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.tap(() => (++lines === appends ? handle.kill({ killSignal: "SIGKILL" }) : Effect.void)),
    // The kill may cut the last line.
    Stream.runFold(
      () => 0,
      (last, line) => Math.max(last, Number(line)),
    ),
  );
  return yield* lastLines;
});

describe("a journal whose process is killed", () => {
  it.live("has all that was acknowledged, whole appends only, and goes on", () =>
    Effect.gen(function* () {
      const folder = yield* project;
      for (const epoch of upTo(3)) {
        const promised = yield* appendAndKill(folder, 3 * epoch);
        const journal = yield* LocalJournal.make({ folder, readOnly: true });
        const found = yield* Stream.runCollect(journal.read("r"));
        assert.isAtLeast(found.length, promised);
        assert.strictEqual(found.length % 2, 0);
        assert.deepStrictEqual(
          found.map(({ event }) => event.at),
          upTo(found.length),
        );
        assert.strictEqual(found.at(-1)?.epoch, epoch);
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
