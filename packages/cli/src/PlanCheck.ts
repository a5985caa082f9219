/** Reads a plan file and says everything that is wrong with it, each problem with its place. */
import { GraphReport, PlanProblem } from "@orchestrator/core";
import { PlanFile } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "./ExitCode.ts";
import * as Text from "./Text.ts";
import { count, some } from "./view/Words.ts";

/** One problem, of the file or of the graph. */
export interface Problem {
  /** The kind of a graph problem, or what the file or a task in it lacks. */
  readonly kind: PlanProblem.PlanProblem["_tag"] | "InvalidFile" | "NoCommand";
  readonly severity: PlanProblem.Severity;
  readonly tasks: ReadonlyArray<string>;
  readonly message: string;
  readonly file: string;
  /** Both begin at 1; null if the problem has no place. */
  readonly line: number | null;
  readonly column: number | null;
}

/** A plan file that was looked at. Without a plan there is at least one error. */
export interface Checked {
  readonly file: string;
  readonly plan: PlanFile.Plan | undefined;
  readonly report: GraphReport.GraphReport | undefined;
  readonly problems: ReadonlyArray<Problem>;
}

/** The plan cannot run; its problems were printed already. */
export class BadPlan extends Schema.TaggedError<BadPlan>()("BadPlan", {
  file: Schema.String,
  errors: Schema.Int,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return `${this.file} has ${count(this.errors, "error")}, so it cannot run. Correct ${this.errors === 1 ? "it" : "them"} and try again.`;
  }
}

/** The name by which tasks route to the local agent. */
export const localAgent = "local";

/** The gates that a plan can wait for, and which one it waits for if it does not say. */
export const gatesOf = (plan: PlanFile.Plan) =>
  plan.isolation === "worktree"
    ? ({ gates: ["agent-ended", "merged"], defaultGate: "merged" } as const)
    : ({ gates: ["agent-ended"], defaultGate: "agent-ended" } as const);

/** Reads and checks a plan file. */
export const check = Effect.fn("PlanCheck.check")(function* (
  file: string,
): Effect.fn.Return<Checked, never, FileSystem.FileSystem> {
  const loaded = yield* Effect.result(PlanFile.load(file));
  if (Result.isFailure(loaded)) {
    const problems = loaded.failure.problems.map((problem) => ofFile(file, problem));
    return { file, plan: undefined, report: undefined, problems };
  }
  const plan = loaded.success;
  const report = GraphReport.make(plan.tasks, {
    ...gatesOf(plan),
    agents: [localAgent],
    resources: plan.resources,
  });
  const problems = [...withoutCommand(plan), ...report.problems.map((one) => ofGraph(plan, one))];
  return { file, plan, report, problems: problems.toSorted(bySeverity) };
});

const bySeverity = (one: Problem, other: Problem): number =>
  Number(one.severity === "warning") - Number(other.severity === "warning");

/** The local agent cannot take tasks that only have a prompt. */
const withoutCommand = (plan: PlanFile.Plan): ReadonlyArray<Problem> =>
  plan.tasks.flatMap(({ agent = localAgent, id, payload }) =>
    agent !== localAgent || hasCommand(payload)
      ? []
      : [
          {
            kind: "NoCommand",
            severity: "error",
            tasks: [id],
            message: `Task "${id}" has a prompt but no command: the agent "${localAgent}" runs commands. Add one, as run: my-agent --prompt-file "$ORCHESTRATOR_PROMPT_FILE"`,
            ...placeOf(plan, plan.positions(id)),
          },
        ],
  );

const hasCommand = (payload: unknown): boolean =>
  typeof payload === "object" && payload !== null && "run" in payload;

const placeOf = (
  { file }: PlanFile.Plan,
  place: ReturnType<typeof PlanFile.locate>,
): Pick<Problem, "file" | "line" | "column"> => ({
  file,
  line: place?.line ?? null,
  column: place?.column ?? null,
});

/** The problems that keep the plan from running. */
export const errors = (checked: Checked): ReadonlyArray<Problem> =>
  checked.problems.filter(({ severity }) => severity === "error");

/** Fails if the plan cannot run. */
export const refuse = (checked: Checked): Effect.Effect<void, BadPlan> => {
  const { length } = errors(checked);
  return length === 0
    ? Effect.void
    : Effect.fail(new BadPlan({ file: Text.line(checked.file), errors: length }));
};

const ofFile = (file: string, { line, column, path, message }: PlanFile.Problem): Problem => ({
  kind: "InvalidFile",
  severity: "error",
  tasks: [],
  message: path === undefined || path === "" ? message : `${path}: ${message}`,
  file,
  line: line ?? null,
  column: column ?? null,
});

const ofGraph = (plan: PlanFile.Plan, problem: PlanProblem.PlanProblem): Problem => ({
  kind: problem._tag,
  severity: PlanProblem.severity(problem),
  tasks: problem._tag === "Cycle" ? problem.path.slice(0, -1) : [problem.task],
  message: PlanProblem.message(problem),
  ...placeOf(plan, PlanFile.locate(plan, problem)),
});

/** The same warning for many tasks says no more than one for all of them. */
const together = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => {
  const isolated = problems.filter(({ kind }) => kind === "Isolated");
  const [first] = isolated;
  if (first === undefined || isolated.length === 1) return problems;
  const ids = isolated.flatMap(({ tasks }) => tasks);
  const message = `${ids.length} tasks are not connected to any other: ${some(ids, shownIds)}`;
  const others = problems.filter(({ kind }) => kind !== "Isolated");
  return [...others, { ...first, tasks: ids, message, line: null, column: null }];
};

const shownIds = 10;
const shownProblems = 100;

/** One problem a line, as compilers write them: `plan.yaml:3:5: error: …`. */
export const text = (checked: Checked): ReadonlyArray<string> => {
  const told = together(checked.problems);
  const shown = told.slice(0, shownProblems).map((problem) => {
    const place = problem.line === null ? "" : `:${problem.line}:${problem.column ?? 1}`;
    return `${Text.line(problem.file)}${place}: ${problem.severity}: ${Text.block(problem.message)}`;
  });
  const rest = told.length - shown.length;
  return rest > 0 ? [...shown, `… and ${count(rest, "more problem", "more problems")}`] : shown;
};
