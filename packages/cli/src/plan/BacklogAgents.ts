/** Keeps issues from running that cannot be worked on, as by an agent which they cannot have, and all that waits for them. */
import { Task } from "@orchestrator/core";
import * as Suggest from "@orchestrator/core/Suggest";
import type { BacklogProblem, GitHubPlan, PlannedIssue } from "@orchestrator/github/GitHubPlan";
import * as CloneRemote from "../github/CloneRemote.ts";
import type { IssueAgents } from "./IssueAgents.ts";
import * as Routing from "./Routing.ts";

/** The same plan, in which only tasks are left against which nothing speaks. */
export const settle = (
  plan: GitHubPlan,
  reasonOf: (task: Task.Task) => Reason | undefined,
): GitHubPlan => {
  const reasons = new Map(
    plan.tasks.flatMap((task) => {
      const reason = reasonOf(task);
      return reason === undefined ? [] : [[task.id, reason] as const];
    }),
  );
  const elsewhere = plan.tasks.filter(({ id }) => reasons.has(id));
  if (elsewhere.length === 0) return plan;
  const because = behind(plan.tasks, elsewhere);
  return {
    ...plan,
    tasks: plan.tasks.filter(({ id }) => !because.has(id)),
    issues: plan.issues.map((issue) =>
      because.has(issue.id) ? heldUp(issue, because.get(issue.id), reasons) : issue,
    ),
    problems: [...plan.problems, ...elsewhere.map((task) => problem(task, reasons.get(task.id)!))],
  };
};

/** Why a task cannot be worked on. */
export interface Reason {
  /** Why it cannot be worked on, as a clause behind its id. */
  readonly clause: string;
  /** What to try. */
  readonly advice: string;
}

/** Why the agent of a task in a repository cannot work on it; undefined if it can. */
export const against = (
  task: Task.Task,
  { home, lacking, own }: IssueAgents,
  repository: string,
): Reason | undefined => {
  const { agent } = task;
  if (agent === undefined || agent === Routing.codegen) return undefined;
  const is = `is for the agent ${named(task)}`;
  if (!Routing.ofIssues.includes(agent)) {
    const advice = `Agents of issues are ${Routing.ofIssues.join(", ")}.${hint(agent)}`;
    return { clause: `${is}, which issues cannot have`, advice };
  }
  if (agent === Routing.local ? own[agent]?.run === undefined : own[agent] === undefined) {
    const example = agent === Routing.local ? `{ run: my-agent }` : "{}";
    const advice = `Give it to them (agents: { ${agent}: ${example} }), or name another agent.`;
    return { clause: `${is}, which the configuration does not give to issues`, advice };
  }
  if (home === undefined || !CloneRemote.isNamed(home, repository)) {
    const clone = home === undefined ? "this folder is no clone of it" : `this is one of ${home}`;
    const clause = `${is} of this machine, which works in a clone of ${repository}, and ${clone}`;
    return { clause, advice: `Start the command in a clone whose origin is ${repository}.` };
  }
  const missing = lacking[agent];
  return missing && { clause: `${is}, and ${missing.clause}`, advice: missing.advice };
};

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

const heldUp = (
  issue: PlannedIssue,
  because: string | undefined,
  reasons: ReadonlyMap<string, Reason>,
): PlannedIssue => {
  if (because !== undefined) {
    return { ...issue, because, blocked: `waits for ${because}, which cannot run` };
  }
  const reason = reasons.get(issue.id)!.clause;
  return { ...issue, blocked: reason, ownReason: reason };
};

const problem = ({ id }: Task.Task, { advice, clause }: Reason): BacklogProblem => ({
  kind: "InvalidValue",
  tasks: [id],
  message: `${id} ${clause}. ${advice}`,
});

const named = ({ agent = "" }: Task.Task): string => JSON.stringify(agent);

const hint = (agent: string): string => {
  const meant = Suggest.closest(agent, Routing.ofIssues);
  return meant === undefined ? "" : ` Did you mean "${meant}"?`;
};
