/**
 * Keeps a second orchestrator away from a repository: whoever holds the lease may launch agents.
 *
 * The lease is a ref (`refs/orchestrator/lease`) that points at a commit which
 * says who holds it. GitHub itself decides between two who want it.
 */
import { Agent } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { GitRefs } from "./internal/git/GitRefs.ts";
import { acquire } from "./internal/lease/acquire.ts";
import { giveBack } from "./internal/lease/giveBack.ts";
import { KeptLease, type Times } from "./internal/lease/KeptLease.ts";
import type { LeaseHeld, LeaseLost } from "./internal/lease/LeaseErrors.ts";
import type { Holder } from "./internal/lease/LeaseRecord.ts";
import { LeaseRef } from "./internal/lease/LeaseRef.ts";
import { prepared } from "./internal/prepared.ts";
import { putOff } from "./internal/putOff.ts";

export { LeaseHeld, LeaseLost } from "./internal/lease/LeaseErrors.ts";
export type { Holder };

/** Who wants which repository for itself. */
export interface Options {
  /** `owner/repo`. */
  readonly repository: string;
  readonly holder: Holder;
  /**
   * How long the lease lasts if it is not renewed, and so how long a crashed holder keeps others
   * away (default 120). Under a minute it may run out while one answer is waited for.
   */
  readonly seconds?: number | undefined;
  /** From one renewal to the next; a renewal is two changes on GitHub (default: half of `seconds`). */
  readonly renewEverySeconds?: number | undefined;
  /** How long a launch waits for a lease that cannot be renewed just now (default 60). */
  readonly patienceSeconds?: number | undefined;
  /**
   * Whether the holder of another lease certainly works no more, so that it can be taken over at
   * once (default: never; a lease that was not given back has to run out and stay so as long again).
   */
  readonly isGone?: ((holder: Holder) => Effect.Effect<boolean>) | undefined;
  /** Told, in a sentence, what is waited for and what does not work. */
  readonly onNote?: ((sentence: string) => Effect.Effect<void>) | undefined;
  /** Other orchestrators by what they left elsewhere, each as a clause; asked where the token may not hold a lease. */
  readonly foreignMarkers?: Effect.Effect<ReadonlyArray<string>, GitHubError> | undefined;
}

/** The right to launch. */
export interface Lease {
  /** False where the token may not hold a lease: nothing keeps others away then. */
  readonly isHeld: boolean;
  /** Succeeds if nobody else can hold the lease now; usually without a request. */
  readonly check: Effect.Effect<void, LeaseLost | GitHubError>;
  /**
   * The same agent, which launches only while the lease is held.
   *
   * A launch is `Exhausted` if the token is refused, and nothing is launched any more in this run;
   * and, with a time, if the lease is lost or GitHub does not answer, so that nobody knows: then
   * the task goes on waiting, in the end for whoever resumes the run.
   */
  readonly guard: (agent: Agent.Agent) => Agent.Agent;
  /** Ends when another orchestrator has taken the lease over, or somebody deleted it. */
  readonly lost: Effect.Effect<LeaseLost>;
}

/** Outside of the branches if GitHub allows it: a ref there is in nobody's way. */
const places = ["orchestrator/lease", "heads/orchestrator-lease"];

const silent = () => Effect.void;
const never = () => Effect.succeed(false);

/**
 * Takes the lease of a repository and keeps it until the scope closes.
 *
 * Fails with `LeaseHeld` while another orchestrator has it. A token that may not
 * write refs gets a lease that keeps nobody away; what it lacks is told.
 */
