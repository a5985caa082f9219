/**
 * How many requests the Codegen API takes, shared by everything in this process
 * that uses the same token.
 */
import { createHash } from "node:crypto";
import * as Redacted from "effect/Redacted";
import { Breaker } from "./internal/Breaker.ts";
import { Limiter } from "./internal/Limiter.ts";

/** The documented budgets of one token, and whether its service is up. */
export interface Budgets {
  /** 10 per minute. */
  readonly creates: Limiter;
  /** 60 per 30 seconds. */
  readonly reads: Limiter;
  /** 60 per minute. */
  readonly logs: Limiter;
  readonly breaker: Breaker;
}

/** The service counts when a request arrives, which is a little later than it was sent. */
const marginMillis = 1_000;

/** Budgets of their own, shared with nobody. */
export const make = (): Budgets => ({
  creates: new Limiter(10, 60_000 + marginMillis),
  reads: new Limiter(60, 30_000 + marginMillis),
  logs: new Limiter(60, 60_000 + marginMillis),
  breaker: new Breaker(),
});

const shared = new Map<string, Budgets>();

/** The budgets of a token at an address. */
export const of = (token: Redacted.Redacted, origin: string): Budgets => {
  const key = `${origin} ${createHash("sha256").update(Redacted.value(token)).digest("hex")}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  const made = make();
  shared.set(key, made);
  return made;
};
