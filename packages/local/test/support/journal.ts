/** Journals of projects in temporary folders. */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as NodeServices from "@effect/platform-node/NodeServices";
import type { Journal, RunEvent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as LocalJournal from "../../src/LocalJournal.ts";
import { temporaryFolder } from "./repository.ts";

/** A folder without a journal. */
export const project = Effect.orDie(Effect.provide(temporaryFolder(), NodeServices.layer));

export const sha256 = (text: string): string => crypto.hash("sha256", text);

export const ready = (task: string): RunEvent.RunEvent => ({ _tag: "TaskReady", at: 0, task });

export const upTo = (last: number): ReadonlyArray<number> =>
  Array.from({ length: last }, (_, index) => index + 1);

/** Appends commits of two events each to a new run, and closes everything. */
export const write = (folder: string, run: string, commits: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const journal = yield* LocalJournal.make({ folder });
      const writer = yield* journal.open(run);
      for (const number of upTo(commits)) {
        yield* writer.append([ready(`task-${number}`), ready(`more-${number}`)]);
      }
    }),
  );

export const events = (journal: Journal.Journal["Service"], run: string) =>
  Effect.map(Stream.runCollect(journal.read(run)), (found) => found.map(({ event }) => event));

/** Reads a run with a journal that is opened for it. */
export const readBack = (folder: string, run: string) =>
  Effect.scoped(Effect.flatMap(LocalJournal.make({ folder }), (journal) => events(journal, run)));

/** Changes a database behind the journal's back. */
export const tamper = (folder: string, sql: string): void => {
  const database = new DatabaseSync(LocalJournal.databaseOf(folder));
  database.exec(sql);
  database.close();
};

/** Every file under the `.orchestrator` of a project, with its bytes. */
export const snapshot = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    files(folder).map((file) => [file, sha256(fs.readFileSync(file).toString("base64"))]),
  );

export const files = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
