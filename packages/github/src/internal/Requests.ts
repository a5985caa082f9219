import { monotonicMillis } from "@orchestrator/core/remote/time";
import type { Octokit } from "@octokit/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { Authentication } from "./Authentication.ts";
import { type GitHubError, RateLimited } from "../GitHubError.ts";
import type { RateLimits, Resource } from "../RateLimits.ts";
import type { Accounts, Entry } from "./Accounts.ts";
import { budgetOf } from "./budget.ts";
import type { Answer } from "./exchange.ts";
import { refusal } from "./refusal.ts";
import type { Call, Transport } from "./Transport.ts";
import { final, type Limited, ofTransport, type Trouble } from "./Trouble.ts";
import type { Waiting } from "./Waiting.ts";

/** A request with its name in the ledger. */
export interface Request extends Call {
  readonly operation: string;
  readonly permission?: string | undefined;
  readonly resource: Resource;
  /** Called when the request leaves. */
  readonly leaving?: (() => void) | undefined;
}

/** Makes of an answer what was asked for; fails with what may help. */
export type Reader<A> = (answer: Answer) => Effect.Effect<A, Trouble>;

const mostTries = 5;
const firstBackOffMillis = 500;
const longestBackOffMillis = 60_000;

/** Sends requests within the limits of their token, and teaches the limits and the ledger what the answers say. */
export class Requests {
  readonly #transport: Transport;
  readonly #auth: Authentication;
  readonly #limits: RateLimits;
  readonly #waiting: Waiting;
  readonly #accounts: Accounts;

  constructor(
    transport: Transport,
    auth: Authentication,
    limits: RateLimits,
    waiting: Waiting,
    accounts: Accounts,
  ) {
    this.#transport = transport;
    this.#auth = auth;
    this.#limits = limits;
    this.#waiting = waiting;
    this.#accounts = accounts;
  }

  /** Asks, and asks again while that may help. */
  read<A>(request: Request, reader: Reader<A>): Effect.Effect<A, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const patience = this.#waiting.begin(request.what);
      const once = Effect.result(this.#once(request, reader));
      let isRenewed = false;
      for (let tries = 1; ;) {
        const result = yield* this.#limits.read(request.resource, patience, once);
        if (result._tag === "Success") return result.success;
        const trouble = result.failure;
        if (trouble._tag === "Passing" && tries < mostTries) {
          yield* this.#backOff(tries++, trouble.waitMillis);
        } else if (isExpired(trouble) && this.#auth.isRenewable && !isRenewed) {
          isRenewed = true;
        } else if (trouble._tag !== "Limited") {
          return yield* trouble.error;
        }
        yield* this.#count(request, { repeated: 1 });
      }
    });
  }

  /** Changes something; sent once. */
  write<A>(request: Request, reader: Reader<A>): Effect.Effect<A, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const patience = this.#waiting.begin(request.what);
      const once = Effect.result(this.#once(request, reader));
      const result = yield* this.#limits.write(request.resource, patience, once);
      if (result._tag === "Success") return result.success;
      const trouble = result.failure;
      if (trouble._tag !== "Limited") return yield* trouble.error;
      return yield* this.#refused(request, trouble);
    });
  }

  /** The token is that of the moment: it may have ended while the request waited. */
  #once<A>(request: Request, reader: Reader<A>): Effect.Effect<A, Trouble> {
    return Effect.gen({ self: this }, function* () {
      const octokit = yield* Effect.mapError(this.#auth.octokit, final);
      const askedAt = yield* monotonicMillis;
      return yield* this.#asked(octokit, request, reader).pipe(
        Effect.tap(() => this.#answered(request, askedAt)),
        Effect.tapError((trouble) => this.#learn(request, trouble, askedAt)),
        Effect.tapError((trouble) => this.#renewed(octokit, trouble)),
      );
    });
  }

  #renewed(octokit: Octokit, trouble: Trouble): Effect.Effect<void> {
    return isExpired(trouble) ? Effect.sync(() => this.#auth.forget(octokit)) : Effect.void;
  }

  #asked<A>(octokit: Octokit, request: Request, reader: Reader<A>): Effect.Effect<A, Trouble> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#count(request, { requests: 1 });
      request.leaving?.();
      const sent = this.#transport.send(octokit, request);
      const answer = yield* Effect.mapError(sent, ofTransport);
      yield* this.#count(request, { requests: answer.requests - 1 });
      yield* this.#budget(request, answer);
      const read = Effect.suspend(() => this.#read(request, answer, reader));
      return yield* Effect.tapError(read, (trouble) => this.#charge(request, trouble));
    });
  }

  #read<A>(request: Request, answer: Answer, reader: Reader<A>): Effect.Effect<A, Trouble> {
    const { status } = answer;
    if (status === 304 || (status >= 200 && status < 300)) return reader(answer);
    const line = (text: string) => this.#transport.words.line(text);
    return Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.fail(refusal({ ...request, line }, answer, now)),
    );
  }

  #count({ operation }: Request, entry: Entry): Effect.Effect<void> {
    return Effect.sync(() => this.#accounts.add(operation, entry));
  }

  /** An error costs a point, unless it is the refusal of a request that came too soon. */
  #charge(request: Request, trouble: Trouble): Effect.Effect<void> {
    return trouble._tag === "Limited"
      ? Effect.void
      : this.#count(request, request.resource === "rest" ? { rest: 1 } : { graphql: 1 });
  }

  #budget({ resource }: Request, { headers }: Answer): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis;
      const budget = budgetOf(headers, resource, now);
      if (budget === undefined) return;
      this.#accounts.note(resource, budget, now);
      this.#limits.learn(resource, budget, yield* monotonicMillis);
    });
  }

  #answered({ resource }: Request, askedAt: number): Effect.Effect<void> {
    return Effect.sync(() => this.#limits.answered(resource, askedAt));
  }

  #learn(request: Request, trouble: Trouble, askedAt: number): Effect.Effect<void> {
    if (trouble._tag === "Final") return this.#answered(request, askedAt);
    if (trouble._tag === "Passing") return Effect.void;
    return Effect.map(monotonicMillis, (now) => {
      this.#limits.refused(request.resource, trouble, askedAt, now);
    });
  }

  #backOff(tries: number, waitMillis: number | undefined): Effect.Effect<void> {
    if (waitMillis !== undefined) return Effect.sleep(Math.min(waitMillis, longestBackOffMillis));
    return Effect.flatMap(Random.nextBetween(0.8, 1.2), (jitter) =>
      Effect.sleep(firstBackOffMillis * 2 ** (tries - 1) * jitter),
    );
  }

  #refused({ resource, what }: Request, { limit, status }: Limited) {
    return Effect.gen({ self: this }, function* () {
      const hindrance = this.#limits.hindrance("write", resource, yield* monotonicMillis);
      const until = (yield* Clock.currentTimeMillis) + (hindrance?.millis ?? 0);
      const message = `GitHub refused ${what} because of its ${limit} limit; nothing was done. Try again later.`;
      return yield* new RateLimited({ message, limit, until, status });
    });
  }
}

const isExpired = (trouble: Trouble): boolean =>
  trouble._tag === "Final" && trouble.error._tag === "Unauthorized";
