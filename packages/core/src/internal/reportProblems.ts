import type { Options } from "../GraphReport.ts";
import type { PlanProblem } from "../PlanProblem.ts";
import { dependencies, type Gate, gates, type Task } from "../Task.ts";
import { gateOf, type Links, never, sourceOf, target } from "./reportLinks.ts";
import { closest } from "../Suggest.ts";

/** Suggestions compare a name with every other, so only the first problems get one. */
const mostSuggestions = 20;

/** Everything wrong with linked tasks: errors before warnings, each kind in the order of tasks. */
export const problems = (
  links: Links,
  level: Int32Array,
  cycles: ReadonlyArray<ReadonlyArray<number>>,
  options: Options & { readonly defaultGate: Gate },
): ReadonlyArray<PlanProblem> => {
  const suggest = suggester();
  return [
    ...cycles.map((cycle) => cycleOf(links, cycle)),
    ...references(links, suggest),
    ...Array.from(
      links.copies,
      ([task, count]) => ({ _tag: "DuplicateTask", task, count }) as const,
    ),
    ...unreachableGates(links, options),
    ...links.tasks.flatMap(severalStacks),
    ...links.tasks.flatMap((task) => needs(task, options, suggest)),
    ...repetitions(links),
    ...links.tasks.flatMap((task) => idleStacks(task, options.defaultGate)),
    ...isolated(links),
    ...neverRuns(links, level, cycles),
  ];
};

type Suggest = (name: string, known: Iterable<string>) => { readonly suggestion?: string };

/** Suggestions for the first names that are asked for. */
export const suggester = (): Suggest => {
  let left = mostSuggestions;
  return (name, known) => {
    const suggestion = left-- > 0 ? closest(name, known) : undefined;
    return suggestion === undefined ? {} : { suggestion };
  };
};

const cycleOf = ({ tasks }: Links, cycle: ReadonlyArray<number>): PlanProblem => ({
  _tag: "Cycle",
  path: [...cycle, cycle[0]!].map((number) => tasks[number]!.id),
});

const references = (links: Links, suggest: Suggest): ReadonlyArray<PlanProblem> => {
  const found: Array<PlanProblem> = [];
  for (const { kind, task: number, stated } of links.loose) {
    const task = links.tasks[number]!.id;
    const dependency = target(stated);
    if (kind === "self") found.push({ _tag: "SelfDependency", task });
    if (kind !== "missing") continue;
    const known = suggest(dependency, links.numbers.keys());
    found.push({ _tag: "MissingDependency", task, dependency, ...known, ...sourceOf(stated) });
  }
  return found;
};

/** Reaching a gate reaches those before it, so only the last available one matters. */
const unreachableGates = (
  links: Links,
  options: Options & { readonly defaultGate: Gate },
): ReadonlyArray<PlanProblem> => {
  const available = options.gates;
  if (available === undefined) return [];
  const last = Math.max(-1, ...available.map((gate) => gates.indexOf(gate)));
  const found: Array<PlanProblem> = [];
  links.tasks.forEach((task, number) => {
    for (let edge = links.firstIn[number]!; edge < links.firstIn[number + 1]!; edge++) {
      const stated = links.stated[edge]!;
      const gate = gateOf(stated, options.defaultGate);
      if (gates.indexOf(gate) <= last) continue;
      const dependency = target(stated);
      found.push({ _tag: "UnreachableGate", task: task.id, dependency, gate, available });
    }
  });
  return found;
};

/** An agent begins at one change only. */
export const severalStacks = (task: Task): ReadonlyArray<PlanProblem> => {
  const stacked = dependencies(task).filter(({ stack }) => stack === true);
  const names = [...new Set(stacked.map((one) => one.task))];
  return names.length < 2 ? [] : [{ _tag: "SeveralStacks", task: task.id, dependencies: names }];
};

const idleStacks = (task: Task, defaultGate: Gate): ReadonlyArray<PlanProblem> =>
  dependencies(task).flatMap(({ stack, task: dependency, until = defaultGate }) =>
    stack === true && until === "merged"
      ? [{ _tag: "StackWithoutEffect", task: task.id, dependency } as const]
      : [],
  );

/** What a task asks for that does not exist or is too little. */
export const needs = (
  task: Task,
  options: Options,
  suggest: Suggest,
): ReadonlyArray<PlanProblem> => {
  const found: Array<PlanProblem> = [];
  const { id, agent } = task;
  const { agents, resources } = options;
  if (agent !== undefined && agents !== undefined && !agents.includes(agent)) {
    const known = suggest(agent, agents);
    found.push({ _tag: "UnknownAgent", task: id, agent, known: agents, ...known });
  }
  for (const message of options.check?.(task) ?? []) {
    found.push({ _tag: "Unsuited", task: id, message });
  }
  if (resources === undefined || task.resources === undefined) return found;
  for (const [resource, needed] of Object.entries(task.resources)) {
    if (!Object.hasOwn(resources, resource)) {
      const known = Object.keys(resources);
      const like = suggest(resource, known);
      found.push({ _tag: "UnknownResource", task: id, resource, known, ...like });
    } else if (needed > resources[resource]!) {
      const capacity = resources[resource]!;
      found.push({ _tag: "ResourceTooLarge", task: id, resource, needed, capacity });
    }
  }
  return found;
};

const repetitions = (links: Links): ReadonlyArray<PlanProblem> =>
  links.loose
    .filter(({ kind }) => kind === "repeated")
    .map(({ task, stated }) => ({
      _tag: "DuplicateReference",
      task: links.tasks[task]!.id,
      dependency: target(stated),
    }));

const isolated = (links: Links): ReadonlyArray<PlanProblem> => {
  if (links.from.length === 0) return [];
  return links.tasks
    .filter((task, number) => {
      const hasDependents = links.firstOut[number] !== links.firstOut[number + 1];
      return !hasDependents && (task.dependsOn ?? []).length === 0;
    })
    .map(({ id }) => ({ _tag: "Isolated", task: id }));
};

/** Tasks without a level that no error names, each with the nearest one that an error names. */
const neverRuns = (
  links: Links,
  level: Int32Array,
  cycles: ReadonlyArray<ReadonlyArray<number>>,
): ReadonlyArray<PlanProblem> => {
  const unset = -1;
  const because = new Int32Array(links.tasks.length).fill(unset);
  const queue: Array<number> = [];
  const reach = (task: number, cause: number) => {
    if (because[task] !== unset) return;
    because[task] = cause;
    queue.push(task);
  };
  for (const cycle of cycles) for (const task of cycle) reach(task, task);
  for (const { kind, task } of links.loose) if (kind !== "repeated") reach(task, task);
  for (const task of queue) {
    for (let out = links.firstOut[task]!; out < links.firstOut[task + 1]!; out++) {
      reach(links.to[out]!, because[task]!);
    }
  }
  return links.tasks.flatMap(({ id }, number) => {
    const cause = because[number]!;
    if (level[number] !== never || cause === number) return [];
    return [{ _tag: "NeverRuns", task: id, because: links.tasks[cause]!.id } as const];
  });
};
