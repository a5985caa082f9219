/** What waits to be seen to, in its order. Taking some costs what is taken, however much stands behind it. */
export class Backlog<A> {
  #items: Array<A> = [];
  /** How many of them, the first ones, are taken. */
  #taken = 0;

  get isEmpty(): boolean {
    return this.#taken === this.#items.length;
  }

  /** As `push(...items)`, for more items than a call takes arguments. */
  add(items: ReadonlyArray<A>): void {
    for (const item of items) this.#items.push(item);
  }

  /** The next items, at most `count`; they are no longer here. */
  take(count: number): ReadonlyArray<A> {
    const items = this.#items.slice(this.#taken, this.#taken + count);
    this.#taken += items.length;
    // Moving up what is left, only ever the smaller half, costs no more than taking it did.
    if (this.#taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return items;
  }
}
