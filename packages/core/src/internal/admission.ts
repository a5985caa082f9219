import type { Options } from "../GraphReport.ts";
import type { PlanProblem } from "../PlanProblem.ts";
import { dependencies, gates, type Task } from "../Task.ts";
import { needs, severalStacks, suggester } from "./reportProblems.ts";

/** What a task asks for that the run cannot give, whatever the other tasks are. */
export const check = (task: Task, offer: Options): ReadonlyArray<PlanProblem> =>
  isModest(task) && offer.check === undefined
    ? nothing
    : [...needs(task, offer, suggester()), ...unreachable(task, offer), ...severalStacks(task)];

const nothing: ReadonlyArray<PlanProblem> = [];

/** Whether the task asks for nothing that could be refused: most tasks, so it is looked at first. */
const isModest = ({ agent, dependsOn, resources }: Task): boolean =>
  agent === undefined &&
  resources === undefined &&
  (dependsOn === undefined || dependsOn.every((stated) => typeof stated === "string"));

/** Gates that dependencies name; the run's default gate is one that it can reach. */
const unreachable = (task: Task, { gates: available }: Options): ReadonlyArray<PlanProblem> => {
  if (available === undefined) return [];
  const last = Math.max(-1, ...available.map((gate) => gates.indexOf(gate)));
  return dependencies(task).flatMap(({ task: dependency, until }): Array<PlanProblem> => {
    if (until === undefined || gates.indexOf(until) <= last) return [];
    return [{ _tag: "UnreachableGate", task: task.id, dependency, gate: until, available }];
  });
};
