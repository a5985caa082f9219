/**
 * How much a token may ask of GitHub, shared by everything in this process that uses it.
 *
 * At most ten reads at once; changes one at a time and spaced; and a pause for
 * all when GitHub asks for one. The points of REST and of GraphQL are counted
 * apart (the primary limit), the limit on the rate of requests concerns both (the
 * secondary one). Who waits can be interrupted and has then taken nothing.
 */
import { monotonicMillis } from "@orchestrator/core/remote/time";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Semaphore from "effect/Semaphore";
import type { Budget, Resource } from "./internal/budget.ts";
import { Pause } from "./internal/Pause.ts";
import type { Limited } from "./internal/Trouble.ts";

export type { Resource };

/** What may be set other than it is meant to be. */
export interface Settings {
  /** Reads at once (default 10). */
  readonly mostReads?: number | undefined;
  /** From the start of one change to that of the next (default 1000). */
  readonly writeSpacingMillis?: number | undefined;
  /** Points of each budget that reads leave for changes (default 0). */
  readonly reserve?: number | undefined;
}

/** Why a request has to wait, and for how long. */
export interface Hindrance {
  readonly limit: "primary" | "secondary";
  readonly resource: Resource;
  readonly millis: number;
}

/** Waits for the end of a pause, or fails because it is too long. */
export type Patience<E> = (hindrance: Hindrance) => Effect.Effect<void, E>;

interface Known {
  readonly remaining: number;
  /** Monotonic milliseconds. */
  readonly resetsAt: number;
}

type Lane = "read" | "write";

/** Two answers speak of the same hour if they differ by less than clocks and networks do. */
const sameMillis = 10_000;
const marginMillis = 1_000;

/** The budget of one token: how many requests at once, and when the next may go. */
export class RateLimits {
  readonly #reads: Semaphore.Semaphore;
  readonly #writes = Semaphore.makeUnsafe(1);
  readonly #spacingMillis: number;
  readonly #reserve: number;
  readonly #known = new Map<Resource, Known>();
  readonly #primary = { rest: new Pause(), graphql: new Pause() };
  readonly #secondary = new Pause();
  #nextWriteAt = -Infinity;

  constructor({ mostReads = 10, reserve = 0, writeSpacingMillis = 1_000 }: Settings = {}) {
    this.#reads = Semaphore.makeUnsafe(mostReads);
    this.#spacingMillis = writeSpacingMillis;
    this.#reserve = reserve;
  }

  /** Asks when it may. */
  read<A, E, W>(
    resource: Resource,
    patience: Patience<W>,
    request: Effect.Effect<A, E>,
  ): Effect.Effect<A, E | W> {
    return this.#admitted("read", resource, patience, this.#reads.withPermit, request);
  }

  /** Changes when it may: after the change before it, and not right after. */
  write<A, E, W>(
    resource: Resource,
    patience: Patience<W>,
    request: Effect.Effect<A, E>,
  ): Effect.Effect<A, E | W> {
    const spaced = <B, F>(turn: Effect.Effect<B, F>) =>
      this.#writes.withPermit(Effect.andThen(this.#space, turn));
    const noted = Effect.andThen(this.#noteWrite, request);
    return this.#admitted("write", resource, patience, spaced, noted);
  }

  /** Takes in what an answer says of its budget. */
  learn(resource: Resource, { remaining, resetsInMillis }: Budget, now: number): void {
    const resetsAt = now + resetsInMillis + marginMillis;
    const before = this.#known.get(resource);
    const isSame = before !== undefined && Math.abs(before.resetsAt - resetsAt) < sameMillis;
    // Answers overtake each other; within an hour points only become fewer.
    this.#known.set(resource, {
      resetsAt,
      remaining: isSame ? Math.min(before.remaining, remaining) : remaining,
    });
  }

  /** GitHub refused what was asked at `askedAt`, a monotonic time: all wait. */
  refused(resource: Resource, { limit, waitMillis }: Limited, askedAt: number, now: number): void {
    const pause = limit === "primary" ? this.#primary[resource] : this.#secondary;
    pause.refused(askedAt, now, waitMillis);
    // What the refusal asks for goes before what its headers say of the points.
    if (limit === "primary") this.#known.delete(resource);
  }

  /** GitHub did not refuse what was asked at `askedAt`. */
  answered(resource: Resource, askedAt: number): void {
    this.#primary[resource].answered(askedAt);
    this.#secondary.answered(askedAt);
  }

  /** How long a request would have to wait now. */
  hindrance(lane: Lane, resource: Resource, now: number): Hindrance | undefined {
    const secondary = this.#secondary.until;
    if (now < secondary) return { limit: "secondary", resource, millis: secondary - now };
    const primary = Math.max(this.#primary[resource].until, this.#usedUpUntil(lane, resource));
    return now < primary ? { limit: "primary", resource, millis: primary - now } : undefined;
  }

  #usedUpUntil(lane: Lane, resource: Resource): number {
    const known = this.#known.get(resource);
    const reserve = lane === "read" ? this.#reserve : 0;
    return known === undefined || known.remaining > reserve ? -Infinity : known.resetsAt;
  }

  /** A place is not kept while waiting; so whether to wait is asked again with the place. */
  #admitted<A, E, W>(
    lane: Lane,
    resource: Resource,
    patience: Patience<W>,
    inTurn: <B, F>(turn: Effect.Effect<B, F>) => Effect.Effect<B, F>,
    request: Effect.Effect<A, E>,
  ): Effect.Effect<A, E | W> {
    const hindrance = Effect.map(monotonicMillis, (now) => this.hindrance(lane, resource, now));
    const turn = inTurn(
      Effect.flatMap(hindrance, (found) =>
        found === undefined ? Effect.asSome(request) : Effect.succeedNone,
      ),
    );
    return Effect.gen(function* () {
      for (;;) {
        const found = yield* hindrance;
        if (found !== undefined) {
          yield* patience(found);
          continue;
        }
        const done = yield* turn;
        if (Option.isSome(done)) return done.value;
      }
    });
  }

  readonly #space: Effect.Effect<void> = Effect.flatMap(monotonicMillis, (now) =>
    this.#nextWriteAt > now ? Effect.sleep(Math.ceil(this.#nextWriteAt - now)) : Effect.void,
  );

  readonly #noteWrite: Effect.Effect<void> = Effect.map(monotonicMillis, (now) => {
    this.#nextWriteAt = now + this.#spacingMillis;
  });
}

/** Limits of their own, shared with nobody. */
export const make = (settings?: Settings): RateLimits => new RateLimits(settings);

const shared = new Map<string, RateLimits>();

/** The limits of who is asked and as whom. */
export const of = (origin: string, identity: string): RateLimits => {
  const key = `${origin} ${identity}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  const made = make();
  shared.set(key, made);
  return made;
};
