/** A journal that breaks at a chosen append, to see what becomes of a run then. */
import * as Effect from "effect/Effect";
import * as Journal from "../Journal.ts";

/** When the journal fails, and how. */
export interface Options {
  /** Which append fails, from 1; it and all after it do. */
  readonly failAt: number;
  /** Whether the events of the first failing append are stored all the same: its answer is lost (default false). */
  readonly stored?: boolean;
  readonly message?: string;
  /** Where the events go until then (default: memory). */
  readonly journal?: Journal.Journal["Service"];
}

/** A journal with what can be read off it in a test. */
export interface FailingJournal {
  readonly journal: Journal.Journal["Service"];
  /** How many appends were asked for, the failed ones included. */
  readonly appends: number;
}

/** Makes a journal in memory that fails from one append on. */
export const make = (options: Options): FailingJournal => {
  const inner = options.journal ?? Journal.makeMemory();
  let appends = 0;
  const failure = (run: string) =>
    Effect.fail(
      new Journal.JournalError({
        operation: "append",
        run,
        reason: "Failed",
        message: options.message ?? `append ${appends} fails, as the test wants`,
      }),
    );
  return {
    get appends() {
      return appends;
    },
    journal: {
      ...inner,
      open: (run) =>
        Effect.map(inner.open(run), (writer) => ({
          ...writer,
          append: (events) =>
            Effect.suspend(() => {
              appends++;
              if (appends < options.failAt) return writer.append(events);
              const isStored = appends === options.failAt && options.stored === true;
              const stored = isStored ? writer.append(events) : Effect.succeed(0);
              return Effect.andThen(stored, failure(run));
            }),
        })),
    },
  };
};
