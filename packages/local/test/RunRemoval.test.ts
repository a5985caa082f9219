import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@effect/vitest";
import type { RunEvent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../src/LocalJournal.ts";
import * as RunHolder from "../src/RunHolder.ts";
import * as RunRemoval from "../src/RunRemoval.ts";

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "orchestrator-removal-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true })),
);

const warning = (message: string): RunEvent.RunEvent => ({ _tag: "Warning", at: 1, message });

const big = (letter: string) => warning(letter.repeat(100));

/** Writes two runs, one of which has blobs; one blob is in both. */
const twoRuns = Effect.fnUntraced(function* (path: string) {
  const journal = yield* LocalJournal.make({ folder: path, inlineBytes: 60 });
  for (const [run, events] of [
    ["one", [warning("small"), big("a"), big("b")]],
    ["other", [big("b"), warning("small")]],
  ] as const) {
    const writer = yield* journal.open(run);
    yield* writer.append(events);
  }
}, Effect.scoped);

const blobs = (path: string): ReadonlyArray<string> =>
  readdirSync(join(path, ".orchestrator/blobs"), { recursive: true, encoding: "utf8" }).filter(
    (name) => name.length > 10,
  );

const read = Effect.fnUntraced(function* (path: string, run: string) {
  const journal = yield* LocalJournal.make({ folder: path, readOnly: true });
  const entries = yield* Stream.runCollect(journal.read(run));
  return { runs: yield* journal.runs, events: entries.map(({ event }) => event) };
});

describe("RunRemoval", () => {
  it.live("takes a run out with its blobs, and leaves those that another refers to", () =>
    Effect.gen(function* () {
      const path = yield* folder;
      yield* twoRuns(path);
      expect(blobs(path)).toHaveLength(2);
      expect(yield* RunRemoval.measure(path, "one")).toBeGreaterThan(200);
      yield* Effect.scoped(
        Effect.andThen(RunRemoval.lock(path, "one"), RunRemoval.remove(path, "one")),
      );
      expect(blobs(path)).toHaveLength(1);
      expect(yield* read(path, "one")).toEqual({ runs: ["other"], events: [] });
      expect((yield* read(path, "other")).events).toEqual([big("b"), warning("small")]);
      expect(readdirSync(RunHolder.locksOf(path))).toHaveLength(1);
    }),
  );

  it.live("does not take the lock of a run that somebody works on", () =>
    Effect.gen(function* () {
      const path = yield* folder;
      const journal = yield* LocalJournal.make({ folder: path });
      yield* journal.open("one");
      const error = yield* Effect.flip(Effect.scoped(RunRemoval.lock(path, "one")));
      expect(error._tag).toBe("RunLocked");
    }),
  );

  it.live("removes nothing of a run that is not there", () =>
    Effect.gen(function* () {
      const path = yield* folder;
      yield* twoRuns(path);
      yield* RunRemoval.remove(path, "no such run");
      expect(yield* RunRemoval.measure(path, "no such run")).toBe(0);
      expect((yield* read(path, "one")).runs).toEqual(["one", "other"]);
    }),
  );
});

describe("RunHolder", () => {
  it.live("knows who works on a run, and that nobody does, without making a file", () =>
    Effect.gen(function* () {
      const path = yield* folder;
      expect(yield* RunHolder.find(path, "one")).toBeUndefined();
      expect(existsSync(join(path, ".orchestrator"))).toBe(false);
      const journal = yield* LocalJournal.make({ folder: path });
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* journal.open("one");
          expect(yield* RunHolder.find(path, "one")).toMatchObject({ pid: process.pid });
        }),
      );
      expect(yield* RunHolder.find(path, "one")).toBeUndefined();
    }),
  );
});
