/** A backlog that was read from GitHub, as far as the command needs to know it. */
import { GraphReport, PlanProblem, type Task } from "@orchestrator/core";
import type { BacklogProblem, GitHubPlan, PlannedIssue } from "@orchestrator/github/GitHubPlan";
import type { Statement } from "@orchestrator/github/Ledger";
import * as Schema from "effect/Schema";
import * as BacklogAgents from "./BacklogAgents.ts";
import * as BacklogBranches from "./BacklogBranches.ts";
import type { IssueAgents } from "./IssueAgents.ts";
import * as Routing from "./Routing.ts";

/** What was read, and what it cost. */
export interface Backlog {
  readonly plan: GitHubPlan;
  /** Whether there are issues that could run, and no agent that could work on any of them. */
  readonly isUnserved: boolean;
  /** What can run, as a graph. */
  readonly report: GraphReport.GraphReport;
  /** What people call each source: `acme/shop issues`. */
  readonly sources: ReadonlyArray<string>;
  /** The host whose API was asked. */
  readonly host: string;
  /** The capacity of each resource that the configuration names. */
  readonly resources: Readonly<Record<string, number>>;
  /** What was asked so far. */
  readonly ledger: () => Statement;
}

/** Until nothing else is said, what depends on an issue starts when its change is merged. */
export const defaultGate: Task.Gate = "merged";

/** The agents that the graph knows; where there is none for issues yet, they count as local. */
export const agents: ReadonlyArray<string> = [
  Routing.local,
  ...Routing.ofIssues.filter((name) => name !== Routing.local),
];

/** Looks at a plan as a graph; issues without an agent are for the usual one. */
export const make = (
  read: GitHubPlan,
  whose: IssueAgents,
  rest: Pick<Backlog, "host" | "ledger" | "resources" | "sources">,
  landing?: BacklogBranches.Landing,
): Backlog => {
  const { usual } = whose;
  const named = (task: Task.Task): Task.Task =>
    task.agent === undefined && usual !== undefined ? { ...task, agent: usual } : task;
  const all = read.issues.map((issue) => ({ ...issue, task: named(issue.task) }));
  const given = { ...read, issues: all, tasks: read.tasks.map(named) };
  const plan = BacklogAgents.settle(given, (task) => {
    const repository = repositoryOf(task);
    return (
      BacklogAgents.against(task, whose, repository) ??
      (landing && BacklogBranches.against(task, landing, repository))
    );
  });
  const { tasks } = plan;
  const resources = capacities({ plan: { ...plan, tasks }, resources: rest.resources });
  const report = GraphReport.make(tasks, { defaultGate, agents, resources });
  const isUnserved = read.tasks.length > 0 && tasks.length === 0;
  return { plan, isUnserved, report, ...rest };
};

/** One problem of a backlog. */
export interface Problem extends Pick<BacklogProblem, "tasks" | "message"> {
  readonly kind: BacklogProblem["kind"] | PlanProblem.PlanProblem["_tag"];
  /** An error keeps its issues from running until somebody corrects them. */
  readonly severity: PlanProblem.Severity;
}

const errors: ReadonlySet<string> = new Set<BacklogProblem["kind"]>([
  "Cycle",
  "SelfDependency",
  "MissingDependency",
  "NotPlannedDependency",
  "TooLong",
]);

/** What people should look at: what the sources say wrongly, then what cannot run for other reasons. */
export const problems = ({ plan, report }: Backlog): ReadonlyArray<Problem> => {
  const unclear = new Set(plan.issues.filter(isHeldUp).map(({ id }) => id));
  return [
    ...plan.problems.map((problem) => ({ ...problem, severity: severityOf(problem, unclear) })),
    // Most issues of a backlog stand alone, and that is how it should be.
    ...report.problems
      .filter(({ _tag }) => _tag !== "Isolated")
      .map((problem) => ({
        kind: problem._tag,
        severity: PlanProblem.severity(problem),
        tasks: problem._tag === "Cycle" ? problem.path.slice(0, -1) : [problem.task],
        message: PlanProblem.message(problem),
      })),
  ];
};

/** Whether something about the issue itself, and no dependency, keeps it from running. */
const isHeldUp = ({ isTrusted, ownReason, state }: PlannedIssue): boolean =>
  isTrusted && state === "open" && ownReason !== undefined;

/** A value that cannot be read is an error where its issue is held up by it. */
const severityOf = (
  { kind, tasks }: BacklogProblem,
  unclear: ReadonlySet<string>,
): PlanProblem.Severity =>
  errors.has(kind) || (kind === "InvalidValue" && tasks.some((id) => unclear.has(id)))
    ? "error"
    : "warning";

/** The repository of a task, `acme/shop`. */
export const repositoryOf = ({ id, payload }: Task.Task): string =>
  isIssue(payload) ? payload.github.repository : id.replace(/#[^#]*$/, "");

const isIssue = Schema.is(Schema.Struct({ github: Schema.Struct({ repository: Schema.String }) }));

/** The repositories of some tasks, each once. */
export const repositories = (tasks: ReadonlyArray<Task.Task>): ReadonlyArray<string> =>
  [...new Set(tasks.map(repositoryOf))].toSorted();

/** The same task with more for its agent; what is undefined is left out. */
export const withPayload = (
  task: Task.Task,
  more: Readonly<Record<string, Schema.Json | undefined>>,
): Task.Task => {
  const { payload } = task;
  const own = typeof payload === "object" && payload !== null ? payload : {};
  const stated = Object.entries(more).filter(([, value]) => value !== undefined);
  return { ...task, payload: { ...own, ...Object.fromEntries(stated) } as Schema.Json };
};

/** Whether an issue is still to be done. */
export const isOpen = ({ state }: PlannedIssue): boolean => state === "open";

/** What the configuration says; of what else issues need there is enough for all, as nothing says how much. */
export const capacities = ({
  plan,
  resources: stated,
}: Pick<Backlog, "plan" | "resources">): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {};
  for (const { resources = {} } of plan.tasks) {
    for (const [name, needed] of Object.entries(resources)) all[name] = (all[name] ?? 0) + needed;
  }
  return { ...all, ...stated };
};

/**
 * The open issues as tasks for a picture, with everything they wait for: what
 * cannot run, and what lies outside the plan, is in it too, each with its state.
 */
export const picture = ({
  plan,
}: Backlog): {
  readonly tasks: ReadonlyArray<Task.Task>;
  readonly state: (id: string) => string | undefined;
} => {
  const states = new Map<string, string>();
  const tasks = new Map<string, Task.Task>();
  const issues = plan.issues.filter(isOpen);
  for (const { blocked, dependencies, id, isTrusted, task, title } of issues) {
    if (blocked !== undefined) states.set(id, isTrusted ? "blocked" : "untrusted");
    const dependsOn = dependencies
      .filter(({ satisfied }) => !satisfied)
      .map(({ on, until }) => (until === undefined ? on : { task: on, until }));
    tasks.set(id, {
      id,
      title,
      dependsOn,
      ...(task.agent === undefined ? {} : { agent: task.agent }),
    });
  }
  const outside = issues.flatMap(({ dependencies }) =>
    dependencies.filter(({ satisfied, status }) => !satisfied && status !== "missing"),
  );
  for (const { issue, on, status } of outside) {
    if (tasks.has(on)) continue;
    tasks.set(on, { id: on, ...(issue === undefined ? {} : { title: issue.title }) });
    states.set(on, status === "not-planned" ? "closed as not planned" : "outside the plan");
  }
  return { tasks: [...tasks.values()], state: (id) => states.get(id) };
};
