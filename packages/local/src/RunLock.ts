/**
 * Keeps a second process away from a run.
 *
 * The lock is an SQLite file of its own, held by an open transaction that never
 * writes. The kernel lets go of it when the process dies, however it dies.
 */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Journal } from "@orchestrator/core";
import type { RunLock } from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Files from "./internal/privateFiles.ts";

/** Locks whose files lie in a folder, which must exist. */
export const make =
  (folder: string): RunLock =>
  (run) => {
    const file = fileOf(folder, run);
    const locking = Effect.try({
      try: () => lock(file),
      catch: (error) => problem(run, file, error),
    });
    return Effect.asVoid(
      Effect.acquireRelease(locking, (database) => Effect.sync(() => unlock(database))),
    );
  };

/** Whether somebody holds the lock of a run. Makes no file and keeps nobody away. */
export const isHeld = (
  folder: string,
  run: string,
): Effect.Effect<boolean, Journal.JournalError> => {
  const file = fileOf(folder, run);
  return Effect.try({
    try: () => fs.existsSync(file) && probe(file),
    catch: (error) => unusable(run, file, error),
  });
};

/** The file of a run's lock: safe for every run, and different for runs that differ in case only. */
export const fileOf = (folder: string, run: string): string =>
  path.join(folder, `${crypto.hash("sha256", JSON.stringify(run)).slice(0, 32)}.lock`);

/** Somebody who looks whether a run is locked is in the way for far less than this. */
const probeMillis = 50;

const lock = (file: string): DatabaseSync => {
  // Never opened and closed other than by SQLite: closing any descriptor of it frees the lock.
  Files.createIfAbsent(file);
  const database = new DatabaseSync(file, { timeout: probeMillis });
  try {
    // Nothing is ever written, and so there is nothing to undo from a file beside it.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    held.add(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * The locks of this process. A fiber that waits for nothing may be collected
 * with all it holds, and a collected connection is a closed one.
 */
const held = new Set<DatabaseSync>();

const unlock = (database: DatabaseSync): void => {
  held.delete(database);
  database.close();
};

const probe = (file: string): boolean => {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    database.prepare("SELECT 1 FROM sqlite_schema").all();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
};

/** `SQLITE_BUSY`; what lies above the lowest byte says in which way. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;

const problem = (run: string, file: string, error: unknown) =>
  isBusy(error) ? new Journal.RunLocked({ run }) : unusable(run, file, error);

const unusable = (run: string, file: string, error: unknown) => {
  const said = error instanceof Error ? error.message : String(error);
  return new Journal.JournalError({
    operation: "open",
    run,
    reason: "Failed",
    message:
      `The run ${run} cannot be locked with the file ${file}: ${said}. ` +
      "The project must be on a file system with locks that this user may write to.",
  });
};