export const make: (
  client: GitHubClient,
  options: Options,
) => Effect.Effect<Lease, LeaseHeld | GitHubError, Scope.Scope> = Effect.fn("Lease.make")(
  function* (client, options) {
    const { holder, isGone = never, onNote = silent, repository, seconds = 120 } = options;
    const times = timesOf(seconds, options.renewEverySeconds);
    const refs = places.map(
      (place) => new LeaseRef(new GitRefs(client, repository), place, holder, seconds),
    );
    yield* Effect.addFinalizer(() => giveBack(refs, times, onNote));
    const taken = yield* Effect.result(acquire(refs, { isGone, onNote }));
    if (taken._tag === "Failure") return yield* without(options, taken.failure);
    const kept = new KeptLease(taken.success, times, onNote);
    yield* Effect.forkScoped(kept.keep);
    return leaseOf(kept, options);
  },
);

/** A tenth is left for clocks that do not run alike. */
const timesOf = (seconds: number, renewEverySeconds = seconds / 2): Times => ({
  confirmed: seconds * 900,
  renewEvery: renewEverySeconds * 1000,
  retryAfter: Math.min(5_000, seconds * 50),
  settled: seconds * 300,
});

const leaseOf = (kept: KeptLease, { patienceSeconds = 60 }: Options): Lease => ({
  isHeld: true,
  check: kept.check,
  guard: (agent) =>
    prepared(agent, {
      name: "Lease.launch",
      patienceSeconds,
      prepare: (request) => Effect.as(confirmed(kept.check, patienceSeconds), request),
    }),
  lost: kept.lost,
});

/** Asks again while there is patience: a moment without GitHub need not be told. */
const confirmed = (check: Lease["check"], patienceSeconds: number) => {
  let message = "GitHub does not answer";
  const asked = Effect.tapError(check, (error) =>
    Effect.sync(() => void (message = error.message)),
  );
  return asked.pipe(
    Effect.retry({
      while: ({ _tag }) => !isLasting(_tag),
      schedule: Schedule.spaced("5 seconds"),
    }),
    Effect.timeoutOrElse({
      duration: Duration.seconds(patienceSeconds),
      orElse: () => putOff(unsure(message)),
    }),
    Effect.catch((error) => {
      if (error._tag === "LaunchError") return Effect.fail(error);
      if (error._tag === "LeaseLost") return putOff(error.message);
      return Effect.fail(new Agent.LaunchError({ reason: "Exhausted", message: error.message }));
    }),
  );
};

const isLasting = (tag: string): boolean => tag === "LeaseLost" || tag === "Unauthorized";

const unsure = (why: string): string =>
  `nobody knows whether the lease of the repository is still held: ${why}`;

/** A refusal that no patience ends makes the run one without a lease; everything else ends it. */
const without = Effect.fnUntraced(function* (
  { foreignMarkers, onNote = silent, repository }: Options,
  error: LeaseHeld | GitHubError,
) {
  if (!isRefusal(error)) return yield* error;
  yield* onNote(
    `There is no lease on ${repository}, so nothing keeps a second orchestrator away from it. ${error.message}`,
  );
  if (foreignMarkers !== undefined) yield* tellOthers(repository, foreignMarkers, onNote);
  const lease: Lease = {
    isHeld: false,
    check: Effect.void,
    guard: (agent) => agent,
    lost: Effect.never,
  };
  return lease;
});

const isRefusal = ({ _tag }: LeaseHeld | GitHubError): boolean =>
  _tag === "Forbidden" || _tag === "NotFound" || _tag === "Invalid" || _tag === "Conflict";

const tellOthers = Effect.fnUntraced(function* (
  repository: string,
  foreignMarkers: Effect.Effect<ReadonlyArray<string>, GitHubError>,
  onNote: (sentence: string) => Effect.Effect<void>,
) {
  const markers = yield* Effect.result(foreignMarkers);
  if (markers._tag === "Failure") {
    const why = markers.failure.message;
    return yield* onNote(
      `Whether another orchestrator left marks in ${repository} is not known. ${why}`,
    );
  }
  for (const marker of markers.success) {
    yield* onNote(`Another orchestrator may be at work on ${repository}: ${marker}.`);
  }
});
