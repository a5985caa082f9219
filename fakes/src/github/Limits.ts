import type { Clock } from "../shared/Clock.ts";
import { RateLimit } from "../shared/RateLimit.ts";
import type { Reply } from "../shared/Service.ts";
import { contentWords, say, secondaryWords } from "./refusals.ts";
import type { Token } from "./world/Access.ts";

export type Resource = "core" | "graphql";

/** How the service says that there are no points left. A 403 and a 429 are seen on REST, the others on GraphQL. */
export type PrimaryForm = "RATE_LIMIT" | "RATE_LIMITED" | "status";

/** How it says that there was too much at once. */
export type SecondaryForm = "status" | "graphql" | "submitted-too-quickly";

/** What a token may use; `null` lifts a limit. */
export interface Limits {
  /** REST points an hour. */
  readonly core?: number | null;
  /** GraphQL points an hour. */
  readonly graphql?: number | null;
  /** REST points a minute. */
  readonly corePerMinute?: number | null;
  /** GraphQL points a minute. */
  readonly graphqlPerMinute?: number | null;
  /** Things that people are told of, created within a minute and within an hour. */
  readonly contentPerMinute?: number | null;
  readonly contentPerHour?: number | null;
  /** Requests at once. */
  readonly concurrent?: number | null;
  /** The status of a refusal on REST, and on GraphQL where its form is `status`. */
  readonly status?: 403 | 429;
  /** Seconds in the `Retry-After` of a secondary refusal, `null` to leave it out. */
  readonly retryAfter?: number | null;
  readonly primaryForm?: PrimaryForm;
  readonly secondaryForm?: SecondaryForm;
}

const documented = {
  corePerMinute: 900,
  graphqlPerMinute: 2000,
  contentPerMinute: 80,
  contentPerHour: 500,
  concurrent: 100,
  status: 403,
  retryAfter: 60,
  primaryForm: "RATE_LIMIT",
  secondaryForm: "status",
} as const;

const hour = 3_600_000;

/** Which limit was hit, as a fault names it. */
export const refusals = ["primary", "secondary", "content"] as const;
export type Refusal = (typeof refusals)[number];

/** What a request weighs: points of the hour, points of the minute, and whether it creates content. */
export interface Weighed {
  readonly points: number;
  readonly weight: number;
  readonly isContent: boolean;
}

type Windowed = "corePerMinute" | "graphqlPerMinute" | "contentPerMinute" | "contentPerHour";

interface Bucket {
  used: number;
  /** Milliseconds since 1970. */
  reset: number;
}

/** What is left of somebody's points. */
export interface Standing {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
  readonly resource: Resource;
}

