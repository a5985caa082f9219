import type * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Semaphore from "effect/Semaphore";
import type { SqlError } from "effect/sql/SqlError";
import type { BlobStore } from "../../BlobStore.ts";
import { JournalError } from "../../Journal.ts";
import type { RunEvent } from "../../RunEvent.ts";
import type { Blob, Commit, Encoded, Head, Sha256 } from "./Commit.ts";
import * as Commits from "./Commit.ts";
import type { Database } from "./Database.ts";
import * as Store from "./store.ts";

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
 * that waits, in one transaction: the others find their answers there. A run
 * that is open alone, on a database that answers at once, never waits.
 */
export class Appends {
  readonly #options: Options;
  readonly #turn = Semaphore.makeUnsafe(1);
  #waiting: Array<Request> = [];
  #isWriting = false;
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
    return Effect.clockWith((clock) => {
      if (!open.isOpen) return lost(open.run);
      if (events.length === 0) return this.#confirm(open);
      const encoded = this.#encode(open.run, events);
      if (encoded instanceof JournalError) return Effect.fail(encoded);
      const { atOnce } = this.#options.database;
      return atOnce !== undefined && this.#isAlone(encoded)
        ? this.#addAlone(open, encoded, clock, atOnce)
        : this.#share(open, encoded);
    });
  }

  /** Whether nobody has anything to write but one, and nothing to wait for. */
  #isAlone({ blobs }: Encoded): boolean {
    return this.#open === 1 && !this.#isWriting && this.#waiting.length + blobs.length === 0;
  }

  #addAlone(
    open: OpenRun,
    encoded: Encoded,
    clock: Clock.Clock,
    atOnce: NonNullable<Database["atOnce"]>,
  ): Effect.Effect<number, JournalError> {
    const adding = atOnce((present) => {
      if (!open.isOpen) return false;
      const commit = this.#commitAfter(open.head, open, encoded, now(clock));
      const isAdded = Store.addAtOnce(present, { number: open.number, commit });
      if (isAdded) moveOn(open, commit);
      return isAdded;
    });
    return Effect.matchEffect(adding, {
      onFailure: (error) => Effect.fail(this.#options.database.failure("append", open.run)(error)),
      onSuccess: (isAdded) => (isAdded ? Effect.succeed(open.monotonicMillis) : this.#refuse(open)),
    });
  }

  #share(open: OpenRun, encoded: Encoded): Effect.Effect<number, JournalError> {
    const request: Request = { open, encoded, answer: undefined };
    this.#waiting.push(request);
    const turn = this.#turn.withPermit(
      Effect.suspend(() => request.answer ?? Effect.uninterruptible(this.#write(request))),
    );
    // Other runs may be about to append: they share the transaction if they can come first.
    const gathered = this.#open > 1 ? Effect.andThen(Effect.yieldNow, turn) : turn;
    const written = Effect.map(gathered, () => open.monotonicMillis);
    return Effect.onInterrupt(written, () => Effect.sync(() => this.#forget(request)));
  }

  /** Makes sure that nobody has taken the run over. */
  #confirm(open: OpenRun): Effect.Effect<number, JournalError> {
    return Effect.flatMap(this.#isOwn(open), (isOwn) =>
      isOwn ? Effect.succeed(open.monotonicMillis) : lost(open.run),
    );
  }

  /** The run does not end where its writer left it: it was taken over, or an answer was lost. */
  #refuse(open: OpenRun): Effect.Effect<never, JournalError> {
    if (!open.isOpen) return lost(open.run);
    return Effect.flatMap(this.#isOwn(open), (isOwn) => (isOwn ? unclear : lost)(open.run));
  }

  /** Whether nobody has opened the run since. */
  #isOwn(open: OpenRun): Effect.Effect<boolean, JournalError> {
    const { database } = this.#options;
    const asked = database.query(
      "SELECT number FROM journal_run WHERE number = ? AND epoch = ?",
      open.number,
      open.epoch,
    );
    return Effect.mapBoth(asked, {
      onFailure: database.failure("append", open.run),
      onSuccess: (rows) => rows.length === 1,
    });
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
    this.#isWriting = true;
    const written = Effect.flatMap(this.#ready(requests), (ready) => this.#commit(ready));
    const over = Effect.sync(() => {
      this.#isWriting = false;
    });
    return Effect.andThen(
      Effect.ensuring(written, over),
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
      return this.#storing(planned, stored, () => {
        isComplete = true;
      });
    }).pipe(
      Effect.matchEffect({
        onSuccess: () => this.#answer(requests, stored),
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

  /** Tells those whose events are stored so, and the others why theirs are not. */
  #answer(requests: ReadonlyArray<Request>, stored: ReadonlyArray<Planned>): Effect.Effect<void> {
    answer(stored);
    if (stored.length === requests.length) return Effect.void;
    const refused = requests.filter((request) => request.answer === undefined);
    return Effect.forEach(
      refused,
      (request) =>
        Effect.map(Effect.exit(this.#refuse(request.open)), (exit) => {
          request.answer = exit;
        }),
      { discard: true },
    );
  }

  #storing(
    planned: ReadonlyArray<Planned>,
    stored: Array<Planned>,
    completed: () => void,
  ): Effect.Effect<void, SqlError> {
    const { database } = this.#options;
    if (database.atOnce !== undefined) {
      return database.atOnce((present) =>
        present.transaction(() => {
          for (const one of planned) {
            if (one.request.open.isOpen && Store.addAtOnce(present, additionOf(one)))
              stored.push(one);
          }
          completed();
        }),
      );
    }
    return database.transaction(function* () {
      for (const one of planned) {
        if (one.request.open.isOpen && (yield* Store.add(additionOf(one)))) stored.push(one);
      }
      completed();
    });
  }

  #plan(requests: ReadonlyArray<Request>, clock: Clock.Clock): ReadonlyArray<Planned> {
    const heads = new Map<OpenRun, Head>();
    const time = now(clock);
    return requests.map((request) => {
      const { encoded, open } = request;
      const commit = this.#commitAfter(heads.get(open) ?? open.head, open, encoded, time);
      heads.set(open, commit);
      return { request, commit };
    });
  }

  #commitAfter(head: Head, open: OpenRun, { body, count }: Encoded, time: Time): Commit {
    const [first, last] = [head.last + 1, head.last + count];
    const { epoch } = open;
    const { wallMillis } = time;
    const monotonicMillis = Math.max(time.monotonicMillis, open.monotonicMillis);
    const hashed = { first, last, epoch, wallMillis, monotonicMillis, body };
    const hash = Commits.hashOf(this.#options.sha256, head.hash, hashed);
    return { first, last, epoch, wallMillis, monotonicMillis, body, hash };
  }
}

type Time = Pick<Commit, "wallMillis" | "monotonicMillis">;

const now = (clock: Clock.Clock): Time => ({
  wallMillis: clock.currentTimeMillisUnsafe(),
  monotonicMillis: Number(clock.monotonicTimeNanosUnsafe()) / 1e6,
});

const additionOf = ({ commit, request }: Planned): Store.Addition => ({
  number: request.open.number,
  commit,
});

const moveOn = (open: OpenRun, commit: Commit): void => {
  open.head = commit;
  open.monotonicMillis = commit.monotonicMillis;
};

const answer = (stored: ReadonlyArray<Planned>): void => {
  for (const { commit, request } of stored) {
    moveOn(request.open, commit);
    request.answer = Exit.void;
  }
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

const unclear = (run: string) =>
  Exit.fail(
    new JournalError({
      operation: "append",
      run,
      reason: "Unclear",
      message:
        `The journal failed this writer before, and it does not know where the run ${run} ends: ` +
        "what it sent then may be recorded, what it sends now is not. " +
        "Resume the run: it goes on from what the journal holds.",
    }),
  );
