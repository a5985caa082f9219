/**
 * Everything that can be wrong with a set of tasks, as data, with a sentence for each.
 *
 * Problems are JSON. An error means that the plan must not run; a warning is
 * something that people should look at, or that follows from an error.
 */
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import { quote, some } from "./internal/reportText.ts";
import { Gate } from "./Task.ts";

const ofTask = { task: Schema.String };
const ofEdge = { ...ofTask, dependency: Schema.String };
const suggestion = Schema.optionalKey(Schema.String);

/** Something that is wrong with a plan, with the tasks that it concerns. */
export const PlanProblem = Schema.Union([
  /** It is not a task; `task` is its id, or its place in the list. */
  Schema.TaggedStruct("InvalidTask", { ...ofTask, message: Schema.String }),
  /** Each task of `path` depends on the next; the last is the first again. */
  Schema.TaggedStruct("Cycle", { path: Schema.Array(Schema.String) }),
  /** `source` is where the dependency was stated, if that is known. */
  Schema.TaggedStruct("MissingDependency", {
    ...ofEdge,
    suggestion,
    source: Schema.optionalKey(Schema.String),
  }),
  Schema.TaggedStruct("SelfDependency", ofTask),
  /** `count` tasks have this id. */
  Schema.TaggedStruct("DuplicateTask", { ...ofTask, count: Schema.Int }),
  /** Nothing in this set-up takes a change as far as `gate`. */
  Schema.TaggedStruct("UnreachableGate", { ...ofEdge, gate: Gate, available: Schema.Array(Gate) }),
  /** The task would have to begin at the changes of all these `dependencies`. */
  Schema.TaggedStruct("SeveralStacks", { ...ofTask, dependencies: Schema.Array(Schema.String) }),
  /** The task waits until the dependency is merged, so that it has no change left to stand on. */
  Schema.TaggedStruct("StackWithoutEffect", ofEdge),
  Schema.TaggedStruct("UnknownAgent", {
    ...ofTask,
    agent: Schema.String,
    known: Schema.Array(Schema.String),
    suggestion,
  }),
  /** The agent that the task goes to cannot take it. */
  Schema.TaggedStruct("Unsuited", { ...ofTask, message: Schema.String }),
  Schema.TaggedStruct("UnknownResource", {
    ...ofTask,
    resource: Schema.String,
    known: Schema.Array(Schema.String),
    suggestion,
  }),
  Schema.TaggedStruct("ResourceTooLarge", {
    ...ofTask,
    resource: Schema.String,
    needed: Schema.Finite,
    capacity: Schema.Finite,
  }),
  /** The task states a dependency more than once; the first statement counts. */
  Schema.TaggedStruct("DuplicateReference", ofEdge),
  /** Nothing connects the task to the others, which are connected. */
  Schema.TaggedStruct("Isolated", ofTask),
  /** The task waits, directly or not, for `because`, which an error names. */
  Schema.TaggedStruct("NeverRuns", { ...ofTask, because: Schema.String }),
]);
/** Something that is wrong with a plan, with the tasks that it concerns. */
export type PlanProblem = typeof PlanProblem.Type;

/** An error keeps a plan from running; a warning is told. */
export type Severity = "error" | "warning";

const severities: { readonly [Kind in PlanProblem["_tag"]]: Severity } = {
  InvalidTask: "error",
  Cycle: "error",
  MissingDependency: "error",
  SelfDependency: "error",
  DuplicateTask: "error",
  UnreachableGate: "error",
  SeveralStacks: "error",
  StackWithoutEffect: "warning",
  UnknownAgent: "error",
  Unsuited: "error",
  UnknownResource: "error",
  ResourceTooLarge: "error",
  DuplicateReference: "warning",
  Isolated: "warning",
  NeverRuns: "warning",
};

/** Whether a problem keeps the plan from running. */
export const severity = (problem: PlanProblem): Severity => severities[problem._tag];

const shownNames = 10;
const shownProblems = 20;

