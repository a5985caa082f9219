/**
 * The journal of a project on this machine.
 *
 * ```
 * <folder>/.orchestrator/journal.db      every run, in SQLite
 * <folder>/.orchestrator/blobs/ab/ab…    events that are too big for it
 * <folder>/.orchestrator/locks/…         one file for each run that was ever opened
 * ```
 *
 * All of it is for its owner only.
 */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Journal } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Reactivity from "effect/reactivity/Reactivity";
import * as Stream from "effect/Stream";
import * as BlobFolder from "./BlobFolder.ts";
import * as JournalFile from "./internal/journalFile.ts";
import * as Files from "./internal/privateFiles.ts";
import { explain } from "./internal/sqliteProblem.ts";
import * as RunLock from "./RunLock.ts";
import * as SqliteClient from "./SqliteClient.ts";

export interface Options {
  /** The project's root. */
  readonly folder: string;
  /**
   * Only read (default false): no file is made where there is none, and no run
   * can be opened. What another process writes meanwhile is seen.
   */
  readonly readOnly?: boolean;
  /** The longest event, as JSON, that is kept in the database itself (default 65536). */
  readonly inlineBytes?: number;
}

/** The journal of a project. */
export const layer = (options: Options): Layer.Layer<Journal.Journal, Journal.JournalError> =>
  Layer.effect(Journal.Journal, make(options));

/** Opens the journal of a project until the scope closes. */
export const make = Effect.fn("LocalJournal.make")(function* (options: Options) {
  const paths = pathsOf(options.folder);
  if (options.readOnly === true) return reader(options, paths);
  yield* Effect.try({
    try: () => prepare(paths),
    catch: (error) => unusable(paths.database, error),
  });
  return yield* openDatabase(options, paths);
});

/** Where the database of a project is. */
export const databaseOf = (folder: string): string => pathsOf(folder).database;

interface Paths {
  readonly root: string;
  readonly database: string;
  readonly blobs: string;
  readonly locks: string;
}

const pathsOf = (folder: string): Paths => {
  const root = path.resolve(folder, ".orchestrator");
  return {
    root,
    database: path.join(root, "journal.db"),
    blobs: path.join(root, "blobs"),
    locks: path.join(root, "locks"),
  };
};

const prepare = ({ database, locks, root }: Paths): void => {
  Files.makeFolder(root);
  Files.createIfAbsent(path.join(root, ".gitignore"), "*\n");
  Files.makeFolder(locks);
  JournalFile.createIfAbsent(database);
};

/** Opens the database for each reading: where none was yet, one may be the next time. */
const reader = (options: Options, paths: Paths): Journal.Journal["Service"] => {
  const opened = Effect.suspend(() =>
    fs.existsSync(paths.database) ? openDatabase(options, paths) : Effect.succeed(empty),
  );
  return {
    open: (run) => Effect.flatMap(opened, (journal) => journal.open(run)),
    read: (run, from) => Stream.unwrap(Effect.map(opened, (journal) => journal.read(run, from))),
    runs: Effect.scoped(Effect.flatMap(opened, ({ runs }) => runs)),
  };
};

const empty: Journal.Journal["Service"] = {
  open: (run) =>
    Effect.fail(
      new Journal.JournalError({
        operation: "open",
        run,
        reason: "Failed",
        message: `There is no journal yet, and it was opened for reading only; the run ${run} cannot be written.`,
      }),
    ),
  read: () => Stream.empty,
  runs: Effect.succeed([]),
};

const openDatabase = Effect.fnUntraced(function* (
  { inlineBytes, readOnly = false }: Options,
  { blobs, database, locks }: Paths,
) {
  yield* check(database);
  const understand = explain(database);
  const sql = yield* SqliteClient.make({ filename: database, readOnly }).pipe(
    Effect.mapError((error) => {
      const { message, reason } = understand(error);
      return new Journal.JournalError({ operation: "open", run: "", reason, message });
    }),
    Effect.provide(Reactivity.layer),
  );
  return yield* SqlJournal.make({
    sql,
    sha256: (text) => crypto.hash("sha256", text),
    lock: RunLock.make(locks),
    holder: { pid: process.pid, host: os.hostname() },
    where: database,
    explain: understand,
    blobs: BlobFolder.make(blobs),
    readOnly,
    ...(inlineBytes === undefined ? {} : { inlineBytes }),
  });
});

/** What can be found out while the database is not touched yet. */
const check = Effect.fnUntraced(function* (database: string) {
  const { isLost, needed } = yield* Effect.try({
    try: () => ({
      isLost: JournalFile.isLost(database),
      needed: JournalFile.neededFormat(database) ?? 0,
    }),
    catch: (error) => unusable(database, error),
  });
  if (needed > SqlJournal.formatVersion) return yield* SqlJournal.tooNew(database, needed);
  if (!isLost) return;
  return yield* new Journal.JournalError({
    operation: "open",
    run: "",
    reason: "Damaged",
    message:
      `The journal ${database} is empty or gone, and what it held with it. ` +
      "Restore it from a backup, or remove it and the files that begin with its name to start anew.",
  });
});

const unusable = (database: string, error: unknown) =>
  new Journal.JournalError({
    operation: "open",
    run: "",
    reason: "Failed",
    message:
      `The journal ${database} cannot be opened: ${error instanceof Error ? error.message : String(error)}. ` +
      "The project must be on a local file system that this user may write to.",
  });
