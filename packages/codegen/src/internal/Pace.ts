const minuteMillis = 60_000;
/** The service counts when a request arrives, which is a little later than it was sent. */
const marginMillis = 1_000;
/** A refusal makes requests at most so much rarer: it may have had other reasons. */
const steepest = 2;
/** A rate that was refused, and had not grown since the last refusal, is too high by at least so much. */
const excess = 1.1;
/** Requests become no rarer than this many times the usual distance, whatever is refused: others may use the token, too. */
const rarest = 4;
/** So long after a refusal more is tried again, twice as long after each refusal that follows from that. */
const firstQuietMillis = 600_000;
const longestQuietMillis = 3_600_000;
/** Then the rate grows each minute by this part of the usual one. */
const growth = 0.1;

/**
 * How far apart requests are, once a service has refused some.
 *
 * What was let through in the minute before a refusal is what is asked for in
 * each minute after it, spread evenly: who spends an allowance at once sees
 * nothing until it is renewed.
 */
export class Pace {
  readonly #usualGap: number;
  /** When requests of the last minute began, oldest first. */
  readonly #latest: Array<number> = [];
  /** Milliseconds between two requests; 0 while nothing was refused. */
  #gap = 0;
  /** The distance that was not refused before the rate grew; 0 if it did not grow since the last refusal. */
  #proven = 0;
  #quiet = firstQuietMillis;
  #growsAt = Infinity;

  /** `usualGap` is the mean distance of requests that the documented budget allows, in milliseconds. */
  constructor(usualGap: number) {
    this.#usualGap = usualGap;
  }

  /** When the next request may begin. */
  freeAt(now: number): number {
    this.#grow(now);
    return this.#gap === 0 ? -Infinity : (this.#latest.at(-1) ?? -Infinity) + this.#gap;
  }

  began(now: number): void {
    this.#forget(now);
    this.#latest.push(now);
  }

  refused(now: number): void {
    this.#forget(now);
    const isFirst = this.#gap === 0;
    // The latest is the one that was refused.
    const allowed = (minuteMillis + marginMillis) / Math.max(this.#latest.length - 1, 1);
    const least = isFirst ? this.#usualGap : this.#proven || this.#gap * excess;
    const most = Math.min((this.#gap || this.#usualGap) * steepest, this.#usualGap * rarest);
    this.#gap = Math.min(Math.max(allowed, least), most);
    this.#proven = 0;
    if (!isFirst) this.#quiet = Math.min(this.#quiet * 2, longestQuietMillis);
    this.#growsAt = now + this.#quiet;
  }

  #grow(now: number): void {
    if (now < this.#growsAt) return;
    this.#growsAt = now + minuteMillis;
    this.#proven ||= this.#gap;
    this.#gap = 1 / (1 / this.#gap + growth / this.#usualGap);
    if (this.#gap <= this.#usualGap) this.#end();
  }

  /** The service allows what is documented after all. */
  #end(): void {
    [this.#gap, this.#proven] = [0, 0];
    [this.#quiet, this.#growsAt] = [firstQuietMillis, Infinity];
  }

  #forget(now: number): void {
    while ((this.#latest[0] ?? now) < now - minuteMillis) this.#latest.shift();
  }
}
