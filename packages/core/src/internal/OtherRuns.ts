import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Elsewhere } from "../Budget.ts";
import type { Journal, JournalError } from "../Journal.ts";
import { RunState } from "../RunState.ts";
import { dayMillis, dayOf } from "./Spending.ts";

/** A run of the project as far as it was read. */
interface Read {
  /** Absent for a run that had ended and used nothing in the day: few come back to life. */
  readonly state: RunState | undefined;
  readonly last: number;
}

const unread: Read = { state: undefined, last: 0 };

/** What the other runs of a project used in a day, read from their journals: first all, then only what is new. */
export class OtherRuns {
  readonly #journal: Journal["Service"];
  readonly #own: string;
  readonly #read = new Map<string, Read>();

  constructor(journal: Journal["Service"], own: string) {
    this.#journal = journal;
    this.#own = own;
  }

  /** What they used in the day of UTC that a time is in. */
  usedInDay(now: number): Effect.Effect<Elsewhere, JournalError> {
    const day = dayOf(now);
    return Effect.gen({ self: this }, function* () {
      for (const run of yield* this.#journal.runs) {
        if (run !== this.#own) yield* Effect.gen(() => this.#readOn(run, day));
      }
      const states = Array.from(this.#read.values(), ({ state }) => state ?? []).flat();
      return {
        spending: states.flatMap(({ spending }) => spending.on(day) ?? []),
        millis: states.reduce((sum, { sessions }) => sum + sessions.millis(day * dayMillis), 0),
      };
    });
  }

  *#readOn(run: string, day: number): Effect.fn.Return<void, JournalError> {
    const before = this.#read.get(run) ?? unread;
    const state = before.state ?? new RunState();
    let last = before.last;
    const isWhole = before.state !== undefined || last === 0;
    const takeIn = (from: number) =>
      Stream.runForEachArray(this.#journal.read(run, from), (entries) =>
        Effect.sync(() => {
          last = entries.at(-1)!.sequence;
          if (isWhole || from === 1) for (const { event } of entries) state.apply(event);
        }),
      );
    yield* takeIn(before.last + 1);
    if (!isWhole && last === before.last) return;
    if (!isWhole) yield* takeIn(1);
    const isOver = state.outcome !== undefined && state.spending.on(day) === undefined;
    this.#read.set(run, { state: isOver ? undefined : state, last });
  }
}
