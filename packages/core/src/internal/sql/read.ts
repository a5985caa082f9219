import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import type { BlobStore } from "../../BlobStore.ts";
import { type JournalEntry, JournalError } from "../../Journal.ts";
import type { RunEvent } from "../../RunEvent.ts";
import type { BigEvent, Commit, Head, Sha256 } from "./Commit.ts";
import * as Commits from "./Commit.ts";
import type { Database } from "./Database.ts";
import * as format from "./format.ts";
import * as Verify from "./verify.ts";

export interface Source {
  readonly database: Database;
  readonly sha256: Sha256;
  readonly blobs: BlobStore | undefined;
}

/** A run as its row tells it. `end` is where its chain must end. */
export interface StoredRun {
  readonly number: number;
  readonly epoch: number;
  readonly end: Head;
}

/**
 * How many events are read at once, and the rest of their last commit; nothing
 * is held open between. By events, because a commit has one or thousands.
 */
const page = 2000;

/** The runs that have events, the oldest first. */
export const runs = (database: Database): Effect.Effect<ReadonlyArray<string>, JournalError> =>
  Effect.gen(function* () {
    if (!(yield* format.hasTables(database))) return [];
    const text = "SELECT id FROM journal_run WHERE last > 0 ORDER BY number";
    return (yield* database.query(text)).map(([name]) => runOf(name));
  }).pipe(Effect.mapError(database.failure("list", "")));

/** Who opened the run last. */
export const holder = Effect.fnUntraced(function* (database: Database, run: string) {
  const [row] = yield* database.query(
    "SELECT holder_pid, holder_host, holder_since FROM journal_run WHERE id = ?",
    nameOf(run),
  );
  return row && { pid: Number(row[0]), host: String(row[1]), since: Number(row[2]) };
});

/** Whether the last commit is not where the run says its chain ends: going on would hide it. */
export const endFlaw = Effect.fnUntraced(function* (database: Database, run: string) {
  const stored = yield* findRun(database, run);
  if (stored === undefined) return undefined;
  const [row] = yield* database.query(
    "SELECT last, hash FROM journal_commit WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1",
    format.commitId(stored.number, 0),
    format.commitId(stored.number + 1, 0),
  );
  if (row === undefined && stored.end.last === 0) return undefined;
  const found = { last: Number(row?.[0] ?? 0), hash: String(row?.[1]) };
  return Verify.endFlaw(stored.end, found);
});

const findRun = Effect.fnUntraced(function* (database: Database, run: string) {
  const rows = yield* database.query(
    "SELECT number, epoch, last, hash FROM journal_run WHERE id = ?",
    nameOf(run),
  );
  return rows[0] === undefined ? undefined : storedRun(rows[0]);
});

export const storedRun = (row: ReadonlyArray<unknown>): StoredRun => ({
  number: Number(row[0]),
  epoch: Number(row[1]),
  end: { last: Number(row[2]), hash: String(row[3]) },
});

/** The inside of a JSON text: as people know the run, and yet free of what databases cannot hold. */
export const nameOf = (run: string): string => JSON.stringify(run).slice(1, -1);

export const runOf = (name: unknown): string => JSON.parse(`"${String(name)}"`) as string;

/** The entries that exist when the reading begins, verified. */
export const read = (
  source: Source,
  run: string,
  from: number,
): Stream.Stream<JournalEntry, JournalError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { database } = source;
      if (!(yield* format.hasTables(database))) return Stream.empty;
      const stored = yield* findRun(database, run);
      if (stored === undefined || from > stored.end.last) return Stream.empty;
      const start = yield* headBefore(source, run, stored, Math.max(from, 1));
      return Stream.paginate(start, (head) => readPage(source, run, stored, from, head));
    }).pipe(Effect.mapError(source.database.failure("read", run))),
  );

/** The end of the chain before the commit that has an event. */
const headBefore = Effect.fnUntraced(function* (
  { database, sha256 }: Source,
  run: string,
  { number }: StoredRun,
  sequence: number,
) {
  const rows = yield* database.query(
    "SELECT last, hash FROM journal_commit WHERE id > ? AND id <= ? ORDER BY id DESC LIMIT 2",
    format.commitId(number, 0),
    format.commitId(number, sequence),
  );
  const before = rows.find(([last]) => Number(last) < sequence);
  if (before === undefined) return { last: 0, hash: Commits.genesis(sha256, run) };
  return { last: Number(before[0]), hash: String(before[1]) };
});

