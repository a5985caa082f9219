import type * as Cause from "effect/Cause";
import type * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import type { Journal, JournalEntry, JournalError, JournalWriter } from "../Journal.ts";
import type { RunEvent } from "../RunEvent.ts";
import type { RunState } from "../RunState.ts";

type Subscriber = Queue.Queue<JournalEntry, JournalError | Cause.Done>;

/**
 * The events of a running run: recorded, made durable, then acted upon.
 *
 * `record` changes the state at once; what `afterwards` was given runs only
 * when everything recorded before it is in the journal.
 */
export class RunLog {
  readonly run: string;
  /** Which writer of the run this is. */
  readonly epoch: number;
  readonly state: RunState;
  readonly #journal: Journal["Service"];
  readonly #writer: JournalWriter;
  readonly #clock: Clock.Clock;
  /** Hears of every event as soon as it is recorded. */
  listener: ((event: RunEvent) => void) | undefined = undefined;
  readonly #subscribers = new Set<Subscriber>();
  #events: Array<RunEvent> = [];
  #effects: Array<() => void> = [];
  #written: number;
  /** How the run ended, once it has. */
  #end: Exit.Exit<void, JournalError> | undefined = undefined;
  #now: number | undefined = undefined;
  /** The last moment at which the run certainly was this writer's, in milliseconds of monotonic time. */
  #confirmedAt = -Infinity;

  constructor(
    journal: Journal["Service"],
    writer: JournalWriter,
    clock: Clock.Clock,
    state: RunState,
  ) {
    this.run = writer.run;
    this.epoch = writer.epoch;
    this.#journal = journal;
    this.#writer = writer;
    this.#written = writer.last;
    this.#clock = clock;
    this.state = state;
  }

  /** Milliseconds since the epoch, for the next event: one reading of the clock serves a turn. */
  now(): number {
    return (this.#now ??= this.#clock.currentTimeMillisUnsafe());
  }

  /** Milliseconds since the epoch at this very moment. */
  present(): number {
    return this.#clock.currentTimeMillisUnsafe();
  }

  /** Milliseconds that only ever grow, for measuring; their zero means nothing. */
  monotonicMillis(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6;
  }

  /** Time may have passed: the next event reads the clock. */
  tick(): void {
    this.#now = undefined;
  }

  /** Callers that know the number of the event's task save its look-up. */
  record(event: RunEvent, node?: number): void {
    this.state.apply(event, node);
    this.#events.push(event);
    this.listener?.(event);
  }

  /** Takes in an event that the state has seen already. */
  note(event: RunEvent): void {
    this.#events.push(event);
  }

  /** Does something to the world once everything recorded so far is durable. */
  afterwards(effect: () => void): void {
    this.#effects.push(effect);
  }

  /** How many events are in the journal. */
  get written(): number {
    return this.#written;
  }

  get isFlushed(): boolean {
    return this.#events.length === 0 && this.#effects.length === 0;
  }

  /** Writes what was recorded, tells the subscribers, then lets the effects go. */
  readonly flush: Effect.Effect<void, JournalError> = Effect.suspend(() => {
    const events = this.#events;
    const effects = this.#effects;
    this.#events = [];
    this.#effects = [];
    if (events.length === 0) return this.#letGo(effects);
    const began = this.monotonicMillis();
    return Effect.flatMap(this.#writer.append(events), (monotonicMillis) => {
      this.#confirmedAt = began;
      this.#publish(events, monotonicMillis);
      return this.#letGo(effects);
    });
  });

  /**
   * Runs the effects; to be called from within one. A process that stood still
   * may have lost the run meanwhile: it asks before it acts. A journal that is
   * only slow gets ever more time to answer.
   */
  #letGo(
    effects: ReadonlyArray<() => void>,
    patience = freshMillis,
  ): Effect.Effect<void, JournalError> {
    const now = this.monotonicMillis();
    if (effects.length === 0 || now - this.#confirmedAt < patience) {
      runAll(effects);
      return Effect.void;
    }
    return Effect.flatMap(this.#writer.append([]), () => {
      this.#confirmedAt = now;
      return this.#letGo(effects, Math.min(patience * 2, longestMillis));
    });
  }

  /** Every entry of the run, from the first one, until the run ends. */
  get entries(): Stream.Stream<JournalEntry, JournalError> {
    return Stream.unwrap(
      Effect.gen({ self: this }, function* () {
        const queue = yield* Effect.acquireRelease(
          Queue.unbounded<JournalEntry, JournalError | Cause.Done>(),
          (subscriber) =>
            Effect.andThen(
              Effect.sync(() => this.#subscribers.delete(subscriber)),
              Queue.shutdown(subscriber),
            ),
        );
        const written = this.#written;
        if (this.#end === undefined) this.#subscribers.add(queue);
        else end(queue, this.#end);
        const past = Stream.take(this.#journal.read(this.run), written);
        return Stream.concat(past, Stream.fromQueue(queue));
      }),
    );
  }

  /** Ends all subscriptions, as the run ended: nothing will be recorded any more. */
  close(exit: Exit.Exit<void, JournalError>): void {
    this.#end = exit;
    for (const subscriber of this.#subscribers) end(subscriber, exit);
    this.#subscribers.clear();
  }

  #publish(events: ReadonlyArray<RunEvent>, monotonicMillis: number): void {
    const first = this.#written + 1;
    this.#written += events.length;
    if (this.#subscribers.size === 0) return;
    const { epoch, run } = this.#writer;
    for (const subscriber of this.#subscribers) {
      events.forEach((event, index) =>
        Queue.offerUnsafe(subscriber, {
          run,
          sequence: first + index,
          epoch,
          monotonicMillis,
          event,
        }),
      );
    }
  }
}

/** How long nobody else takes a run over whose writer was there a moment ago. */
const freshMillis = 5_000;

/** Less than the time in which somebody who took it over would launch anything again. */
const longestMillis = 60_000;

const end = (subscriber: Subscriber, exit: Exit.Exit<void, JournalError>): void => {
  if (Exit.isSuccess(exit)) Queue.endUnsafe(subscriber);
  else Queue.failCauseUnsafe(subscriber, exit.cause);
};

const runAll = (effects: ReadonlyArray<() => void>): void => {
  for (let index = 0; index < effects.length; index++) effects[index]!();
};
