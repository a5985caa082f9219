import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Journal, JournalEntry, JournalError } from "../Journal.ts";
import type { RunHandle } from "../Orchestrator.ts";
import type { RunEvent } from "../RunEvent.ts";

type JournalOf = Journal["Service"];
type Entries = Stream.Stream<JournalEntry, JournalError>;
type From = "beginning" | "now" | number;

/** The entries of a run of this process. */
export const ofRun = (handle: RunHandle, from: From): Entries => {
  if (from === "beginning") return handle.events;
  return Stream.unwrap(
    Effect.sync(() => {
      const first = from === "now" ? handle.recorded() + 1 : from;
      return Stream.filter(handle.events, ({ sequence }) => sequence >= first);
    }),
  );
};

/** What gives a run work after its end. */
const reopens: ReadonlySet<RunEvent["_tag"]> = new Set(["TasksReopened", "HeldDecided"]);

/** Stands after all that there was at a moment. */
const pause = Symbol("pause");

/** How far the runs of a journal were read. */
class Cursors {
  readonly #next = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #first: number;

  constructor(first: number) {
    this.#first = first;
  }

  next(run: string): number {
    return this.#next.get(run) ?? this.#first;
  }

  take({ event, run: id, sequence }: JournalEntry): void {
    this.#next.set(id, sequence + 1);
    if (event._tag === "RunEnded") this.#ended.add(id);
    else if (reopens.has(event._tag)) this.#ended.delete(id);
  }

  haveEnded(runs: ReadonlyArray<string>): boolean {
    return runs.every((id) => this.#ended.has(id));
  }
}

/** The entries of some runs, or of all, and of those to come; they end once all that are named have ended. */
export const ofJournal = (
  store: JournalOf,
  changes: Stream.Stream<unknown>,
  wanted: ReadonlyArray<string> | undefined,
  from: From,
): Entries =>
  Stream.unwrap(
    Effect.gen(function* () {
      const cursors = new Cursors(typeof from === "number" ? from : 1);
      const runs = wanted === undefined ? store.runs : Effect.succeed(wanted);
      if (from === "now") yield* Stream.runDrain(unread(store, runs, cursors));
      const isOver = () => wanted !== undefined && cursors.haveEnded(wanted);
      const looks = Stream.concat(Stream.succeed(undefined), changes);
      return looks.pipe(
        Stream.flatMap(() => Stream.concat(unread(store, runs, cursors), Stream.succeed(pause))),
        Stream.takeUntil((one) => one === pause && isOver()),
        Stream.filter((one) => one !== pause),
      );
    }),
  );

const unread = (
  store: JournalOf,
  runs: Effect.Effect<ReadonlyArray<string>, JournalError>,
  cursors: Cursors,
): Entries =>
  Stream.fromIterableEffect(runs).pipe(
    Stream.flatMap((id) => Stream.suspend(() => store.read(id, cursors.next(id)))),
    Stream.tap((entry) => Effect.sync(() => cursors.take(entry))),
  );
