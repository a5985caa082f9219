import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import type { GitHubError } from "../../GitHubError.ts";
import type { Taken } from "./acquire.ts";
import { deleted, type LeaseLost, takenOver } from "./LeaseErrors.ts";
import type { Claim, LeaseRef } from "./LeaseRef.ts";
import * as Moment from "./Moment.ts";

/** Times of a lease, in milliseconds. */
export interface Times {
  /** How long after a claim was begun nobody else can have the lease. */
  readonly confirmed: number;
  /** From one renewal to the next. */
  readonly renewEvery: number;
  /** How soon a renewal that did not work is tried again. */
  readonly retryAfter: number;
  /** How long after it was sent a request is certainly dealt with. */
  readonly settled: number;
}

/** A lease that is ours until somebody else took it over. */
export class KeptLease {
  readonly #ref: LeaseRef;
  readonly #times: Times;
  readonly #onNote: (sentence: string) => Effect.Effect<void>;
  readonly #lost = Deferred.makeUnsafe<LeaseLost>();
  readonly #oneAtATime = Semaphore.makeUnsafe(1);
  #claim: Claim;
  #failure: { readonly error: GitHubError; readonly at: Moment.Moment } | undefined;
  #isTold = false;

  constructor(
    { claim, ref }: Taken,
    times: Times,
    onNote: (sentence: string) => Effect.Effect<void>,
  ) {
    this.#ref = ref;
    this.#claim = claim;
    this.#times = times;
    this.#onNote = onNote;
  }

  /** Ends when the lease is lost. */
  get lost(): Effect.Effect<LeaseLost> {
    return Deferred.await(this.#lost);
  }

  /** Renews it again and again until it is lost. */
  readonly keep: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    for (let wait = yield* this.#untilRenewal; ; wait = yield* this.#untilRenewal) {
      yield* Effect.sleep(wait);
      if (Deferred.isDoneUnsafe(this.#lost)) return;
      const renewed = yield* Effect.result(this.#oneAtATime.withPermit(this.#renew));
      if (renewed._tag === "Success") continue;
      if (renewed.failure._tag === "LeaseLost") return;
      yield* this.#tell(renewed.failure);
      yield* Effect.sleep(this.#times.retryAfter);
    }
  });

  /** Succeeds if nobody else can have the lease now; asks GitHub if that is not known. */
  readonly check: Effect.Effect<void, LeaseLost | GitHubError> = Effect.gen(
    { self: this },
    function* () {
      const asked = yield* Moment.now;
      if (yield* this.#isConfirmed) return;
      yield* this.#oneAtATime.withPermit(this.#confirm(asked));
    },
  );

  get #isConfirmed(): Effect.Effect<boolean, LeaseLost> {
    return Effect.gen({ self: this }, function* () {
      if (Deferred.isDoneUnsafe(this.#lost)) return yield* yield* this.lost;
      return Moment.elapsed(this.#claim.at, yield* Moment.now) < this.#times.confirmed;
    });
  }

  /** Of those who wait for their turn only the first asks GitHub. */
  #confirm(asked: Moment.Moment): Effect.Effect<void, LeaseLost | GitHubError> {
    return Effect.gen({ self: this }, function* () {
      if (yield* this.#isConfirmed) return;
      const failure = this.#failure;
      if (failure !== undefined && failure.at.monotonic > asked.monotonic) {
        return yield* failure.error;
      }
      yield* this.#renew;
    });
  }

  readonly #renew: Effect.Effect<void, LeaseLost | GitHubError> = Effect.gen(
    { self: this },
    function* () {
      const { record, sha, writtenAt } = this.#claim;
      const { epoch, since = writtenAt } = record;
      const placed = yield* this.#ref.put({ sha, epoch, since });
      switch (placed._tag) {
        case "Ours": {
          const isOld = placed.claim === this.#claim;
          this.#claim = placed.claim;
          if (isOld && placed.refusal !== undefined) return yield* placed.refusal;
          this.#isTold = false;
          return;
        }
        case "Theirs":
          return yield* this.#isTaken(placed.sha);
        case "Nothing":
          // Where the ref is can be said for certain only by a refusal to move it.
          if (placed.refusal?._tag !== "Invalid") return yield* placed.refusal!;
          return yield* this.#isLost(deleted(this.#ref.repository, this.#ref.name));
      }
    },
  ).pipe(Effect.tapError((error) => this.#noteFailure(error)));

  #noteFailure(error: LeaseLost | GitHubError): Effect.Effect<void> {
    if (error._tag === "LeaseLost") return Effect.void;
    return Effect.map(Moment.now, (at) => void (this.#failure = { error, at }));
  }

  #isTaken(sha: string): Effect.Effect<never, LeaseLost> {
    const unknown = { record: undefined, writtenAt: Number.NaN };
    const found = Effect.orElseSucceed(this.#ref.read(sha), () => unknown);
    return Effect.flatMap(found, (by) =>
      this.#isLost(takenOver(this.#ref.repository, this.#ref.name, by)),
    );
  }

  #isLost(error: LeaseLost): Effect.Effect<never, LeaseLost> {
    return Effect.andThen(Deferred.succeed(this.#lost, error), Effect.fail(error));
  }

  get #untilRenewal(): Effect.Effect<number> {
    return Effect.map(Moment.now, (now) =>
      Math.max(0, this.#times.renewEvery - Moment.elapsed(this.#claim.at, now)),
    );
  }

  /** One note for each time that renewals do not work. */
  #tell(error: GitHubError): Effect.Effect<void> {
    if (this.#isTold) return Effect.void;
    this.#isTold = true;
    return this.#onNote(
      `The lease of ${this.#ref.repository} could not be renewed, and is tried again; when it has run out, launches wait. ${error.message}`,
    );
  }
}
