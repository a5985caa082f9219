import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Schedule from "effect/Schedule";
import type { GitHubError } from "../../GitHubError.ts";
import { held, type LeaseHeld } from "./LeaseErrors.ts";
import type { Holder } from "./LeaseRecord.ts";
import type { Claim, LeaseRef, Parent, Placed } from "./LeaseRef.ts";

/** A lease that was taken, and where. */
export interface Taken {
  readonly ref: LeaseRef;
  readonly claim: Claim;
}

export interface Terms {
  /** Whether a holder certainly works no more, so that its lease need not run out. */
  readonly isGone: (holder: Holder) => Effect.Effect<boolean>;
  /** Told what is waited for. */
  readonly onNote: (sentence: string) => Effect.Effect<void>;
}

type Refs = ReadonlyArray<LeaseRef>;

/**
 * Takes the lease at the first of the refs that GitHub allows.
 *
 * Fails with `LeaseHeld` while another has it. Who sees that two have it at
 * different refs gives its own back and looks again: the last to look sees both.
 */
export const acquire = (
  refs: Refs,
  terms: Terms,
): Effect.Effect<Taken, LeaseHeld | GitHubError> => {
  const again = Effect.gen(function* () {
    for (;;) {
      const taken = yield* turn(refs, terms);
      if (taken !== undefined) return taken;
      yield* pause;
    }
  });
  return Effect.retry(again, { while: mayPass, schedule: patience });
};

/** One look, and what follows from it; undefined if it has to be looked again. */
const turn = Effect.fnUntraced(function* (refs: Refs, terms: Terms) {
  for (const ref of refs) {
    const look = yield* ref.look();
    if (look._tag === "Ours") return yield* alone(refs, ref, look.claim);
    if (look._tag === "Theirs") return yield* contend(refs, ref, look.sha, terms);
  }
  return yield* create(refs);
});

const create = Effect.fnUntraced(function* (refs: Refs) {
  let refusal: GitHubError | undefined;
  for (const ref of refs) {
    const placed = yield* first(ref);
    if (placed._tag !== "Nothing") return yield* follow(refs, ref, placed);
    refusal = placed.refusal;
    // A look that comes from a copy that lags behind must not lead to a second lease elsewhere.
    if (/already exists/i.test(refusal?.message ?? "")) return undefined;
    // Only what GitHub finds wrong with the name itself is another matter at another name.
    if (refusal?._tag !== "Invalid") break;
  }
  return yield* refusal!;
});

/** GitHub now and then fails to create a ref that it creates a moment later, with the same words. */
const first = Effect.fnUntraced(function* (ref: LeaseRef) {
  const placed = yield* ref.put(undefined);
  return placed._tag === "Nothing" && placed.refusal?._tag === "Invalid"
    ? yield* ref.put(undefined)
    : placed;
});

const contend = Effect.fnUntraced(function* (
  refs: Refs,
  ref: LeaseRef,
  sha: string,
  { isGone, onNote }: Terms,
) {
  const found = yield* ref.read(sha);
  const { record, writtenAt } = found;
  if (record === undefined) return yield* held(ref.repository, ref.name, found);
  const parent: Parent = { sha, epoch: record.epoch + 1, since: undefined };
  if (!(yield* isGone(record.holder))) {
    // A claim has GitHub's time, by the same clock as the one that is there.
    const { writtenAt: now } = yield* ref.write(parent);
    if (now < writtenAt + record.seconds * 1000)
      return yield* held(ref.repository, ref.name, found, now);
    yield* onNote(waiting(ref.repository, record.seconds));
    yield* Effect.sleep(Duration.seconds(record.seconds));
    const look = yield* ref.look();
    if (look._tag !== "Theirs" || look.sha !== sha) return undefined;
  }
  return yield* follow(refs, ref, yield* ref.put(parent));
});

/** What is there after a try to take the lease. */
const follow = (refs: Refs, ref: LeaseRef, placed: Placed) => {
  if (placed._tag === "Ours") return alone(refs, ref, placed.claim);
  return Effect.undefined;
};

/** Looks whether somebody took the lease at another of the refs meanwhile. */
const alone = Effect.fnUntraced(function* (refs: Refs, ref: LeaseRef, claim: Claim) {
  for (const other of refs) {
    if (other === ref) continue;
    const look = yield* other.look();
    if (look._tag === "Nothing") continue;
    yield* ref.remove();
    return undefined;
  }
  return { ref, claim };
});

/** Two that see each other do not go on in step. */
const pause = Effect.flatMap(Random.nextBetween(500, 2_000), (millis) => Effect.sleep(millis));

const mayPass = ({ _tag }: LeaseHeld | GitHubError): boolean =>
  _tag === "Unavailable" || _tag === "RateLimited" || _tag === "Malformed";

const patience = Schedule.upTo(Schedule.exponential("1 second"), { times: 5 });

const waiting = (repository: string, seconds: number): string =>
  `The lease of ${repository} has run out without being given back; in ${seconds} s, if nobody renews it, it is taken over.`;
