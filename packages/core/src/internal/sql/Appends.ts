import type * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Semaphore from "effect/Semaphore";
import type { BlobStore } from "../../BlobStore.ts";
import { JournalError } from "../../Journal.ts";
import type { RunEvent } from "../../RunEvent.ts";
import type { Blob, Commit, Encoded, Head, Sha256 } from "./Commit.ts";
import * as Commits from "./Commit.ts";
import type { Database, Statements } from "./Database.ts";
import { commitId } from "./format.ts";

/** A run that is open for writing. */
export interface OpenRun {
  readonly run: string;
  readonly number: number;
  readonly epoch: number;
  /** Where its chain ends, as far as this writer knows. */
  head: Head;
  monotonicMillis: number;
  isOpen: boolean;
}

interface Request {
  readonly open: OpenRun;
  readonly encoded: Encoded;
  answer: Exit.Exit<void, JournalError> | undefined;
}

interface Planned {
  readonly request: Request;
  readonly commit: Commit;
}

export interface Options {
  readonly database: Database;
  readonly sha256: Sha256;
  readonly blobs: BlobStore | undefined;
  /** The longest event, as JSON, that is kept in the database itself. */
  readonly inlineBytes: number;
}

/**
 * Writes what all open runs of a process append.
 *
 * Whoever comes while a transaction goes on waits and then writes everything
 * that waits, in one transaction: the others find their answers there.
 */
