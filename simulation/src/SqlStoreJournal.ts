/** The product's journal on the database of a simulation, as one process has it. */
import * as crypto from "node:crypto";
import { Journal } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { SqlClient } from "effect/sql/SqlClient";
import type { Process } from "./Process.ts";
import type { SqlDisk } from "./SqlDisk.ts";
import * as SqlLines from "./SqlLines.ts";

export const layer = (
  disk: SqlDisk,
  process: Process,
): Layer.Layer<Journal.Journal, Journal.JournalError> =>
  Layer.effect(Journal.Journal, make(disk, process)).pipe(
    Layer.provide(Layer.orDie(SqlLines.layer(disk, process))),
  );

const make = Effect.fnUntraced(function* (disk: SqlDisk, process: Process) {
  const journal = yield* SqlJournal.make({
    sql: yield* SqlClient,
    sha256: (text) => crypto.hash("sha256", text),
    lock: lockOf(disk, process),
    holder: { pid: process.id, host: "simulated" },
    ...(disk.blobs === undefined ? {} : { blobs: disk.blobs.storeOf(process), inlineBytes }),
  });
  const { neighbour } = disk;
  if (neighbour !== undefined) yield* Effect.forkScoped(neighbour.live(process, journal));
  return { ...journal, open: watched(disk, process, journal) };
});

/** So few that most events lie in files, and some do not. */
const inlineBytes = 120;

const lockOf =
  (disk: SqlDisk, process: Process): SqlJournal.RunLock =>
  (run) => {
    const hold = disk.holdOf(run);
    const taking = Effect.suspend(() =>
      hold.take(process) ? Effect.void : Effect.fail(new Journal.RunLocked({ run })),
    );
    return Effect.acquireRelease(taking, () => Effect.sync(() => hold.leave(process)));
  };

/** Remembers what the process knows, and lets the run beside this one write at the same time. */
const watched =
  (disk: SqlDisk, process: Process, journal: Journal.Journal["Service"]) => (run: string) =>
    Effect.map(journal.open(run), (writer): Journal.JournalWriter => ({
      ...writer,
      append: (events) =>
        Effect.suspend(() => {
          disk.neighbour?.wake(process);
          return Effect.tapError(writer.append(events), () =>
            Effect.sync(() => {
              process.knowsOfFailedWrite = true;
            }),
          );
        }),
    }));
