/**
 * The rules by which effects on the world are repeated, by their class.
 *
 * - Set a state (cancel, a label): may be repeated freely.
 * - Compare and set (a merge): may be repeated, because its precondition is
 *   part of it; it finds out by itself that it was done before.
 * - Create, findable (an agent run, a comment): tried once. Without a clear
 *   answer it is looked for, and counts as absent only when a complete listing
 *   that began late enough does not show it.
 * - Create, not findable: tried once. Without a clear answer a person decides.
 */
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";

/** How long a creation may stay unanswered, and how long one may take to show up, where nobody says otherwise. */
export const usualDeadlineSeconds = 60;
export const usualSettleSeconds = 120;

/** Sets a state, again and again until it is confirmed, or refused, or the deadline has passed. */
export const setState = <E, Late>(
  effect: Effect.Effect<void, E>,
  options: {
    readonly deadline: Duration.Duration;
    readonly late: () => Late;
    /** Whether trying again cannot help (default: it can). */
    readonly isRefused?: (error: E) => boolean;
  },
): Effect.Effect<void, E | Late> =>
  Effect.suspend(() => {
    let last: E | undefined;
    const remembered = Effect.tapError(effect, (error) => Effect.sync(() => void (last = error)));
    const mayPass = (error: E): boolean => options.isRefused?.(error) !== true;
    const again = Effect.retry(remembered, { schedule: soonAgain, while: mayPass });
    return Effect.timeoutOrElse(again, {
      duration: options.deadline,
      orElse: () => Effect.fail(last ?? options.late()),
    });
  });

/** Compares and sets, again where the other side did not do its part. */
export const compareAndSet = <A, E>(
  effect: Effect.Effect<A, E>,
  again: Schedule.Schedule<unknown>,
  isUnavailable: (error: E) => boolean,
): Effect.Effect<A, E> => Effect.retry(effect, { schedule: again, while: isUnavailable });

/** Something that was asked for once, whose answer was lost. */
export interface Creation<Ref, E> {
  /** Everything with its key, from a complete listing. */
  readonly find: Effect.Effect<ReadonlyArray<Ref>, E>;
  /**
   * Whether the listing shows something that certainly exists: one that does
   * not cannot prove absence. `undefined` from it means that this may only be
   * too new to be shown; no control means that nothing is known to exist.
   */
  readonly control: () => Effect.Effect<boolean | undefined, E> | undefined;
  /**
   * The moment after which a listing that begins shows everything: the last
   * possible send, the deadline of a request and the time it takes to appear.
   * In milliseconds of monotonic time.
   */
  readonly settledAt: number;
  /** When it is no longer looked for, in milliseconds of monotonic time. */
  readonly until: number;
  /** Milliseconds of monotonic time now. */
  readonly now: () => number;
}

/** What became of it. */
export type Reconciled<Ref> =
  | { readonly _tag: "Found"; readonly refs: readonly [Ref, ...ReadonlyArray<Ref>] }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unproven"; readonly why: string };

const firstWait = 1_000;
const longestWait = 15_000;

/** Looks for something until it is found, or certain that it does not exist, or nobody can tell. */
export const reconcile = Effect.fnUntraced(function* <Ref, E extends { readonly message: string }>(
  creation: Creation<Ref, E>,
) {
  const { now, settledAt, until } = creation;
  for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
    const began = now();
    const listed = yield* Effect.result(creation.find);
    if (listed._tag === "Success") {
      const [first, ...others] = listed.success;
      if (first !== undefined) return { _tag: "Found", refs: [first, ...others] } as const;
      const ended = began > settledAt ? yield* conclude(creation) : undefined;
      if (ended !== undefined) return ended;
    }
    if (now() >= until) return unproven(listed._tag === "Failure" ? listed.failure : undefined);
    yield* Effect.sleep(Math.max(1, Math.min(wait, waitFor(began, settledAt, now()))));
  }
});

/** Nothing longer than until the decisive listing may begin. */
const waitFor = (began: number, settledAt: number, now: number): number =>
  began > settledAt ? longestWait : settledAt - now + 1;

/** What a decisive listing without it says; undefined if the control could not be looked at. */
const conclude = Effect.fnUntraced(function* <Ref, E>(creation: Creation<Ref, E>) {
  const control = creation.control();
  if (control === undefined) {
    return {
      _tag: "Unproven",
      why: "nothing has shown yet that what is created there can be found again",
    } as const;
  }
  const shown = yield* Effect.result(control);
  if (shown._tag === "Failure" || shown.success === undefined) return undefined;
  return shown.success
    ? ({ _tag: "Absent" } as const)
    : ({
        _tag: "Unproven",
        why: "the listing does not even show what certainly was created",
      } as const);
});

const unproven = (error: { readonly message: string } | undefined) =>
  ({
    _tag: "Unproven",
    why: error === undefined ? "no listing was decisive" : `the listing fails: ${error.message}`,
  }) as const;

const soonAgain = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("5 seconds")]);
