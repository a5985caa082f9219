/** So many of the latest ends are remembered: what runs take changes with the tasks. */
const most = 200;
/** From fewer ends nothing is concluded. */
const enough = 10;
/** The likelihood is that of an end within this part of the longest lifetime. */
const part = 0.1;
/** One that is alone on its page is still looked at every few seconds, however unlikely its end. */
const least = 0.1;

/** How long agent runs lived, and so how likely it is that one ends soon. */
export class Lifetimes {
  readonly #latest: Array<number> = [];
  #sorted: ReadonlyArray<number> = [];

  ended(millis: number): void {
    this.#latest.push(millis);
    if (this.#latest.length > most) this.#latest.shift();
    this.#sorted = this.#latest.toSorted((a, b) => a - b);
  }

  /** The share that ended soon after this age of those that reached it. */
  likelihood(age: number): number {
    const count = this.#sorted.length;
    if (count < enough) return 1;
    const soon = age + part * (this.#sorted[count - 1] ?? 0);
    const [from, to] = [this.#below(age), this.#below(soon)];
    return Math.max(least, (to - from + 1) / (count - from + 2));
  }

  /** How many lived shorter than this. */
  #below(millis: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? Infinity) < millis) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
