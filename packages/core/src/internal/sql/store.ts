/** How a commit comes to the end of its run, only if the run still is where its writer left it. */
import type { Commit } from "./Commit.ts";
import * as Commits from "./Commit.ts";
import type { Present, Statements } from "./Database.ts";
import { commitId } from "./format.ts";

/** A writer of a run, by the run's number, and what it adds. */
export interface Addition {
  readonly number: number;
  readonly commit: Commit;
}

const insert = `INSERT INTO journal_commit (id, run, ${Commits.columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const inserted = ({ commit, number }: Addition): ReadonlyArray<unknown> => [
  commitId(number, commit.first),
  number,
  commit.first,
  commit.last,
  commit.epoch,
  commit.wallMillis,
  commit.monotonicMillis,
  commit.body,
  commit.hash,
];

/** Moves the end of the run, then adds the commit; answers whether it did. */
export function* add(addition: Addition): Statements<boolean> {
  const { commit, number } = addition;
  const { epoch, first, hash, last } = commit;
  const moved = yield [
    `UPDATE journal_run SET last = ?, hash = ?
     WHERE number = ? AND epoch = ? AND last = ? RETURNING number`,
    last,
    hash,
    number,
    epoch,
    first - 1,
  ];
  if (moved.length !== 1) return false;
  yield [insert, ...inserted(addition)];
  return true;
}

/**
 * The same two steps as one statement of one connection, SQLite's: of what an
 * append does beside waiting for the disk, each call of the database is a
 * large part. Nothing of it is in the file.
 */
export const trigger = `CREATE TEMP TRIGGER IF NOT EXISTS journal_move BEFORE INSERT ON main.journal_commit
  BEGIN
    UPDATE journal_run SET last = NEW.last, hash = NEW.hash
      WHERE number = NEW.run AND epoch = NEW.epoch AND last = NEW.first - 1;
    SELECT RAISE(IGNORE) WHERE changes() <> 1;
  END`;

/** Adds a commit on a connection that has the trigger; answers whether it did. */
export const addAtOnce = ({ change }: Present, addition: Addition): boolean =>
  change(insert, inserted(addition)) === 1;