export class Appends {
  readonly #options: Options;
  readonly #turn = Semaphore.makeUnsafe(1);
  #waiting: Array<Request> = [];
  #open = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  enter(): void {
    this.#open++;
  }

  /** Ends the right to append, after what is being written. */
  leave(open: OpenRun): Effect.Effect<void> {
    return this.#turn.withPermit(
      Effect.sync(() => {
        open.isOpen = false;
        this.#open--;
      }),
    );
  }

  /** Answers with the monotonic time of what was added last. */
  append(open: OpenRun, events: ReadonlyArray<RunEvent>): Effect.Effect<number, JournalError> {
    return Effect.suspend(() => {
      if (!open.isOpen) return lost(open.run);
      if (events.length === 0) return this.#confirm(open);
      const encoded = this.#encode(open.run, events);
      if (encoded instanceof JournalError) return Effect.fail(encoded);
      const request: Request = { open, encoded, answer: undefined };
      this.#waiting.push(request);
      const turn = this.#turn.withPermit(
        Effect.suspend(() => request.answer ?? Effect.uninterruptible(this.#write(request))),
      );
      // Other runs may be about to append: they share the transaction if they can come first.
      const gathered = this.#open > 1 ? Effect.andThen(Effect.yieldNow, turn) : turn;
      const written = Effect.map(gathered, () => open.monotonicMillis);
      return Effect.onInterrupt(written, () => Effect.sync(() => this.#forget(request)));
    });
  }

  /** Makes sure that nobody has taken the run over. */
  #confirm(open: OpenRun): Effect.Effect<number, JournalError> {
    const { database } = this.#options;
    const asked = database.query(
      "SELECT number FROM journal_run WHERE number = ? AND epoch = ?",
      open.number,
      open.epoch,
    );
    return Effect.flatMap(Effect.mapError(asked, database.failure("append", open.run)), (rows) =>
      rows.length === 1 ? Effect.succeed(open.monotonicMillis) : lost(open.run),
    );
  }

  #encode(run: string, events: ReadonlyArray<RunEvent>): Encoded | JournalError {
    const { blobs, inlineBytes, sha256 } = this.#options;
    try {
      return Commits.encode(events, sha256, blobs === undefined ? Infinity : inlineBytes);
    } catch (error) {
      return failed(run, `An event of the run ${run} cannot be written as JSON: ${String(error)}`);
    }
  }

  #forget(request: Request): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== request);
  }

  #write(own: Request): Effect.Effect<void, JournalError> {
    const requests = this.#waiting;
    this.#waiting = [];
    return Effect.andThen(
      Effect.flatMap(this.#ready(requests), (ready) => this.#commit(ready)),
      Effect.suspend(() => own.answer!),
    );
  }

  /** Those whose big events are safe; the others have their answer. */
  #ready(requests: ReadonlyArray<Request>): Effect.Effect<ReadonlyArray<Request>> {
    if (requests.every(({ encoded }) => encoded.blobs.length === 0)) {
      return Effect.succeed(requests);
    }
    return Effect.filter(requests, (request) =>
      Effect.match(this.#put(request.encoded.blobs), {
        onFailure: (message) => {
          request.answer = Exit.fail(failed(request.open.run, message));
          return false;
        },
        onSuccess: () => true,
      }),
    );
  }

  #put(blobs: ReadonlyArray<Blob>): Effect.Effect<void, string> {
    const kept = this.#options.blobs!;
    const puts = Effect.forEach(blobs, ({ hash, text }) => kept.put(hash, text), {
      discard: true,
    });
    return Effect.mapError(puts, ({ message }) => message);
  }

  /** Writes requests in one transaction; if it breaks before its end, each in its own. */
  #commit(requests: ReadonlyArray<Request>): Effect.Effect<void> {
    if (requests.length === 0) return Effect.void;
    const { database } = this.#options;
    const stored: Array<Planned> = [];
    let isComplete = false;
    return Effect.clockWith((clock) => {
      const planned = this.#plan(requests, clock);
      const statements = function* () {
        for (const one of planned) yield* store(one, stored);
        isComplete = true;
      };
      return database.transaction(statements);
    }).pipe(
      Effect.matchEffect({
        onSuccess: () => Effect.sync(() => answer(requests, stored)),
        onFailure: (error) => {
          if (!isComplete && requests.length > 1) {
            return Effect.forEach(requests, (request) => this.#commit([request]), {
              discard: true,
            });
          }
          return Effect.sync(() => {
            for (const request of requests) {
              const { run } = request.open;
              request.answer = Exit.fail(database.failure("append", run)(error));
            }
          });
        },
      }),
    );
  }

  #plan(requests: ReadonlyArray<Request>, clock: Clock.Clock): ReadonlyArray<Planned> {
    const heads = new Map<OpenRun, Head>();
    const wallMillis = clock.currentTimeMillisUnsafe();
    const now = Number(clock.monotonicTimeNanosUnsafe()) / 1e6;
    return requests.map((request) => {
      const { encoded, open } = request;
      const head = heads.get(open) ?? open.head;
      const commit = this.#commitAfter(head, open, encoded, wallMillis, now);
      heads.set(open, commit);
      return { request, commit };
    });
  }

  #commitAfter(
    head: Head,
    open: OpenRun,
    { body, count }: Encoded,
    wallMillis: number,
    now: number,
  ): Commit {
    const commit = {
      first: head.last + 1,
      last: head.last + count,
      epoch: open.epoch,
      wallMillis,
      monotonicMillis: Math.max(now, open.monotonicMillis),
      body,
    };
    return { ...commit, hash: Commits.hashOf(this.#options.sha256, head.hash, commit) };
  }
}

/** Adds a commit if the run still is where its writer left it. */
function* store(one: Planned, stored: Array<Planned>): Statements<void> {
  const { open } = one.request;
  if (!open.isOpen) return;
  const { body, epoch, first, hash, last, monotonicMillis, wallMillis } = one.commit;
  const moved = yield [
    `UPDATE journal_run SET last = ?, hash = ?
     WHERE number = ? AND epoch = ? AND last = ? RETURNING number`,
    last,
    hash,
    open.number,
    epoch,
    first - 1,
  ];
  if (moved.length !== 1) return;
  stored.push(one);
  yield [
    `INSERT INTO journal_commit (id, run, ${Commits.columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    commitId(open.number, first),
    open.number,
    first,
    last,
    epoch,
    wallMillis,
    monotonicMillis,
    body,
    hash,
  ];
}

const answer = (requests: ReadonlyArray<Request>, stored: ReadonlyArray<Planned>): void => {
  for (const { commit, request } of stored) {
    request.open.head = commit;
    request.open.monotonicMillis = commit.monotonicMillis;
    request.answer = Exit.void;
  }
  for (const request of requests) request.answer ??= lost(request.open.run);
};

const failed = (run: string, message: string) =>
  new JournalError({ operation: "append", run, reason: "Failed", message });

const lost = (run: string) =>
  Exit.fail(
    new JournalError({
      operation: "append",
      run,
      reason: "Lost",
      message: `The run ${run} is not open for this writer any more; nothing was recorded.`,
    }),
  );
