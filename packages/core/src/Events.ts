/**
 * Following what happens in runs: as a stream of some kinds of events, or with a handler.
 *
 * A run of this process is followed by its handle; any run by its journal, also one that another
 * process works on.
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Stream from "effect/Stream";
import * as Followed from "./internal/followed.ts";
import type { Journal, JournalEntry, JournalError } from "./Journal.ts";
import type { RunHandle } from "./Orchestrator.ts";
import type { OfKind, RunEvent } from "./RunEvent.ts";
import type { TaskId } from "./Task.ts";

/** A kind of event, as `TaskEnded`. */
export type Kind = RunEvent["_tag"];

/** Where events come from. */
export type Source =
  | { readonly handle: RunHandle }
  | {
      readonly journal: Journal["Service"];
      /** Says that a journal may have more: `Changes.of` of `@orchestrator/local`, or a schedule. */
      readonly changes: Stream.Stream<unknown>;
    };

/** Which events are meant; what is absent does not matter. */
export interface Filter<K extends Kind = Kind> {
  readonly kinds?: ReadonlyArray<K>;
  readonly tasks?: ReadonlyArray<TaskId>;
  readonly runs?: ReadonlyArray<string>;
  /** The first event of a run that counts: the first there is (default), the next one, or one of this number. */
  readonly from?: "beginning" | "now" | number;
}

/** An event of some kinds, in its place. */
export interface Entry<K extends Kind = Kind> extends JournalEntry {
  readonly event: OfKind<K>;
}

/**
 * Some events, in the order of each run.
 *
 * It ends with the run of a handle. Of a journal it ends once all `runs` that are named have ended,
 * and goes on for as long as there may be changes if none are.
 */
export const subscribe = <K extends Kind = Kind>(
  source: Source,
  filter: Filter<K> = {},
): Stream.Stream<Entry<K>, JournalError> => {
  const { from = "beginning", runs } = filter;
  const entries =
    "handle" in source
      ? Followed.ofRun(source.handle, from)
      : Followed.ofJournal(source.journal, source.changes, runs, from);
  return Stream.filter(entries, (entry): entry is Entry<K> => isMeant(entry, filter));
};

const isMeant = ({ event, run }: JournalEntry, { kinds, runs, tasks }: Filter): boolean => {
  if (kinds !== undefined && !kinds.includes(event._tag)) return false;
  if (runs !== undefined && !runs.includes(run)) return false;
  return tasks === undefined || tasksOf(event).some((task) => tasks.includes(task));
};

/** The tasks that an event is about. */
export const tasksOf = (event: RunEvent): ReadonlyArray<TaskId> => {
  if (event._tag === "TasksAdded") return event.tasks.map(({ id }) => id);
  if (event._tag === "TasksReopened") return event.tasks;
  return "task" in event && event.task !== undefined ? [event.task] : [];
};

/** How a handler is called, and who hears of its failures. */
export interface HandleOptions {
  /** What people call it, as `notify.sh` (default `a handler`). */
  readonly name?: string;
  /** Default: a warning of the run for a handle, of the log otherwise. */
  readonly warn?: (message: string) => Effect.Effect<void>;
}

/**
 * Calls a handler for one event after the other, until there are no more.
 *
 * Whatever goes wrong in it is told as a warning and hurts neither the run nor what follows: the
 * first failure, the tenth, the hundredth, and so on.
 */
export const handle = Effect.fn("Events.handle")(function* <K extends Kind, E, R>(
  source: Source,
  filter: Filter<K>,
  handler: (entry: Entry<K>) => Effect.Effect<unknown, E, R>,
  { name = "a handler", warn = usualWarn(source) }: HandleOptions = {},
) {
  const failures = counted(name, warn);
  yield* Stream.runForEach(subscribe(source, filter), (entry) =>
    Effect.flatMap(Effect.exit(Effect.suspend(() => handler(entry))), (exit) =>
      Exit.isSuccess(exit) ? Effect.void : failures(entry, exit.cause),
    ),
  );
});

const usualWarn = (source: Source): ((message: string) => Effect.Effect<void>) =>
  "handle" in source ? source.handle.warn : (message) => Effect.logWarning(message);

/** Tells of the first failure, and of each power of ten. */
const counted = (name: string, warn: (message: string) => Effect.Effect<void>) => {
  let count = 0;
  return ({ event, sequence }: JournalEntry, cause: Cause.Cause<unknown>): Effect.Effect<void> => {
    if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt;
    count++;
    if (!isTold(count)) return Effect.void;
    const times = count === 1 ? "" : ` for the ${count}th time`;
    const error = Cause.squash(cause);
    const why = error instanceof Error ? error.message : String(error);
    return warn(`${name} failed${times}, at event ${sequence} (${event._tag}): ${why}`);
  };
};

/** Whether the failure of this number is one to tell of: the first, the tenth, the hundredth. */
export const isTold = (count: number): boolean => /^10*$/.test(String(count));
