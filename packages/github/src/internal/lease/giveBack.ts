import * as Effect from "effect/Effect";
import type { LeaseRef } from "./LeaseRef.ts";
import type { Times } from "./KeptLease.ts";
import * as Moment from "./Moment.ts";

/** A program that is told to end has no more time. */
const deadline = "2 seconds";

/**
 * Deletes what is ours of the refs; what cannot be deleted runs out.
 *
 * Deleting asks for no precondition. So a lease is given back only while nobody
 * else may take it over for long enough that the request has been dealt with.
 */
export const giveBack = (
  refs: ReadonlyArray<LeaseRef>,
  times: Times,
  onNote: (sentence: string) => Effect.Effect<void>,
): Effect.Effect<void> => {
  const tried = Effect.suspend(() =>
    Effect.forEach(
      refs.filter(({ isTried }) => isTried),
      (ref) => remove(ref, times),
      { discard: true },
    ),
  );
  return Effect.interruptible(tried).pipe(
    Effect.timeoutOrElse({ duration: deadline, orElse: () => Effect.fail(late) }),
    Effect.catch(({ message }) => onNote(left(refs, message))),
  );
};

const remove = Effect.fnUntraced(function* (ref: LeaseRef, { confirmed, settled }: Times) {
  const look = yield* ref.look();
  if (look._tag !== "Ours") return;
  const spent = Moment.elapsed(look.claim.at, yield* Moment.now);
  if (spent > confirmed - settled) return yield* Effect.fail(tooLate);
  yield* ref.remove();
});

const late = { message: `GitHub did not answer within ${deadline}.` };
const tooLate = { message: "It was not renewed for too long." };

const left = (refs: ReadonlyArray<LeaseRef>, why: string): string =>
  `The lease of ${refs[0]?.repository} was not given back and has to run out before another orchestrator begins. ${why}`;
