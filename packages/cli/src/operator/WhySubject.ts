/** What `why` looks at: a run, a plan file or a backlog, as the situation in which each task is. */
import { Situation, type RunState } from "@orchestrator/core";
import type { PlannedIssue } from "@orchestrator/github/GitHubPlan";
import type { LinkedIssue } from "@orchestrator/github/IssueFacts";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Backlog from "../plan/Backlog.ts";
import type { Config } from "../config/Config.ts";
import { type Checked, errors, gatesOf } from "../plan/PlanCheck.ts";
import { settings } from "../plan/PlanSettings.ts";
import * as Decided from "../run/Decided.ts";
import type { RunLook, Standing } from "../run/RunLook.ts";
import * as TaskReference from "./TaskReference.ts";
import { count, some } from "../view/Words.ts";

/** Where an answer comes from. */
export interface Place {
  readonly kind: "run" | "plan" | "github";
  /** The id of the run, the file, or the names of the sources. */
  readonly name: string;
  /** How the run stands; `null` if it is none. */
  readonly standing: Standing | null;
}

export interface Subject {
  readonly place: Place;
  readonly situation: Situation.Situation;
  /** What there is to say about whether a task is trusted. */
  readonly trust: (id: string) => string | undefined;
  /** What is known of something that people named and that is no task here, as a sentence. */
  readonly known: (named: string) => string | undefined;
  /** The run, for those who tell what can be done about it. */
  readonly run: RunState.RunState | undefined;
  /** What names the run or the plan to other commands where people are. */
  readonly called: string;
  /** Tasks whose answer takes effect when the run is resumed, with that. */
  readonly decided: ReadonlyMap<string, string>;
}

const unsaid = (): undefined => undefined;

/** A run, as its journal and its lock tell it. */
export const ofRun = (look: RunLook, called: string): Subject => ({
  place: { kind: "run", name: look.id, standing: look.standing },
  situation: Situation.ofRun(look.state, halts[look.standing]),
  trust: unsaid,
  known: unsaid,
  run: look.state,
  called,
  decided: new Map(Decided.list(look).map(({ answer, task }) => [task, answer])),
});

const noDecisions: Subject["decided"] = new Map();

/** What the journal does not tell. */
const halts: Readonly<Record<string, string | undefined>> = {
  suspended: "nobody works on the run",
  interrupted: "the process that worked on the run is gone",
} satisfies Partial<Record<Standing, string>>;

const none = { concurrency: Option.none(), mode: Option.none() };

/** Problems that a task has by itself; the others can be seen in what it depends on. */
const isOwn = (kind: string): boolean =>
  kind !== "Cycle" && kind !== "MissingDependency" && kind !== "SelfDependency";

/** A plan file that can be read. */
export const ofPlan = (
  { plan, ...checked }: Checked & { readonly plan: NonNullable<Checked["plan"]> },
  config: Config,
): Subject => {
  const { concurrency: slots, mode } = settings(none, plan, config);
  const wrong = errors({ plan, ...checked });
  const own = wrong.filter(({ kind }) => isOwn(kind)).toReversed();
  const blocked = new Map(own.flatMap(({ message, tasks }) => tasks.map((id) => [id, message])));
  const halted =
    wrong.length === 0
      ? undefined
      : `the plan has ${count(wrong.length, "error")}, so nothing of it runs`;
  return {
    place: { kind: "plan", name: plan.file, standing: null },
    situation: Situation.ofPlan(
      plan.tasks.map((task) => ({ task, blocked: blocked.get(task.id) })),
      { mode, slots, resources: plan.resources, ...gatesOf(plan), halted },
    ),
    trust: unsaid,
    known: unsaid,
    run: undefined,
    called: plan.file,
    decided: noDecisions,
  };
};

/** A backlog as it was read from GitHub. */
export const ofBacklog = (backlog: Backlog.Backlog, config: Config): Subject => {
  const { issues, name } = backlog.plan;
  const { concurrency: slots, mode } = settings(none, undefined, config);
  const outside = new Map<string, Situation.Outside>();
  for (const { dependencies } of issues) {
    for (const { issue, on } of dependencies) {
      if (issue !== undefined) outside.set(on, outsideOf(issue));
    }
  }
  const byId = new Map(issues.map((issue) => [issue.id, issue]));
  return {
    place: { kind: "github", name, standing: null },
    situation: Situation.ofPlan(issues.map(planned), {
      mode,
      slots,
      resources: Backlog.capacities(backlog),
      defaultGate: Backlog.defaultGate,
      outside: (id) => outside.get(id),
    }),
    trust: (id) => trustOf(byId.get(id)),
    known: (named) => knownOf(named, issues),
    run: undefined,
    called: name,
    decided: noDecisions,
  };
};

const trustOf = (issue: PlannedIssue | undefined): string | undefined =>
  issue && `${issue.isTrusted ? "trusted" : "not trusted"}: ${issue.trust}`;

/** What is known of an issue that is not among those of a plan, because they wait for it. */
const knownOf = (named: string, issues: ReadonlyArray<PlannedIssue>): string | undefined => {
  const edges = issues.flatMap(({ dependencies, id }) =>
    dependencies.map(({ issue, on }) => ({ id, issue, on })),
  );
  const found = TaskReference.find(named, new Set(edges.map(({ on }) => on)));
  if (Result.isFailure(found)) return undefined;
  const here = edges.filter(({ on }) => on === found.success);
  const state = here.find(({ issue }) => issue !== undefined)?.issue?.state;
  const waiting = some([...new Set(here.map(({ id }) => id))], shownWaiting);
  const told =
    state === undefined ? "does not exist, or this token may not see it" : `is ${states[state]}`;
  const advice = state === "open" ? " --with-dependencies takes it into the plan." : "";
  return `${found.success}, a dependency of ${waiting}, ${told}.${advice}`;
};

const shownWaiting = 3;

const planned = (issue: PlannedIssue): Situation.Planned => ({
  task: { ...issue.task, title: issue.title, url: issue.url },
  edges: issue.dependencies.map(({ on, satisfied, source, until }) => ({
    on,
    gate: until ?? Backlog.defaultGate,
    source,
    satisfied,
  })),
  // Everything else that keeps it can be seen in what it depends on.
  blocked: issue.ownReason && `it ${issue.ownReason}`,
});

const outsideOf = (issue: LinkedIssue): Situation.Outside => ({
  id: issue.id,
  state: states[issue.state],
  title: issue.title,
  url: issue.url,
});

const states: Readonly<Record<LinkedIssue["state"], string>> = {
  open: "open",
  completed: "closed as completed",
  "not-planned": "closed as not planned",
  duplicate: "closed as a duplicate",
  merged: "merged",
  closed: "closed without a merge",
};