/** Keeps the limits of everybody. */
export class Limiter {
  #limits: Limits;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  readonly #minutes: RateLimit;
  /** Points taken, by resource, over all tokens. */
  readonly points = { core: 0, graphql: 0 };
  /** Points taken, by endpoint or operation name. */
  readonly costs: Record<string, number> = {};
  /** Answers with 304, which cost nothing. */
  notModified = 0;
  #answered = 0;
  inFlight = 0;
  highWater = 0;
  refused = 0;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#minutes = new RateLimit(clock, "sliding");
  }

  /** The id of an answer, by which the service's support finds it. */
  nextRequestId(): string {
    this.#answered += 1;
    return `FA4E:${this.#answered.toString(16).toUpperCase().padStart(4, "0")}:1:2:3`;
  }

  /** Changes limits while the fake runs. */
  set(limits: Limits): void {
    this.#limits = { ...this.#limits, ...limits };
  }

  /** Leaves a token no points until the hour is over. */
  exhaust(token: Token, resource: Resource): void {
    const bucket = this.#bucket(token, resource);
    bucket.used = this.#limit(token, resource);
  }

  arrive(): void {
    this.inFlight += 1;
    this.highWater = Math.max(this.highWater, this.inFlight);
  }

  leave(): void {
    this.inFlight -= 1;
  }

  standing(token: Token, resource: Resource): Standing {
    const limit = this.#limit(token, resource);
    const { used, reset } = this.#bucket(token, resource);
    const remaining = Math.max(0, limit - used);
    return { limit, used, remaining, reset: Math.ceil(reset / 1000), resource };
  }

  /** Why a request may not pass. The points of the hour are not taken yet. */
  refusal(token: Token, resource: Resource, weighed: Weighed): Reply | null {
    const refusal = this.#judge(token, resource, weighed);
    if (refusal === null) return null;
    this.refused += 1;
    return this.say(refusal, token, resource);
  }

  /** Takes points; what was answered with 304 costs none. */
  take(token: Token, resource: Resource, endpoint: string, points: number): void {
    this.#bucket(token, resource).used += points;
    this.points[resource] += points;
    this.costs[endpoint] = (this.costs[endpoint] ?? 0) + points;
  }

  /** A refusal in the form that was chosen. */
  say(refusal: Refusal, token: Token, resource: Resource): Reply {
    const isPrimary = refusal === "primary";
    const { remaining, ...standing } = this.standing(token, resource);
    const headers = headersOf({ ...standing, remaining: isPrimary ? 0 : remaining });
    const retryAfter = this.#chosen("retryAfter");
    const after = isPrimary || retryAfter === null ? {} : { "retry-after": String(retryAfter) };
    return { ...this.#form(refusal, token, resource), headers: { ...headers, ...after } };
  }

  #form(refusal: Refusal, token: Token, resource: Resource): { status: number; body: unknown } {
    const status = this.#chosen("status") as number;
    const message =
      refusal === "primary"
        ? primaryWords(token)
        : refusal === "content"
          ? contentWords
          : secondaryWords;
    const form = this.#chosen(refusal === "primary" ? "primaryForm" : "secondaryForm");
    if (resource === "core" || form === "status") return { status, body: say(status, message) };
    if (form === "submitted-too-quickly") return tooQuickly;
    const type = refusal === "primary" ? (form as string) : "RATE_LIMIT";
    const code = refusal === "primary" ? "graphql_rate_limit" : "graphql_secondary_rate_limit";
    return { status: 200, body: { errors: [{ type, code, message }] } };
  }

  #judge(token: Token, resource: Resource, weighed: Weighed): Refusal | null {
    const { points, weight, isContent } = weighed;
    const { remaining } = this.standing(token, resource);
    if (remaining < points) return "primary";
    const concurrent = this.#chosen("concurrent") as number | null;
    if (concurrent !== null && this.inFlight > concurrent) return "secondary";
    const name = resource === "core" ? "corePerMinute" : "graphqlPerMinute";
    if (!this.#take(token, name, 60, weight)) return "secondary";
    if (!isContent) return null;
    const isFree = this.#take(token, "contentPerMinute", 60, 1);
    return isFree && this.#take(token, "contentPerHour", 3600, 1) ? null : "content";
  }

  #take(token: Token, name: Windowed, seconds: number, weight: number): boolean {
    const count = this.#chosen(name) as number | null;
    if (count === null) return true;
    for (let point = 0; point < weight; point++) {
      const wait = this.#minutes.take(`${name} ${holderOf(token)}`, { count, seconds });
      if (wait !== null) return false;
    }
    return true;
  }

  #chosen(name: keyof typeof documented): unknown {
    const chosen = this.#limits[name];
    return chosen === undefined ? documented[name] : chosen;
  }

  /** An hour begins with the first request. */
  #bucket(token: Token, resource: Resource): Bucket {
    const key = `${resource} ${holderOf(token)}`;
    const known = this.#buckets.get(key);
    const now = this.#clock.now();
    if (known !== undefined && now < known.reset) return known;
    const bucket = { used: 0, reset: now + hour };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #limit(token: Token, resource: Resource): number {
    const chosen = this.#limits[resource];
    if (chosen !== undefined) return chosen ?? Number.MAX_SAFE_INTEGER;
    if (token.kind === "anonymous") return 60;
    return token.kind === "actions" ? 1000 : 5000;
  }
}

/** The points are a user's, whichever token is used; a workflow's are its repository's. */
const holderOf = ({ user, owner, repos, token }: Token): string => {
  const holder = user ?? owner ?? [...(repos ?? [])][0];
  return holder === undefined ? token : String(holder.id);
};

export const headersOf = (standing: Standing): Readonly<Record<string, string>> => ({
  "x-ratelimit-limit": String(standing.limit),
  "x-ratelimit-remaining": String(standing.remaining),
  "x-ratelimit-used": String(standing.used),
  "x-ratelimit-reset": String(standing.reset),
  "x-ratelimit-resource": standing.resource,
});

const primaryWords = ({ user, kind }: Token): string =>
  user === null
    ? `API rate limit exceeded for installation.`
    : `API rate limit ${kind === "classic" ? "" : "already "}exceeded for user ID ${user.id}.`;

const tooQuickly = {
  status: 200,
  body: { data: null, errors: [{ type: "UNPROCESSABLE", message: "was submitted too quickly" }] },
};
