const firstMillis = 60_000;
const longestMillis = 900_000;
/** The least, where the service asks for less: one that refuses again meant more. */
const leastMillis = 1_000;
/** A service may mean "not before the second after". */
const marginMillis = 1_000;

/** A time in which nothing is asked, because the service asked for it. All times are monotonic milliseconds. */
export class Pause {
  #until = -Infinity;
  #refusals = 0;

  get until(): number {
    return this.#until;
  }

  /**
   * The service refused what was asked at `askedAt`. Each refusal makes the wait longer, if the
   * service does not ask for more itself; but several that were on their way together are one.
   */
  refused(askedAt: number, now: number, waitMillis: number | undefined): void {
    const isNews = askedAt >= this.#until;
    if (isNews) this.#refusals++;
    if (!isNews && waitMillis === undefined) return;
    const grown = (millis: number) => Math.min(millis * 2 ** (this.#refusals - 1), longestMillis);
    const wait =
      waitMillis === undefined ? grown(firstMillis) : Math.max(waitMillis, grown(leastMillis));
    this.#until = Math.max(this.#until, now + wait + marginMillis);
  }

  /** The service answered what was asked at `askedAt`. */
  answered(askedAt: number): void {
    if (askedAt >= this.#until) this.#refusals = 0;
  }
}
