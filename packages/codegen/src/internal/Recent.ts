/**
 * Agent runs that were launched a short while ago, for certain.
 *
 * A listing that lacks one of them lags, and proves nothing about any other.
 * One that stays hidden for longer is no lag, and is not waited for.
 */
export class Recent {
  readonly #settleMillis: number;
  /** When each was answered, in milliseconds of monotonic time, oldest first. */
  readonly #answered = new Map<string, number>();

  constructor(settleSeconds: number) {
    this.#settleMillis = settleSeconds * 1000;
  }

  answered(id: string, now: number): void {
    this.#answered.set(id, now);
  }

  /** One that a listing which began at `began` should show and does not. */
  missingFrom(ids: ReadonlySet<string>, began: number): string | undefined {
    for (const [id, at] of this.#answered) {
      if (began - at > this.#settleMillis) this.#answered.delete(id);
      else if (at <= began && !ids.has(id)) return id;
    }
    return undefined;
  }
}
