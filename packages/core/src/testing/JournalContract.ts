/**
 * What the engine relies on in every journal.
 *
 * ```ts
 * const clauses = JournalContract.make({ make: Effect.sync(Journal.makeMemory) });
 * for (const { name, check } of clauses) it.live(name, () => check);
 * ```
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { Journal, JournalWriter } from "../Journal.ts";
import type { RunEvent } from "../RunEvent.ts";
import * as Contract from "./Contract.ts";
import { everyKind } from "./internal/sampleEvents.ts";

export interface Options extends Contract.Limits {
  /** A new, empty journal for each clause. */
  readonly make: Effect.Effect<Journal["Service"], unknown, Scope.Scope>;
  /**
   * A new, empty store for each clause, as the effect that opens its journal; every
   * scope in which it is opened closes it again. Absent: what outlives the
   * journal is not checked.
   */
  readonly store?: Effect.Effect<
    Effect.Effect<Journal["Service"], unknown, Scope.Scope>,
    unknown,
    Scope.Scope
  >;
}

/** The clauses that every journal keeps, for a test runner to run. */
export const make = (options: Options): ReadonlyArray<Contract.Clause> => {
  const define = Contract.clauses(options);
  const open = rules.map(([name, rule]) => define(name, Effect.flatMap(options.make, rule)));
  const { store } = options;
  if (store === undefined) return open;
  const reopened = lasting.map(([name, rule]) =>
    define(
      name,
      Effect.flatMap(store, (opened) => rule((use) => Effect.scoped(Effect.flatMap(opened, use)))),
    ),
  );
  return [...open, ...reopened];
};

type Rule = (journal: Journal["Service"]) => Effect.Effect<unknown, unknown, Scope.Scope>;

type Opened = <A, E>(
  use: (journal: Journal["Service"]) => Effect.Effect<A, E>,
) => Effect.Effect<A, unknown>;

const ready = (task: string, at = 0): RunEvent => ({ _tag: "TaskReady", at, task });

const batch = (name: string, size: number): ReadonlyArray<RunEvent> =>
  Array.from({ length: size }, (_, index) => ready(name, index));

/** Opens a run for one append. */
const append = (journal: Journal["Service"], run: string, events: ReadonlyArray<RunEvent>) =>
  Effect.scoped(Effect.flatMap(journal.open(run), (writer) => writer.append(events)));

const collect = (journal: Journal["Service"], run: string, from?: number) =>
  Stream.runCollect(journal.read(run, from));

/** The entries without what depends on their writer. */
const entries = (journal: Journal["Service"], run: string, from?: number) =>
  Effect.map(collect(journal, run, from), (found) =>
    found.map(({ event, run: of, sequence }) => ({ run: of, sequence, event })),
  );

const events = (journal: Journal["Service"], run: string) =>
  Effect.map(entries(journal, run), (found) => found.map(({ event }) => event));

const upTo = (last: number): ReadonlyArray<number> => Array.from({ length: last }, (_, i) => i + 1);

const isNumbered = (found: ReadonlyArray<{ readonly sequence: number }>, last: number) =>
  Contract.expectEqual(
    "the sequence numbers",
    found.map(({ sequence }) => sequence),
    upTo(last),
  );

const taskOf = (event: RunEvent): string => ("task" in event ? (event.task ?? "") : "");

/** Every batch of `size` equal tasks is whole, and each task's batches are in order. */
const isInBatches = (found: ReadonlyArray<RunEvent>, size: number) =>
  Effect.gen(function* () {
    yield* Contract.expect(found.length % size === 0, `a part of a batch: ${found.length} events`);
    for (let start = 0; start < found.length; start += size) {
      const name = taskOf(found[start]!);
      yield* Contract.expectEqual(
        `the batch from ${start + 1} on`,
        found.slice(start, start + size),
        batch(name, size),
      );
    }
  });