const hint = (suggested: string | undefined, otherwise: string): string =>
  suggested === undefined ? otherwise : `Did you mean ${quote(suggested)}?`;

const names = (known: ReadonlyArray<string>): string =>
  known.length === 0 ? "there are none" : `known: ${some(known, shownNames).join(", ")}`;

/** What is wrong and what to try, in one line. Names are quoted where they could be misread. */
export const message = (problem: PlanProblem): string => {
  switch (problem._tag) {
    case "InvalidTask":
      return `${quote(problem.task)} is not a task: ${problem.message}`;
    case "Cycle":
      return `Cycle: ${some(problem.path, shownNames).join(" → ")}. Each depends on the next; remove one of these dependencies.`;
    case "MissingDependency": {
      const where = problem.source === undefined ? "" : ` (stated in ${quote(problem.source)})`;
      return `Task ${quote(problem.task)} depends on ${quote(problem.dependency)}, which does not exist${where}. ${hint(problem.suggestion, "Add that task or remove the dependency.")}`;
    }
    case "SelfDependency":
      return `Task ${quote(problem.task)} depends on itself. Remove that dependency.`;
    case "DuplicateTask":
      return `The id ${quote(problem.task)} is used by ${problem.count} tasks. Give each its own.`;
    case "UnreachableGate":
      return `Task ${quote(problem.task)} waits until ${quote(problem.dependency)} is at ${quote(problem.gate)}, which nothing here can reach. Available: ${problem.available.join(", ") || "none"}.`;
    case "SeveralStacks":
      return `Task ${quote(problem.task)} has stack on ${some(problem.dependencies, shownNames).join(" and ")}, and can begin at one change only. Keep it on one, and let that one depend on the others.`;
    case "StackWithoutEffect":
      return `Task ${quote(problem.task)} has stack on ${quote(problem.dependency)} and waits until that is merged, which leaves nothing to stand on. Remove stack, or wait for less, as with until: pr-open.`;
    case "UnknownAgent":
      return `Task ${quote(problem.task)} wants the agent ${quote(problem.agent)}, which does not exist (${names(problem.known)}). ${hint(problem.suggestion, "Add that agent or name another.")}`;
    case "Unsuited":
      return `Task ${quote(problem.task)} cannot run: ${problem.message}`;
    case "UnknownResource":
      return `Task ${quote(problem.task)} needs the resource ${quote(problem.resource)}, which has no capacity (${names(problem.known)}). ${hint(problem.suggestion, "Declare its capacity or remove it.")}`;
    case "ResourceTooLarge":
      return `Task ${quote(problem.task)} needs ${problem.needed} of ${quote(problem.resource)}, but there are ${problem.capacity} in all. Raise the capacity or lower the need.`;
    case "DuplicateReference":
      return `Task ${quote(problem.task)} states its dependency on ${quote(problem.dependency)} more than once. The first one counts.`;
    case "Isolated":
      return `Task ${quote(problem.task)} is not connected to any other task.`;
    case "NeverRuns":
      return `Task ${quote(problem.task)} can never run: it waits for ${quote(problem.because)}, which cannot.`;
  }
};

/** The tasks cannot run as a plan; `problems` says why, warnings included. */
export class PlanInvalid extends Schema.TaggedError<PlanInvalid>()("PlanInvalid", {
  problems: Schema.Array(PlanProblem),
}) {
  /** `EX_DATAERR` of sysexits.h. */
  override readonly [Runtime.errorExitCode] = 65;
  override get message(): string {
    const lines = this.problems.slice(0, shownProblems).map((problem) => `- ${message(problem)}`);
    const rest = this.problems.length - lines.length;
    return ["The plan cannot run:", ...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
  }
}

/** The failure that a set of problems amounts to, or undefined if there are only warnings. */
export const invalid = (problems: ReadonlyArray<PlanProblem>): PlanInvalid | undefined =>
  problems.some((problem) => severity(problem) === "error")
    ? new PlanInvalid({ problems })
    : undefined;
