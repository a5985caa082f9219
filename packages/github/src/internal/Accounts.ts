import { type Counts, counts, type Ledger, type Remaining, type Statement } from "../Ledger.ts";
import type { Budget, Resource } from "./budget.ts";

/** What one request adds to the ledger; what is absent adds nothing. */
export interface Entry {
  readonly requests?: number;
  readonly unchanged?: number;
  readonly repeated?: number;
  readonly rest?: number;
  readonly graphql?: number;
}

const nothing: Counts = { requests: 0, unchanged: 0, repeated: 0, rest: 0, graphql: 0 };

/** The ledger of a client, as it is written. */
export class Accounts implements Ledger {
  readonly #operations = new Map<string, Counts>();
  readonly #remaining = new Map<Resource, Remaining>();
  #waitedMillis = 0;
  #waiting = 0;
  #waitingSince = 0;

  add(operation: string, entry: Entry): void {
    const before = this.#operations.get(operation) ?? nothing;
    this.#operations.set(operation, counts(before, { ...nothing, ...entry }));
  }

  note(resource: Resource, { limit, remaining, resetsInMillis }: Budget, nowMillis: number): void {
    const resetsAt = nowMillis + resetsInMillis;
    this.#remaining.set(resource, { resource, limit, remaining, resetsAt });
  }

  /** Somebody begins to wait; several who wait at once wait once. */
  waits(nowMillis: number): void {
    if (this.#waiting++ === 0) this.#waitingSince = nowMillis;
  }

  waited(nowMillis: number): void {
    if (--this.#waiting === 0) this.#waitedMillis += nowMillis - this.#waitingSince;
  }

  readonly statement = (): Statement => {
    const operations = [...this.#operations].map(([operation, totals]) => ({
      operation,
      ...totals,
    }));
    return {
      ...operations.reduce<Counts>((before, one) => counts(before, one), nothing),
      waitedMillis: this.#waitedMillis,
      operations,
      remaining: [...this.#remaining.values()],
    };
  };
}