const rules: ReadonlyArray<readonly [string, Rule]> = [
  [
    "keeps events in the order in which they were appended, numbered from 1",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", [ready("a"), ready("b")]);
      yield* append(journal, "r", [ready("c")]);
      const found = yield* entries(journal, "r");
      yield* Contract.expectEqual("the entries", found, [
        { run: "r", sequence: 1, event: ready("a") },
        { run: "r", sequence: 2, event: ready("b") },
        { run: "r", sequence: 3, event: ready("c") },
      ]);
    }),
  ],
  [
    "gives events of every kind back as they were",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", everyKind);
      const found = yield* events(journal, "r");
      yield* Contract.expectEqual("how many events there are", found.length, everyKind.length);
      for (const [index, event] of everyKind.entries()) {
        yield* Contract.expectEqual(`event ${index + 1}`, found[index], event);
      }
    }),
  ],
  [
    "gives nothing for a run that it does not know",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", [ready("a")]);
      yield* Contract.expectEqual("the entries", yield* entries(journal, "other"), []);
    }),
  ],
  [
    "keeps no trace of an empty append",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", []);
      yield* Contract.expectEqual("the runs", yield* journal.runs, []);
      yield* append(journal, "r", [ready("a")]);
      yield* append(journal, "r", []);
      yield* append(journal, "r", [ready("b")]);
      yield* isNumbered(yield* entries(journal, "r"), 2);
    }),
  ],
  [
    "reads from a sequence number on",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", [ready("a"), ready("b"), ready("c")]);
      const read = (from: number) =>
        Effect.map(entries(journal, "r", from), (found) => found.map(({ sequence }) => sequence));
      yield* Contract.expectEqual("from 2 on", yield* read(2), [2, 3]);
      yield* Contract.expectEqual("from 3 on", yield* read(3), [3]);
      yield* Contract.expectEqual("from 4 on", yield* read(4), []);
      yield* Contract.expectEqual("from 100 on", yield* read(100), []);
      yield* Contract.expectEqual("from 0 on", yield* read(0), [1, 2, 3]);
      yield* Contract.expectEqual("from -2 on", yield* read(-2), [1, 2, 3]);
    }),
  ],
  [
    "reads what exists when the reading begins, each time anew",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const reading = Stream.runCollect(journal.read("r"));
      yield* Contract.expectEqual("before the first append", yield* reading, []);
      yield* append(journal, "r", [ready("a")]);
      yield* isNumbered(yield* reading, 1);
      yield* append(journal, "r", [ready("b")]);
      yield* isNumbered(yield* reading, 2);
    }),
  ],
  [
    "stops reading when the reader has enough",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", batch("a", 50));
      const some = yield* Stream.runCollect(Stream.take(journal.read("r"), 3));
      yield* isNumbered(some, 3);
      yield* append(journal, "r", batch("b", 1));
      yield* isNumbered(yield* entries(journal, "r"), 51);
    }),
  ],
  [
    "does not mix runs, whatever they are called",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const runs = ["a", "A", "a/b", "a b", "ä", "'; --", "%", "_", "..", "__proto__", "1", "01"];
      for (const run of runs) yield* append(journal, run, [ready(run), ready("x")]);
      for (const run of runs) yield* append(journal, run, [ready("y")]);
      for (const run of runs) {
        yield* Contract.expectEqual(
          `the run ${run}`,
          yield* entries(journal, run),
          [ready(run), ready("x"), ready("y")].map((event, i) => ({ run, sequence: i + 1, event })),
        );
      }
    }),
  ],
  [
    "lists its runs, the oldest first",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* Contract.expectEqual("the runs of an empty journal", yield* journal.runs, []);
      for (const run of ["m", "z", "a", "z", "m"]) yield* append(journal, run, [ready("x")]);
      yield* Contract.expectEqual("the runs", yield* journal.runs, ["m", "z", "a"]);
    }),
  ],
  [
    "takes a batch of ten thousand events",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      yield* append(journal, "r", batch("a", 10_000));
      yield* append(journal, "r", [ready("b")]);
      const found = yield* entries(journal, "r");
      yield* isNumbered(found, 10_001);
      yield* Contract.expectEqual("the last event", found.at(-1)!.event, ready("b"));
    }),
  ],
  [
    "loses nothing of what one writer appends at once, and keeps every batch together",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const [writers, batches, size] = [8, 10, 5];
      const open = yield* journal.open("r");
      const write = (writer: number) =>
        Effect.forEach(
          upTo(batches),
          (number) =>
            Effect.andThen(Effect.yieldNow, open.append(batch(`${writer}/${number}`, size))),
          { discard: true },
        );
      yield* Effect.forEach(upTo(writers), write, { concurrency: "unbounded", discard: true });
      const found = yield* entries(journal, "r");
      yield* isNumbered(found, writers * batches * size);
      const written = found.map(({ event }) => event);
      yield* isInBatches(written, size);
      for (const writer of upTo(writers)) {
        const own = written.flatMap((event, index) =>
          index % size === 0 && taskOf(event).startsWith(`${writer}/`) ? [taskOf(event)] : [],
        );
        const expected = upTo(batches).map((number) => `${writer}/${number}`);
        yield* Contract.expectEqual(`the batches of writer ${writer}`, own, expected);
      }
    }),
  ],
  [
    "shows many readers whole batches only, while one appends",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const size = 7;
      const writer = yield* journal.open("r");
      const write = Effect.forEach(
        upTo(30),
        (number) => Effect.andThen(Effect.yieldNow, writer.append(batch(`${number}`, size))),
        { discard: true },
      );
      const read = Effect.forEach(
        upTo(15),
        () => Effect.flatMap(events(journal, "r"), (found) => isInBatches(found, size)),
        { discard: true },
      );
      yield* Effect.all([write, read, read, read], { concurrency: "unbounded", discard: true });
    }),
  ],
  [
    "keeps what was appended, whatever becomes of the list that held it",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const list = [ready("a"), ready("b")];
      yield* append(journal, "r", list);
      list.reverse().push(ready("c"));
      yield* Contract.expectEqual("the events", yield* events(journal, "r"), [
        ready("a"),
        ready("b"),
      ]);
    }),
  ],
  [
    "refuses a second writer of a run while the first one is open",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const scope = yield* Scope.make();
      const writer = yield* Scope.provide(journal.open("r"), scope);
      yield* isLocked(journal, "r");
      yield* writer.append([ready("a")]);
      yield* isLocked(journal, "r");
      yield* writer.append([ready("b")]);
      yield* Scope.close(scope, Exit.void);
      yield* append(journal, "r", [ready("c")]);
      yield* isNumbered(yield* entries(journal, "r"), 3);
    }),
  ],
  [
    "lets different runs be written at once",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const runs = ["a", "b", "c"];
      const writers = yield* Effect.forEach(runs, (run) => journal.open(run));
      const write = (writer: JournalWriter) =>
        Effect.forEach(
          upTo(10),
          (number) => Effect.andThen(Effect.yieldNow, writer.append(batch(`${number}`, 3))),
          { discard: true },
        );
      yield* Effect.forEach(writers, write, { concurrency: "unbounded", discard: true });
      for (const run of runs) {
        yield* Contract.expectEqual(
          `the run ${run}`,
          yield* events(journal, run),
          upTo(10).flatMap((number) => batch(`${number}`, 3)),
        );
      }
    }),
  ],
  [
    "takes nothing more from a writer whose scope has closed",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const late = yield* Effect.scoped(
        Effect.tap(journal.open("r"), (writer) => writer.append([ready("a")])),
      );
      yield* isLost(late);
      yield* journal.open("r");
      yield* isLost(late);
      yield* isNumbered(yield* entries(journal, "r"), 1);
    }),
  ],
  [
    "gives every opening of a run an epoch of its own, one more than the last",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const found: Array<number> = [];
      for (const appends of [1, 2, 0, 1]) {
        const opening = Effect.flatMap(journal.open("r"), (writer) =>
          Effect.andThen(
            Effect.sync(() => found.push(writer.epoch)),
            Effect.forEach(upTo(appends), () => writer.append(batch("a", 2)), { discard: true }),
          ),
        );
        yield* Effect.scoped(opening);
      }
      yield* Contract.expectEqual("the epochs", found, [1, 2, 3, 4]);
      yield* Contract.expectEqual(
        "the epochs of the entries",
        (yield* collect(journal, "r")).map(({ epoch }) => epoch),
        [1, 1, 2, 2, 2, 2, 4, 4],
      );
    }),
  ],
  [
    "tells a writer how many events its run had",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const found: Array<number> = [];
      for (const size of [3, 1, 2]) {
        const opening = Effect.flatMap(journal.open("r"), (writer) =>
          Effect.andThen(
            writer.append(batch("a", size)),
            Effect.sync(() => found.push(writer.last)),
          ),
        );
        yield* Effect.scoped(opening);
      }
      yield* Contract.expectEqual("what the openings told", found, [0, 3, 4]);
    }),
  ],
  [
    "never lets the monotonic time fall within an epoch, and tells it to the writer",
    Effect.fnUntraced(function* (journal: Journal["Service"]) {
      const writer = yield* journal.open("r");
      const told: Array<number> = [];
      for (const number of upTo(50)) {
        const time = yield* writer.append(batch(`${number}`, 2));
        told.push(time, time);
      }
      const times = (yield* collect(journal, "r")).map(({ monotonicMillis }) => monotonicMillis);
      yield* Contract.expectEqual("the times that the writer was told", told, times);
      const falls = times.filter((time, index) => !(time >= (times[index - 1] ?? 0)));
      yield* Contract.expectEqual("times that are before the one before them", falls, []);
    }),
  ],
];

