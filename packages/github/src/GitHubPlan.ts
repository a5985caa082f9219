/** A backlog as it was read from GitHub: what would run, what would not, and why. */
import type { Task } from "@orchestrator/core";
import type { LinkedIssue } from "./IssueFacts.ts";

/** A dependency as the sources state it, whether it still holds anything up or not. */
export interface PlannedDependency {
  /** `owner/repo#123`. */
  readonly on: Task.TaskId;
  /** The gate that was stated; undefined: the run's default. */
  readonly until: Task.Gate | undefined;
  /** Whether the agent begins at its change while that has not landed; only within one repository. */
  readonly stack?: true;
  /**
   * Everywhere it was stated, as `body line 12`, `comment by ada line 1`, `label depends:#3`, `blocked by`,
   * `sub-issue`, `parent's body line 2`, `milestone v1`, joined by commas.
   */
  readonly source: string;
  /** Whether it holds nothing up: done, or a sub-issue that was closed as not planned. */
  readonly satisfied: boolean;
  /**
   * What it is that the issue waits for:
   * `task` of this plan; `outside` it and open; `done`; `not-planned`; `missing`; `untrusted`, read but no task.
   */
  readonly status: "task" | "outside" | "done" | "not-planned" | "missing" | "untrusted";
  /** What is known of it; undefined for a task of this plan, and for what is missing. */
  readonly issue: LinkedIssue | undefined;
}

/** An issue of the plan. */
export interface PlannedIssue {
  readonly id: Task.TaskId;
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly state: "open" | "completed" | "not-planned" | "duplicate";
  readonly isTrusted: boolean;
  /** Why it is trusted or not, as a clause: `its author ada is OWNER`. */
  readonly trust: string;
  readonly dependencies: ReadonlyArray<PlannedDependency>;
  /**
   * Why it cannot run, as a clause to stand behind its id, without a full stop: `waits for acme/shop#3,
   * which is not trusted …`. Undefined if it can. A closed issue is blocked, too, and holds nothing up.
   */
  readonly blocked: string | undefined;
  /**
   * The part of `blocked` that none of its dependencies shows, as a clause: it is closed, not trusted,
   * too long, unclear, or waits for what the token may not see. Undefined if there is none.
   */
  readonly ownReason: string | undefined;
  /** The issue of the plan that holds it up, one step on the way to the reason; undefined if the reason is its own. */
  readonly because: Task.TaskId | undefined;
  /** What an agent would be asked. Its dependencies are those that are unsatisfied and in `GitHubPlan.tasks`. */
  readonly task: Task.Task;
}

/** All kinds of problems that a backlog can have. */
export const problemKinds = [
  "Cycle",
  "SelfDependency",
  "MissingDependency",
  "OutsideDependency",
  "NotPlannedDependency",
  "UntrustedDependency",
  "Untrusted",
  "ConflictingStatements",
  "InvalidValue",
  "UnusableItem",
  "TooLong",
  "Unsupported",
] as const;

/** Something in the backlog that people should look at. */
export interface BacklogProblem {
  readonly kind: (typeof problemKinds)[number];
  /** The issues concerned. */
  readonly tasks: ReadonlyArray<Task.TaskId>;
  /** What is wrong and what to try, in one line. */
  readonly message: string;
}

/** What the sources give together. */
export interface GitHubPlan {
  /** What people call it: `acme/shop issues`, `acme project 1 + acme/api issues`. */
  readonly name: string;
  /** Every issue that was read, in the order of the sources, each once. */
  readonly issues: ReadonlyArray<PlannedIssue>;
  /** What can run: trusted, and behind nothing that cannot. They form a graph. */
  readonly tasks: ReadonlyArray<Task.Task>;
  readonly problems: ReadonlyArray<BacklogProblem>;
}
