/**
 * Which issues cannot run, and why: for reasons of their own, or because they wait for one that cannot.
 *
 * Issues are numbered. Linear in issues and edges, without recursion.
 */

/** What stands still, by the number of the issue. */
export interface Standstill {
  readonly isBlocked: (issue: number) => boolean;
  /** The issue that holds this one up, on a shortest way to one with a reason of its own. */
  readonly via: (issue: number) => number | undefined;
  /** How many steps it is to that one; 0: it is the one. */
  readonly distance: (issue: number) => number;
  /** The issue whose own reason it is. */
  readonly root: (issue: number) => number;
}

const none = -1;

/** Follows `waitsFor` backwards from the issues that cannot run by themselves. */
export const spread = (
  waitsFor: ReadonlyArray<ReadonlyArray<number>>,
  cannotRun: (issue: number) => boolean,
): Standstill => {
  const size = waitsFor.length;
  const via = new Int32Array(size).fill(none);
  const root = new Int32Array(size).fill(none);
  const distance = new Int32Array(size);
  const dependents = turn(waitsFor);
  const queue: Array<number> = [];
  for (let issue = 0; issue < size; issue++) {
    if (!cannotRun(issue)) continue;
    root[issue] = issue;
    queue.push(issue);
  }
  for (const issue of queue) {
    for (const dependent of dependents[issue]!) {
      if (root[dependent] !== none) continue;
      via[dependent] = issue;
      root[dependent] = root[issue]!;
      distance[dependent] = distance[issue]! + 1;
      queue.push(dependent);
    }
  }
  return {
    isBlocked: (issue) => root[issue] !== none,
    via: (issue) => (via[issue] === none ? undefined : via[issue]),
    distance: (issue) => distance[issue]!,
    root: (issue) => root[issue]!,
  };
};

const turn = (
  waitsFor: ReadonlyArray<ReadonlyArray<number>>,
): ReadonlyArray<ReadonlyArray<number>> => {
  const dependents: ReadonlyArray<Array<number>> = waitsFor.map(() => []);
  waitsFor.forEach((dependencies, issue) => {
    for (const dependency of dependencies) dependents[dependency]!.push(issue);
  });
  return dependents;
};
