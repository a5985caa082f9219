import { growInt32 } from "./grow.ts";
import type { Life } from "./Life.ts";

/**
 * The lives of tasks, each by the number of its task.
 *
 * Lists that stay: a map that is filled and emptied as long as a run goes on
 * leaves old tables behind, which only a full garbage collection finds.
 */
export class Lives {
  readonly #all: Array<Life> = [];
  /** Per task, one more than the place of its life; 0 for none. */
  #places = new Int32Array(64);

  get size(): number {
    return this.#all.length;
  }

  get(node: number): Life | undefined {
    const place = this.#places[node];
    return place === undefined || place === 0 ? undefined : this.#all[place - 1];
  }

  /** Takes in a life whose task has no other. */
  add(life: Life): void {
    this.#places = growInt32(this.#places, life.node + 1);
    this.#places[life.node] = this.#all.push(life);
  }

  /** The last one takes its place. */
  delete(life: Life): void {
    if (this.get(life.node) !== life) return;
    const place = this.#places[life.node]!;
    this.#places[life.node] = 0;
    const last = this.#all.pop()!;
    if (last === life) return;
    this.#all[place - 1] = last;
    this.#places[last.node] = place;
  }

  some(holds: (life: Life) => boolean): boolean {
    return this.#all.some(holds);
  }

  /** All of them, as they are now, in the order of their tasks: where they lie depends on who has ended. */
  [Symbol.iterator](): Iterator<Life> {
    return this.#all.toSorted((one, other) => one.node - other.node)[Symbol.iterator]();
  }
}
