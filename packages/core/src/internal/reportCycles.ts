import { type Links, never } from "./reportLinks.ts";

/**
 * How many edges the search for shorter cycles may follow, all components
 * together. It is exact as long as tasks times edges of the components with
 * cycles stay below it: some 2,000 tasks with an edge each.
 */
const searchLimit = 4_000_000;

/** One component of tasks that all depend on each other, in the order of tasks. */
type Component = ReadonlyArray<number>;

/**
 * One cycle for every strongly connected component, in the order of tasks:
 * each task depends on the next, the last on the first.
 *
 * It is a shortest one of its component; of components beyond `searchLimit`, a
 * shortest one through those of its tasks, in order, that the search came to, the first in any case.
 */
export const cycles = (links: Links, level: Int32Array): ReadonlyArray<ReadonlyArray<number>> => {
  const component = new Int32Array(links.tasks.length).fill(-1);
  const found = components(links, level);
  found.forEach((tasks, number) => {
    for (const task of tasks) component[task] = number;
  });
  const search = new Search(links, component);
  return found.map((tasks) => search.shortest(tasks));
};

/** The strongly connected components of more than one task: Tarjan's algorithm with stacks of its own. */
const components = (links: Links, level: Int32Array): ReadonlyArray<Component> => {
  const size = links.tasks.length;
  const found: Array<Component> = [];
  const visited = new Int32Array(size);
  const low = new Int32Array(size);
  const cursor = new Int32Array(size);
  const isOpen = new Uint8Array(size);
  const path: Array<number> = [];
  const open: Array<number> = [];
  let count = 0;

  const enter = (task: number) => {
    visited[task] = low[task] = ++count;
    cursor[task] = links.firstIn[task]!;
    isOpen[task] = 1;
    path.push(task);
    open.push(task);
  };
  const leave = (task: number) => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[task]!);
    if (low[task] !== visited[task]) return;
    const members = open.splice(open.lastIndexOf(task));
    for (const member of members) isOpen[member] = 0;
    if (members.length > 1) found.push(members.toSorted((a, b) => a - b));
  };

  for (let root = 0; root < size; root++) {
    if (level[root] !== never || visited[root] !== 0) continue;
    enter(root);
    for (let task = path.at(-1); task !== undefined; task = path.at(-1)) {
      if (cursor[task] === links.firstIn[task + 1]) {
        leave(task);
        continue;
      }
      const dependency = links.from[cursor[task]!++]!;
      if (level[dependency] !== never) continue;
      if (visited[dependency] === 0) enter(dependency);
      else if (isOpen[dependency] === 1) low[task] = Math.min(low[task]!, visited[dependency]!);
    }
  }
  return found.toSorted((a, b) => a[0]! - b[0]!);
};

/** Breadth-first searches that share their arrays. */
class Search {
  readonly #links: Links;
  readonly #component: Int32Array;
  readonly #queue: Int32Array;
  /** Per task: the start of the search that saw it last, from where it was seen, and how far that was. */
  readonly #seenFrom: Int32Array;
  readonly #parent: Int32Array;
  readonly #depth: Int32Array;
  #left = searchLimit;

  constructor(links: Links, component: Int32Array) {
    const size = links.tasks.length;
    this.#links = links;
    this.#component = component;
    this.#queue = new Int32Array(size);
    this.#seenFrom = new Int32Array(size).fill(-1);
    this.#parent = new Int32Array(size);
    this.#depth = new Int32Array(size);
  }

  shortest(tasks: Component): ReadonlyArray<number> {
    let best: ReadonlyArray<number> = [];
    for (const start of tasks) {
      if (best.length === 2 || (best.length > 0 && this.#left <= 0)) break;
      best = this.#through(start, best.length || Infinity) ?? best;
    }
    const first = best.indexOf(best.reduce((a, b) => Math.min(a, b)));
    return [...best.slice(first), ...best.slice(0, first)];
  }

  /** A shortest cycle through a task, if it has fewer than `limit` tasks. */
  #through(start: number, limit: number): ReadonlyArray<number> | undefined {
    let filled = 0;
    const see = (task: number, parent: number, depth: number) => {
      this.#seenFrom[task] = start;
      this.#parent[task] = parent;
      this.#depth[task] = depth;
      this.#queue[filled++] = task;
    };
    see(start, -1, 1);
    for (let taken = 0; taken < filled; taken++) {
      const task = this.#queue[taken]!;
      const depth = this.#depth[task]!;
      if (depth >= limit) return undefined;
      for (let edge = this.#links.firstIn[task]!; edge < this.#links.firstIn[task + 1]!; edge++) {
        const dependency = this.#links.from[edge]!;
        this.#left--;
        if (dependency === start) return this.#pathTo(task);
        if (this.#component[dependency] !== this.#component[start]) continue;
        if (this.#seenFrom[dependency] !== start) see(dependency, task, depth + 1);
      }
    }
    return undefined;
  }

  #pathTo(task: number): ReadonlyArray<number> {
    const path: Array<number> = [];
    for (let at = task; at !== -1; at = this.#parent[at]!) path.push(at);
    return path.reverse();
  }
}
