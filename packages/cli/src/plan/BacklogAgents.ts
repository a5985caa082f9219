/** Keeps issues from running that are for an agent which issues cannot have, and all that waits for them. */
import { Task } from "@orchestrator/core";
import * as Suggest from "@orchestrator/core/Suggest";
import type { BacklogProblem, GitHubPlan, PlannedIssue } from "@orchestrator/github/GitHubPlan";
import * as Routing from "./Routing.ts";

/** The same plan, in which only tasks are left that an agent can take. */
export const settle = (plan: GitHubPlan): GitHubPlan => {
  const elsewhere = plan.tasks.filter(isElsewhere);
  if (elsewhere.length === 0) return plan;
  const because = behind(plan.tasks, elsewhere);
  return {
    ...plan,
    tasks: plan.tasks.filter(({ id }) => !because.has(id)),
    issues: plan.issues.map((issue) =>
      because.has(issue.id) ? heldUp(issue, because.get(issue.id)) : issue,
    ),
    problems: [...plan.problems, ...elsewhere.map(problem)],
  };
};

/** Commands have no place in issues: nothing says which command it would be. */
const isElsewhere = ({ agent }: Task.Task): boolean =>
  agent !== undefined && agent !== Routing.codegen;

/** The tasks themselves, and all that wait for them, each with the one that holds it up. */
const behind = (
  tasks: ReadonlyArray<Task.Task>,
  held: ReadonlyArray<Task.Task>,
): ReadonlyMap<string, string | undefined> => {
  const dependents = new Map<string, Array<string>>();
  for (const task of tasks) {
    for (const { task: on } of Task.dependencies(task)) {
      const known = dependents.get(on);
      if (known === undefined) dependents.set(on, [task.id]);
      else known.push(task.id);
    }
  }
  const found = new Map<string, string | undefined>(held.map(({ id }) => [id, undefined]));
  // A map is gone through in the order in which it grows.
  for (const id of found.keys()) {
    for (const dependent of dependents.get(id) ?? []) {
      if (!found.has(dependent)) found.set(dependent, id);
    }
  }
  return found;
};

const heldUp = (issue: PlannedIssue, because: string | undefined): PlannedIssue => {
  if (because !== undefined) {
    return { ...issue, because, blocked: `waits for ${because}, which cannot run` };
  }
  const reason = `is for the agent ${named(issue.task)}, which issues cannot have`;
  return { ...issue, blocked: reason, ownReason: reason };
};

const problem = (task: Task.Task): BacklogProblem => ({
  kind: "InvalidValue",
  tasks: [task.id],
  message: `${task.id} is for the agent ${named(task)}, which issues cannot have. Agents of Codegen work on them: name ${Routing.codegen}, or none.${hint(task)}`,
});

const named = ({ agent = "" }: Task.Task): string => JSON.stringify(agent);

const hint = ({ agent = "" }: Task.Task): string => {
  const meant = Suggest.closest(agent, [Routing.codegen]);
  return meant === undefined ? "" : ` Did you mean "${meant}"?`;
};
