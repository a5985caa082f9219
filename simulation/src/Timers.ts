/** Something that happens at a moment of virtual time. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** What is to happen, the earliest first; a binary heap. */
export class Timers {
  readonly #heap: Array<Timer> = [];
  #order = 0;

  /** When the next one is due; infinity if there is none. */
  get next(): number {
    while (this.#heap.length > 0 && this.#heap[0]!.run === undefined) this.#pop();
    return this.#heap[0]?.at ?? Infinity;
  }

  add(at: number, run: () => void): () => void {
    const timer: Timer = { at, order: this.#order++, run };
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    return () => {
      timer.run = undefined;
    };
  }

  /** Takes the next one out. */
  take(): () => void {
    for (;;) {
      const { run } = this.#pop();
      if (run !== undefined) return run;
    }
  }

  #pop(): Timer {
    const [first] = this.#heap;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down();
    }
    return first!;
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index]!, heap[parent]!)) return;
      [heap[index], heap[parent]] = [heap[parent]!, heap[index]!];
      index = parent;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let index = 0; ;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === index) return;
      [heap[index], heap[least]] = [heap[least]!, heap[index]!];
      index = least;
    }
  }
}

const isBefore = (a: Timer, b: Timer): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at);
