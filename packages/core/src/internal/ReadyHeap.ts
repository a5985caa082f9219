const arity = 4;

/**
 * Ready tasks in the order they should start: higher `first`, then higher
 * `second`, then earlier offered. Nodes and keys lie in parallel arrays, so
 * that a hundred thousand waiting tasks are four arrays and no objects.
 */
export class ReadyHeap {
  readonly #nodes: Array<number> = [];
  readonly #first: Array<number> = [];
  readonly #second: Array<number> = [];
  readonly #offered: Array<number> = [];

  get size(): number {
    return this.#nodes.length;
  }

  /** The node that goes next; the heap must not be empty. */
  get top(): number {
    return this.#nodes[0]!;
  }

  push(node: number, first: number, second: number, offered: number): void {
    this.#nodes.push(node);
    this.#first.push(first);
    this.#second.push(second);
    this.#offered.push(offered);
    this.#up(this.#nodes.length - 1);
  }

  /** Takes the node that goes next; the heap must not be empty. */
  pop(): number {
    const node = this.#nodes[0]!;
    const last = this.#nodes.length - 1;
    this.#swap(0, last);
    this.#nodes.pop();
    this.#first.pop();
    this.#second.pop();
    this.#offered.pop();
    this.#down();
    return node;
  }

  /** Whether the top of this heap goes before the top of another; neither may be empty. */
  precedes(other: ReadyHeap): boolean {
    const byFirst = this.#first[0]! - other.#first[0]!;
    if (byFirst !== 0) return byFirst > 0;
    const bySecond = this.#second[0]! - other.#second[0]!;
    if (bySecond !== 0) return bySecond > 0;
    return this.#offered[0]! < other.#offered[0]!;
  }

  /** The first key of the top; the heap must not be empty. */
  get topFirst(): number {
    return this.#first[0]!;
  }

  #before(a: number, b: number): boolean {
    if (this.#first[a] !== this.#first[b]) return this.#first[a]! > this.#first[b]!;
    if (this.#second[a] !== this.#second[b]) return this.#second[a]! > this.#second[b]!;
    return this.#offered[a]! < this.#offered[b]!;
  }

  #up(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = ((index - 1) / arity) | 0;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #down(): void {
    let index = 0;
    for (;;) {
      let best = index;
      const firstChild = index * arity + 1;
      const end = Math.min(firstChild + arity, this.#nodes.length);
      for (let child = firstChild; child < end; child++) {
        if (this.#before(child, best)) best = child;
      }
      if (best === index) return;
      this.#swap(index, best);
      index = best;
    }
  }

  #swap(a: number, b: number): void {
    swap(this.#nodes, a, b);
    swap(this.#first, a, b);
    swap(this.#second, a, b);
    swap(this.#offered, a, b);
  }
}

const swap = (array: Array<number>, a: number, b: number): void => {
  const value = array[a]!;
  array[a] = array[b]!;
  array[b] = value;
};
