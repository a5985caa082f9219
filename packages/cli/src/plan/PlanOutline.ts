/** A plan as data, from a file or from GitHub: what `plan --format json` prints and its other forms are written from. */
import { type Budget, type RunEvent, Task } from "@orchestrator/core";
import type { PlannedDependency, PlannedIssue } from "@orchestrator/github/GitHubPlan";
import type { Statement } from "@orchestrator/github/Ledger";
import type { PlanFile } from "@orchestrator/local";
import * as Backlog from "./Backlog.ts";
import * as GitHubPoints from "../github/GitHubPoints.ts";
import { type Checked, gatesOf, type Problem } from "./PlanCheck.ts";
import * as PlanForecast from "./PlanForecast.ts";
import * as Routing from "./Routing.ts";

/** "The task waits for `on` until `gate`." */
export interface OutlinedDependency {
  readonly on: string;
  readonly gate: Task.Gate;
  /** Everywhere it is stated, as `plan.yaml:12`, `body line 3, blocked by`. */
  readonly source: string | null;
  readonly satisfied: boolean;
  /** What it is that is waited for; null in a plan file, where it is always a task. */
  readonly status: PlannedDependency["status"] | null;
}

/** A task of a plan, or an issue that is none for now. Its dependencies are those it states, in its order. */
export interface OutlinedTask {
  readonly id: string;
  /** Of the issue; null in a plan file, as all that only issues have. */
  readonly number: number | null;
  readonly title: string;
  readonly url: string | null;
  readonly state: PlannedIssue["state"] | null;
  readonly trusted: boolean | null;
  /** Why it is trusted or not, as a clause. */
  readonly trust: string | null;
  /** 1 for the tasks that wait for nothing; null for those that cannot run. */
  readonly wave: number | null;
  readonly priority: number;
  /** Null if nothing says who takes it. */
  readonly agent: string | null;
  readonly estimateSeconds: number | null;
  /** Why the issue cannot run, as a clause to stand behind its id. */
  readonly blocked: string | null;
  readonly dependencies: ReadonlyArray<OutlinedDependency>;
}

/** One problem; a place is that of a file. */
export interface OutlinedProblem extends Omit<Problem, "kind" | "file"> {
  readonly kind: Problem["kind"] | Backlog.Problem["kind"];
  readonly file: string | null;
}

export interface PlanOutline {
  readonly plan: string;
  /** Null for a plan of GitHub. */
  readonly file: string | null;
  /** Where the tasks are from, as people call it. */
  readonly sources: ReadonlyArray<string>;
  readonly mode: RunEvent.Mode;
  readonly concurrency: number;
  readonly tasks: ReadonlyArray<OutlinedTask>;
  readonly problems: ReadonlyArray<OutlinedProblem>;
  /** Task ids. */
  readonly waves: ReadonlyArray<ReadonlyArray<string>>;
  readonly criticalPath: ReadonlyArray<string>;
  /** What starts at once. */
  readonly startsFirst: ReadonlyArray<string>;
  /** Null if fewer than half of the tasks state one. */
  readonly estimate: PlanForecast.Estimate | null;
  /** The open issues that are no tasks because nobody who may has said so. */
  readonly untrusted: ReadonlyArray<string>;
  /** The open and trusted issues that cannot run. */
  readonly blocked: ReadonlyArray<string>;
  /** How many launches there are if every task succeeds at once. */
  readonly launches: number;
  /** What the run may use; null if nothing limits it. */
  readonly limits: Budget.Limits | null;
  /** What it will use of that, as far as it can be reckoned. */
  readonly needs: ReadonlyArray<PlanForecast.Need>;
  /** What reading the plan cost at GitHub; null for a plan file. */
  readonly ledger: Statement | null;
  /** What a run would cost at GitHub besides; null for a plan file. */
  readonly points: GitHubPoints.Points | null;
}

