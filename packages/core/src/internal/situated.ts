import type { RunState } from "../RunState.ts";
import type { Edge, Occupant, Situation } from "../Situation.ts";
import { type Dependency, dependencies, type Task, type TaskId } from "../Task.ts";

/** Looks tasks up, each with what is known of it beside its state. */
export const situated =
  (
    state: RunState,
    edgesOf: (task: Task) => ReadonlyArray<Edge>,
    blockedOf: (id: TaskId) => string | undefined,
  ): Situation["find"] =>
  (id) => {
    const found = state.get(id);
    if (found === undefined) return undefined;
    return { ...found, edges: edgesOf(found.task), blocked: blockedOf(id) };
  };

/** The dependencies of a task; stated twice, the first statement counts. */
export const stated = (task: Task): ReadonlyArray<Dependency> => {
  const first = new Map<TaskId, Dependency>();
  for (const one of dependencies(task)) if (!first.has(one.task)) first.set(one.task, one);
  return [...first.values()];
};

/** What a task takes, or what is left of that. */
export const occupant = (
  { claims = [], id, resources = {} }: Task,
  keeps: "everything" | "claims" | "nothing",
): Occupant => ({
  task: id,
  hasSlot: keeps === "everything",
  resources: keeps === "everything" ? resources : {},
  claims: keeps === "nothing" ? [] : claims,
});

/** Makes something when it is first asked for. */
export const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined;
  return () => (made ??= { value: make() }).value;
};
