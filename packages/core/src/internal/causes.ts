import type { Edge, Situated, Situation } from "../Situation.ts";
import type { Task, TaskId } from "../Task.ts";
import { cycles } from "./reportCycles.ts";
import { levels, link } from "./reportLinks.ts";
import { waits } from "./waits.ts";

/** Something that a task waits for, directly or not; the first one is the task itself. */
export interface Visited {
  readonly id: TaskId;
  /** Undefined for what is no task here. */
  readonly found: Situated | undefined;
  /** The number of the nearest that waits for it, and the edge from there; -1 for the task itself. */
  readonly by: number;
  readonly edge: Edge | undefined;
  readonly depth: number;
  readonly waits: ReadonlyArray<Edge>;
  /** The numbers of all that wait for it directly. */
  readonly waiting: Array<number>;
}

/** Everything that a task waits for, breadth first: each thing once, by its shortest way. */
export const visit = (situation: Situation, task: Situated): ReadonlyArray<Visited> => {
  const numbers = new Map<TaskId, number>();
  const visited: Array<Visited> = [];
  const see = (found: Situated | undefined, id: TaskId, by: number, edge: Edge | undefined) => {
    numbers.set(id, visited.length);
    const depth = by === -1 ? 0 : visited[by]!.depth + 1;
    const own = found === undefined ? [] : waits(found);
    visited.push({ id, found, by, edge, depth, waits: own, waiting: by === -1 ? [] : [by] });
  };
  see(task, task.task.id, -1, undefined);
  for (let number = 0; number < visited.length; number++) {
    for (const edge of visited[number]!.waits) {
      const known = numbers.get(edge.on);
      if (known !== undefined) visited[known]!.waiting.push(number);
      else see(situation.find(edge.on), edge.on, number, edge);
    }
  }
  return visited;
};

/** Where the causes begin: one thing that waits for nothing here, or several that wait for one another. */
export interface Origin {
  readonly number: number;
  /** The way around, its first task again at its end; undefined if it is no cycle. */
  readonly cycle: ReadonlyArray<TaskId> | undefined;
}

/** Everything that what was visited comes down to, the nearest first. */
export const origins = (visited: ReadonlyArray<Visited>): ReadonlyArray<Origin> => {
  const ends = visited.flatMap((one, number): ReadonlyArray<Origin> => {
    if (one.waits.length === 0) return [{ number, cycle: undefined }];
    const isOnItself = one.waits.some(({ on }) => on === one.id);
    return isOnItself ? [{ number, cycle: [one.id, one.id] }] : [];
  });
  const links = link(visited.map(asTask));
  const circles = cycles(links, levels(links)).map((members): Origin => {
    const nearest = members.indexOf(members.reduce((a, b) => Math.min(a, b)));
    const around = [...members.slice(nearest), ...members.slice(0, nearest)];
    const cycle = [...around, around[0]!].map((member) => visited[member]!.id);
    return { number: around[0]!, cycle };
  });
  return [...ends, ...circles].toSorted((a, b) => a.number - b.number);
};

const asTask = ({ id, waits: own }: Visited): Task => ({
  id,
  dependsOn: own.map(({ on }) => on),
});

/** Something that is shown, and how many on the way to it from what is shown above are not. */
export interface Shown {
  readonly number: number;
  /** The number of the nearest above that is shown; 0 is the task itself. */
  readonly under: number;
  readonly between: number;
}

/**
 * At most `limit` of what was visited, as a tree in the order in which it is read:
 * half of them what is nearest to the task, the others the way up from the origins.
 */
export const choose = (
  visited: ReadonlyArray<Visited>,
  ends: ReadonlyArray<number>,
  limit: number,
): ReadonlyArray<Shown> => {
  const chosen = selected(visited, ends, limit);
  const under = new Int32Array(visited.length);
  const between = new Int32Array(visited.length);
  const below = new Map<number, Array<number>>();
  for (let number = 1; number < visited.length; number++) {
    const { by } = visited[number]!;
    const isNext = by === 0 || chosen.has(by);
    under[number] = isNext ? by : under[by]!;
    between[number] = isNext ? 0 : between[by]! + 1;
    if (!chosen.has(number)) continue;
    const others = below.get(under[number]!);
    if (others === undefined) below.set(under[number]!, [number]);
    else others.push(number);
  }
  const shown: Array<Shown> = [];
  const open = (below.get(0) ?? []).toReversed();
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    shown.push({ number, under: under[number]!, between: between[number]! });
    open.push(...(below.get(number) ?? []).toReversed());
  }
  return shown;
};

const selected = (
  visited: ReadonlyArray<Visited>,
  ends: ReadonlyArray<number>,
  limit: number,
): ReadonlySet<number> => {
  const shown = new Set<number>();
  const most = Math.min(limit, visited.length - 1);
  const show = (number: number) => {
    if (shown.size < most && number > 0) shown.add(number);
  };
  for (let number = 1; number <= Math.ceil(most / 2); number++) show(number);
  for (let ways = ends; shown.size < most && ways.length > 0;) {
    ways.forEach(show);
    ways = ways.map((number) => visited[number]!.by).filter((number) => number > 0);
  }
  for (let number = 1; shown.size < most; number++) show(number);
  return shown;
};