/** Describes a plan file; one that is no plan has only problems. */
export const ofFile = (checked: Checked, settings: PlanForecast.Settings): PlanOutline => {
  const { file, plan, problems, report } = checked;
  const { concurrency, limits, mode } = settings;
  const waves = report?.waves ?? [];
  const launches = waves.flat().length;
  const waveOf = numbered(waves);
  const seconds = report?.criticalPath.seconds;
  const estimate =
    plan === undefined ? null : PlanForecast.estimate(plan.tasks, seconds, concurrency);
  return {
    plan: plan?.name ?? file,
    file,
    sources: [file],
    mode,
    concurrency,
    tasks: plan?.tasks.map((task) => ofTask(plan, task, waveOf.get(task.id))) ?? [],
    problems,
    waves,
    criticalPath: report?.criticalPath.tasks ?? [],
    startsFirst: plan === undefined ? [] : startsFirst(plan, settings),
    estimate,
    untrusted: [],
    blocked: [],
    launches,
    limits: limits ?? null,
    needs: PlanForecast.needs(launches, estimate, limits),
    ledger: null,
    points: null,
  };
};

/** Describes a backlog. */
export const ofBacklog = (
  backlog: Backlog.Backlog,
  settings: PlanForecast.Settings,
): PlanOutline => {
  const { ledger, plan, report, sources } = backlog;
  const { concurrency, limits, mode } = settings;
  const waveOf = numbered(report.waves);
  const { tasks } = plan;
  const work = { tasks, resources: Backlog.capacities(backlog), defaultGate: Backlog.defaultGate };
  const stopped = plan.issues.filter(
    (issue) => Backlog.isOpen(issue) && issue.blocked !== undefined,
  );
  const estimate = PlanForecast.estimate(tasks, report.criticalPath.seconds, concurrency);
  return {
    plan: plan.name,
    file: null,
    sources,
    mode,
    concurrency,
    tasks: plan.issues.map((issue) => ofIssue(issue, waveOf.get(issue.id))),
    problems: Backlog.problems(backlog).map((one) => ({
      ...one,
      file: null,
      line: null,
      column: null,
    })),
    waves: report.waves,
    criticalPath: report.criticalPath.tasks,
    startsFirst: PlanForecast.startsFirst(work, settings, (agent) =>
      Backlog.agents.includes(agent),
    ),
    estimate,
    untrusted: stopped.filter(({ isTrusted }) => !isTrusted).map(({ id }) => id),
    blocked: stopped.filter(({ isTrusted }) => isTrusted).map(({ id }) => id),
    launches: tasks.length,
    limits: limits ?? null,
    needs: PlanForecast.needs(tasks.length, estimate, limits),
    ledger: ledger(),
    points: GitHubPoints.estimate(tasks.length, estimate, tasks.filter(Routing.isOwn).length),
  };
};

const numbered = (waves: ReadonlyArray<ReadonlyArray<string>>): ReadonlyMap<string, number> =>
  new Map(waves.flatMap((wave, index) => wave.map((id) => [id, index + 1] as const)));

const startsFirst = (plan: PlanFile.Plan, settings: PlanForecast.Settings): Array<string> => {
  const { resources, tasks } = plan;
  const { defaultGate } = gatesOf(plan);
  return PlanForecast.startsFirst({ tasks, resources, defaultGate }, settings);
};

const ofTask = (plan: PlanFile.Plan, task: Task.Task, wave: number | undefined): OutlinedTask => ({
  id: task.id,
  number: null,
  title: Task.title(task),
  url: task.url ?? null,
  state: null,
  trusted: null,
  trust: null,
  ...stated(task, wave),
  agent: task.agent ?? Routing.local,
  blocked: null,
  dependencies: Task.dependencies(task).map(({ task: on, until, source }) => ({
    on,
    gate: until ?? gatesOf(plan).defaultGate,
    source: source ?? null,
    satisfied: false,
    status: null,
  })),
});

const ofIssue = (issue: PlannedIssue, wave: number | undefined): OutlinedTask => ({
  id: issue.id,
  number: issue.number,
  title: issue.title,
  url: issue.url,
  state: issue.state,
  trusted: issue.isTrusted,
  trust: issue.trust,
  ...stated(issue.task, wave),
  agent: issue.task.agent ?? null,
  blocked: issue.blocked ?? null,
  dependencies: issue.dependencies.map(({ on, satisfied, source, status, until }) => ({
    on,
    gate: until ?? Backlog.defaultGate,
    source,
    satisfied,
    status,
  })),
});

const stated = ({ estimateSeconds, priority }: Task.Task, wave: number | undefined) => ({
  wave: wave ?? null,
  priority: priority ?? 0,
  estimateSeconds: estimateSeconds ?? null,
});