const readPage = Effect.fnUntraced(function* (
  source: Source,
  run: string,
  stored: StoredRun,
  from: number,
  start: Head,
) {
  const { database, sha256 } = source;
  const commits = yield* Effect.mapError(
    commitsAfter(database, stored, start),
    database.failure("read", run),
  );
  // A later program may have come since the database was opened: what it writes is no damage.
  const fail = (flaw: Verify.Flaw) =>
    Effect.andThen(format.check(database), Effect.fail(flawed(database, "read", run, flaw)));
  const head = Verify.followAll(sha256, start, commits);
  if (Verify.isFlaw(head)) return yield* fail(head);
  const isLast = commits.length === 0 || head.last >= stored.end.last;
  const end = isLast ? Verify.endFlaw(stored.end, head) : undefined;
  if (end !== undefined) return yield* fail(end);
  const found = entriesOf(run, from, commits);
  if (Verify.isFlaw(found)) return yield* fail(found);
  const { big, entries } = found;
  for (const [index, event] of big) {
    const entry = entries[index]!;
    entries[index] = { ...entry, event: yield* bigEvent(source, run, entry.sequence, event) };
  }
  return [entries, isLast ? Option.none<Head>() : Option.some(head)] as const;
});

const commitsAfter = (database: Database, { end, number }: StoredRun, { last }: Head) =>
  Effect.map(
    database.query(
      `SELECT ${Commits.columns} FROM journal_commit
       WHERE id > ? AND id <= ? ORDER BY id`,
      format.commitId(number, last),
      format.commitId(number, Math.min(last + page, end.last)),
    ),
    (rows) => rows.map(Commits.fromRow),
  );

/** The entries of commits; an event that is `big` stands in its place until it is fetched. */
const entriesOf = (run: string, from: number, commits: ReadonlyArray<Commit>) => {
  const entries: Array<JournalEntry> = [];
  const big: Array<readonly [index: number, event: BigEvent]> = [];
  for (const commit of commits) {
    const items = Verify.parse(commit);
    if (Verify.isFlaw(items)) return items;
    const { epoch, first, monotonicMillis } = commit;
    for (let index = Math.max(from - first, 0); index < items.length; index++) {
      const item = items[index]!;
      if (item._tag === "@blob") big.push([entries.length, item]);
      const event = item as RunEvent;
      entries.push({ run, sequence: first + index, epoch, monotonicMillis, event });
    }
  }
  return { entries, big };
};

/** A flaw of a run as an error. */
export const flawed = (
  { where }: Database,
  operation: JournalError["operation"],
  run: string,
  { message, reason }: Verify.Flaw,
): JournalError =>
  new JournalError({
    operation,
    run,
    reason,
    message: `The journal in ${where} cannot be trusted about the run ${run}: ${message}`,
  });

const bigEvent = Effect.fnUntraced(function* (
  { blobs, database, sha256 }: Source,
  run: string,
  sequence: number,
  { kind, sha256: hash, task }: BigEvent,
) {
  const what = `event ${sequence} (${kind}${task === undefined ? "" : ` of the task ${task}`})`;
  const where = blobs === undefined ? `a blob named ${hash}` : blobs.where(hash);
  const damaged = (message: string) =>
    Effect.fail(
      flawed(database, "read", run, Verify.damaged(`${what} lies in ${where}, ${message}.`)),
    );
  if (blobs === undefined) return yield* damaged("and this journal was opened without blobs");
  const text = yield* Effect.mapError(
    blobs.get(hash),
    ({ message }) => new JournalError({ operation: "read", run, reason: "Failed", message }),
  );
  if (text === undefined) return yield* damaged("which is missing");
  const found = sha256(text);
  if (found !== hash) return yield* damaged(`which is not as written: found the SHA-256 ${found}`);
  const event: unknown = JSON.parse(text);
  if (!Commits.isKnown(event) || event._tag === "@blob") return yield* damaged("which is no event");
  return event;
});
