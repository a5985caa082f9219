import type { JournalEntry } from "../Journal.ts";
import type { RunEvent } from "../RunEvent.ts";

/** The events of one run in memory, and who may add to them. */
export class MemoryRun {
  readonly #run: string;
  readonly #events: Array<RunEvent> = [];
  /** Per append, how many events there were before it, its writer and its time. */
  readonly #firsts: Array<number> = [];
  readonly #epochs: Array<number> = [];
  readonly #times: Array<number> = [];
  #epoch = 0;
  #isHeld = false;

  constructor(run: string) {
    this.#run = run;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get last(): number {
    return this.#events.length;
  }

  /** Begins the time of a new writer, unless there is one. */
  take(): boolean {
    if (this.#isHeld) return false;
    this.#isHeld = true;
    this.#epoch++;
    return true;
  }

  leave(): void {
    this.#isHeld = false;
  }

  isHeldBy(epoch: number): boolean {
    return this.#isHeld && this.#epoch === epoch;
  }

  append(events: ReadonlyArray<RunEvent>, monotonicMillis: number): void {
    this.#firsts.push(this.#events.length);
    this.#epochs.push(this.#epoch);
    this.#times.push(monotonicMillis);
    for (const event of events) this.#events.push(event);
  }

  /** The entries that exist now, from a sequence number on. */
  entries(from: number): ReadonlyArray<JournalEntry> {
    const found: Array<JournalEntry> = [];
    const first = Math.max(from, 1) - 1;
    let append = this.#appendOf(first);
    for (let index = first; index < this.#events.length; index++) {
      if (this.#firsts[append + 1] === index) append++;
      found.push({
        run: this.#run,
        sequence: index + 1,
        epoch: this.#epochs[append]!,
        monotonicMillis: this.#times[append]!,
        event: this.#events[index]!,
      });
    }
    return found;
  }

  /** Which append an event came with. */
  #appendOf(index: number): number {
    let [low, high] = [0, this.#firsts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#firsts[middle]! <= index) low = middle;
      else high = middle;
    }
    return low;
  }
}
