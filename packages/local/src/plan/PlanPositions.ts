/** Remembers where a plan file states its tasks and dependencies, in a few numbers per task. */
import type { OutlinedDependency, OutlinedTask } from "./PlanOutline.ts";
import type { Position } from "./SourceText.ts";

/**
 * Where a task's id stands, or where it states that it depends on `dependency`.
 *
 * `occurrence` tells tasks with the same id apart, or dependencies on the same
 * task; 0 is the first. Undefined if the file states no such thing.
 */
export type Positions = (
  task: string,
  dependency?: string,
  occurrence?: number,
) => Position | undefined;

interface Stated {
  readonly id: string;
  readonly idOffset: number;
  readonly dependsOn: ReadonlyArray<OutlinedDependency>;
}

const index = (tasks: ReadonlyArray<Stated>): Map<string, Array<Stated>> => {
  const byId = new Map<string, Array<Stated>>();
  for (const task of tasks) {
    const same = byId.get(task.id);
    if (same === undefined) byId.set(task.id, [task]);
    else same.push(task);
  }
  return byId;
};

/** Builds the look-up; the index over ids is made when it is first asked. */
export const make = (
  tasks: ReadonlyArray<OutlinedTask>,
  dependenciesOf: (at: number) => ReadonlyArray<OutlinedDependency>,
  positionOf: (offset: number) => Position,
): Positions => {
  const stated = tasks.map((task) => ({
    id: task.id ?? "",
    idOffset: task.idOffset,
    dependsOn: dependenciesOf(task.index),
  }));
  let byId: Map<string, Array<Stated>> | undefined;
  const find = (id: string): ReadonlyArray<Stated> => {
    byId ??= index(stated);
    return byId.get(id) ?? [];
  };
  return (id, dependency, occurrence = 0) => {
    const offsets =
      dependency === undefined
        ? find(id).map(({ idOffset }) => idOffset)
        : find(id)
            .flatMap(({ dependsOn }) => dependsOn)
            .filter(({ task }) => task === dependency)
            .map(({ offset }) => offset);
    const offset = offsets[occurrence];
    return offset === undefined ? undefined : positionOf(offset);
  };
};