const isLocked = (journal: Journal["Service"], run: string) =>
  Effect.flatMap(Effect.flip(Effect.scoped(journal.open(run))), (error) =>
    Contract.expectEqual("the error of a second opening", error._tag, "RunLocked"),
  );

/** Whether a writer is told that the run is not its own any more, also when it only asks. */
const isLost = (writer: JournalWriter) =>
  Effect.forEach(
    [[ready("late")], []],
    (late) =>
      Effect.flatMap(Effect.flip(writer.append(late)), (error) =>
        Contract.expectEqual(`why the append of ${late.length} events fails`, error.reason, "Lost"),
      ),
    { discard: true },
  );

const lasting: ReadonlyArray<
  readonly [string, (opened: Opened) => Effect.Effect<unknown, unknown, Scope.Scope>]
> = [
  [
    "keeps everything for those who open it later",
    Effect.fnUntraced(function* (opened: Opened) {
      yield* opened((journal) => append(journal, "old", everyKind));
      yield* opened((journal) => append(journal, "new", [ready("a")]));
      const found = yield* opened((journal) => events(journal, "old"));
      yield* Contract.expectEqual("the events", found, everyKind);
      const runs = yield* opened((journal) => journal.runs);
      yield* Contract.expectEqual("the runs", runs, ["old", "new"]);
    }),
  ],
  [
    "goes on with the numbers of those who appended before",
    Effect.fnUntraced(function* (opened: Opened) {
      yield* opened((journal) => append(journal, "r", batch("a", 3)));
      yield* opened((journal) => append(journal, "r", batch("b", 2)));
      const reopened = yield* opened((journal) => Effect.scoped(journal.open("r")));
      yield* Contract.expectEqual("how many events there were", reopened.last, 5);
      yield* Contract.expectEqual("the epoch", reopened.epoch, 3);
      const found = yield* opened((journal) => entries(journal, "r"));
      yield* isNumbered(found, 5);
      yield* Contract.expectEqual(
        "the events",
        found.map(({ event }) => event),
        [...batch("a", 3), ...batch("b", 2)],
      );
    }),
  ],
];
