/** The tables of the journal, for what works on them beside it. */
import { Journal } from "@orchestrator/core";
import * as SqlJournal from "@orchestrator/core/SqlJournal";
import type { SqlError } from "effect/sql/SqlError";
import { explain } from "./sqliteProblem.ts";

/** An error of the database as one of the journal. */
export const failure =
  (database: string, operation: Journal.JournalError["operation"], run: string) =>
  (error: SqlError): Journal.JournalError =>
    new Journal.JournalError({ operation, run, ...explain(database)(error) });

export const format = "SELECT min_reader FROM journal_format";

/** The commits of a run, by the range of their numbers. */
const ofRun = `id > (SELECT number * ${SqlJournal.commitsPerRun} FROM journal_run WHERE id = ?1)
  AND id < (SELECT (number + 1) * ${SqlJournal.commitsPerRun} FROM journal_run WHERE id = ?1)`;

/** How many bytes the rows of a run have. */
export const bytes = `SELECT coalesce(sum(length(CAST(body AS BLOB)) + length(hash)), 0) AS bytes
  FROM journal_commit WHERE ${ofRun}`;

/** The commits of a run that refer to blobs. */
export const withBlobs = `SELECT body FROM journal_commit
  WHERE ${ofRun} AND instr(body, '"@blob"') > 0`;

/** A commit of another run in which a hash stands. */
export const otherWith = `SELECT 1 FROM journal_commit
  WHERE NOT (${ofRun}) AND instr(body, ?2) > 0 LIMIT 1`;

/** What takes a run out, in this order. */
export const removal: ReadonlyArray<string> = [
  `DELETE FROM journal_commit WHERE ${ofRun}`,
  "DELETE FROM journal_run WHERE id = ?",
];

/** The hashes of the blobs that a commit refers to. Text in an event cannot look like it, as its quotes are escaped. */
export const blobsIn = (body: string): ReadonlyArray<string> =>
  Array.from(body.matchAll(/"_tag":"@blob","sha256":"([0-9a-f]{64})"/g), ([, hash]) => hash!);
