import { statSync } from "node:fs";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Log from "../src/terminal/Log.ts";
import * as LogFile from "../src/telemetry/LogFile.ts";
import type { LogRecord } from "../src/telemetry/LogRecord.ts";

const record = (sequence: number): LogRecord => ({
  timestamp: "2026-11-21T12:00:00.000Z",
  level: "info",
  event: "TaskEnded",
  run: "r",
  sequence,
  message: `event\u001b[2J ${sequence}`,
});

/** What one process adds; answers with the last event that it found. */
const added = (folder: string, from: number, to: number, limit?: number) =>
  Effect.gen(function* () {
    const file = yield* LogFile.open(folder, limit);
    for (let sequence = from; sequence <= to; sequence++) file.add(record(sequence));
    yield* file.flush;
    return file.last;
  }).pipe(Effect.scoped);

const sequences = (text: string): ReadonlyArray<number> =>
  text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      try {
        return [(JSON.parse(line) as LogRecord).sequence!];
      } catch {
        return [];
      }
    });

describe("LogFile", () => {
  const folder = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    return yield* fs.makeTempDirectoryScoped();
  });

  it.live("goes on where the process before was killed, in the middle of a line", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const at = yield* folder;
      const name = `${at}/log.ndjson`;
      expect(yield* added(at, 1, 3)).toBe(0);
      yield* fs.writeFileString(name, '{"timestamp":"2026-', { flag: "a" });
      expect(yield* added(at, 4, 5)).toBe(3);
      const text = yield* fs.readFileString(name);
      expect(sequences(text)).toEqual([1, 2, 3, 4, 5]);
      expect(text).not.toContain("\u001b");
      expect(statSync(name).mode & 0o777).toBe(0o600);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("keeps one full file beside the one that is written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const at = yield* folder;
      for (let sequence = 1; sequence <= 20; sequence++) {
        expect(yield* added(at, sequence, sequence, 600)).toBe(sequence - 1);
      }
      expect((yield* fs.readDirectory(at)).toSorted()).toEqual(["log.1.ndjson", "log.ndjson"]);
      const older = sequences(yield* fs.readFileString(`${at}/log.1.ndjson`));
      const newer = sequences(yield* fs.readFileString(`${at}/log.ndjson`));
      expect([...older, ...newer]).toEqual(
        Array.from(
          { length: older.length + newer.length },
          (_, index) => 21 - older.length - newer.length + index,
        ),
      );
      expect(Number((yield* fs.stat(`${at}/log.1.ndjson`)).size)).toBeLessThanOrEqual(600);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("says once that it cannot be written, and holds nobody up", () =>
    Effect.gen(function* () {
      const told: Array<string> = [];
      const stderr = { write: (text: string) => told.push(text) > 0 } as NodeJS.WriteStream;
      const fs = yield* FileSystem.FileSystem;
      const at = yield* folder;
      yield* fs.makeDirectory(`${at}/log.ndjson`);
      yield* Effect.provide(
        added(at, 1, 3),
        Log.layer({ stderr: stderr as typeof process.stderr }),
      );
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(
        /^warning: The log of the run, .*log\.ndjson, cannot be written any more/,
      );
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
