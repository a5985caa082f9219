/** When somebody worked on a run, told by its events: one session for every process. */
export class Sessions {
  readonly #past: Array<readonly [from: number, to: number]> = [];
  #from: number | undefined = undefined;
  /** The latest time at which the process certainly worked. */
  #last = 0;

  /** A process began, or took the run over from one that may have died without a word. */
  begin(at: number): void {
    if (this.#from !== undefined) this.#past.push([this.#from, this.#last]);
    this.#from = at;
    this.#last = at;
  }

  seen(at: number): void {
    if (at > this.#last) this.#last = at;
  }

  end(at: number): void {
    if (this.#from !== undefined) this.#past.push([this.#from, Math.max(at, this.#last)]);
    this.#from = undefined;
  }

  /** The latest time at which somebody certainly worked on it. */
  get last(): number {
    return this.#last;
  }

  /** Milliseconds of work after a moment; of a process that works, up to `now`. */
  millis(since = -Infinity, now = this.#last): number {
    let sum = this.#from === undefined ? 0 : overlap(this.#from, Math.max(now, this.#last), since);
    for (const [from, to] of this.#past) sum += overlap(from, to, since);
    return sum;
  }
}

const overlap = (from: number, to: number, since: number): number =>
  Math.max(0, to - Math.max(from, since));
