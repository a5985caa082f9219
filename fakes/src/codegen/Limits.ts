import type { Clock } from "../shared/Clock.ts";
import { type Quota, RateLimit, type WindowKind } from "../shared/RateLimit.ts";

/** Requests that are counted together. */
export type RequestClass = "creates" | "reads" | "logs" | "writes";

/** What a token may do; `null` lifts a limit. */
export interface Limits {
  readonly creates?: Quota | null;
  readonly reads?: Quota | null;
  readonly logs?: Quota | null;
  readonly writes?: Quota | null;
  /** Which window the service uses is not documented; the sliding one is the stricter. */
  readonly window?: WindowKind;
  /** Whether a 429 says when to come back, which is not documented either. */
  readonly retryAfter?: boolean;
}

/** The documented figures; for resume and ban none is given, so the standard one is taken. */
const documented: Readonly<Record<RequestClass, Quota>> = {
  creates: { count: 10, seconds: 60 },
  reads: { count: 60, seconds: 30 },
  logs: { count: 60, seconds: 60 },
  writes: { count: 60, seconds: 30 },
};

const classes: Readonly<Record<string, RequestClass>> = {
  create: "creates",
  resume: "writes",
  ban: "writes",
  logs: "logs",
};

export const classOf = (endpoint: string): RequestClass => classes[endpoint] ?? "reads";

/** Keeps the limits of every token. */
export class Limiter {
  readonly #limits: Limits;
  readonly #taken: RateLimit;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#taken = new RateLimit(clock, limits.window ?? "sliding");
  }

  /** `null` when the request may pass, else the headers of the refusal. */
  take(token: string, kind: RequestClass): Readonly<Record<string, string>> | null {
    const chosen = this.#limits[kind];
    if (chosen === null) return null;
    const wait = this.#taken.take(`${kind} ${token}`, chosen ?? documented[kind]);
    if (wait === null) return null;
    return this.#limits.retryAfter === true ? { "retry-after": String(Math.ceil(wait)) } : {};
  }
}
