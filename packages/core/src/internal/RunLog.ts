import type * as Cause from "effect/Cause";
import type * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import type { Journal, JournalEntry, JournalError } from "../Journal.ts";
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
  readonly state: RunState;
  readonly #journal: Journal["Service"];
  readonly #clock: Clock.Clock;
  readonly #subscribers = new Set<Subscriber>();
  #events: Array<RunEvent> = [];
  #effects: Array<() => void> = [];
  #written = 0;
  /** How the run ended, once it has. */
  #end: Exit.Exit<void, JournalError> | undefined = undefined;
  #now: number | undefined = undefined;

  constructor(run: string, journal: Journal["Service"], clock: Clock.Clock, state: RunState) {
    this.run = run;
    this.#journal = journal;
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
  }

  /** Does something to the world once everything recorded so far is durable. */
  afterwards(effect: () => void): void {
    this.#effects.push(effect);
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
    if (events.length === 0) return Effect.sync(() => runAll(effects));
    return Effect.map(this.#journal.append(this.run, events), () => {
      this.#publish(events);
      runAll(effects);
    });
  });

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

  #publish(events: ReadonlyArray<RunEvent>): void {
    const first = this.#written + 1;
    this.#written += events.length;
    for (const subscriber of this.#subscribers) {
      events.forEach((event, index) =>
        Queue.offerUnsafe(subscriber, { run: this.run, sequence: first + index, event }),
      );
    }
  }
}

const end = (subscriber: Subscriber, exit: Exit.Exit<void, JournalError>): void => {
  if (Exit.isSuccess(exit)) Queue.endUnsafe(subscriber);
  else Queue.failCauseUnsafe(subscriber, exit.cause);
};

const runAll = (effects: ReadonlyArray<() => void>): void => {
  for (const effect of effects) effect();
};
