/** Reads a plan file and says everything that is wrong with it, each problem with its place. */
import { GraphReport, PlanProblem, Task } from "@orchestrator/core";
import { Actions, PlanFile, Presets } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import type { Config } from "../config/Config.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Routing from "./Routing.ts";
import { Screen } from "../terminal/Screen.ts";
import * as TaskKeys from "./TaskKeys.ts";
import * as Text from "../terminal/Text.ts";
import { count, some } from "../view/Words.ts";

/** One problem, of the file or of the graph. */
export interface Problem {
  /** The kind of a graph problem, or what the file or a task in it lacks. */
  readonly kind:
    | PlanProblem.PlanProblem["_tag"]
    | "InvalidFile"
    | "NoCommand"
    | "NoCodegen"
    | "NoProgram"
    | "NoPrompt"
    | "UnusedCommand"
    | "UnusedKey"
    | "Unsuited";
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

/** The gates that a plan can wait for, and which one it waits for if it does not say. */
export const gatesOf = (plan: PlanFile.Plan) =>
  plan.isolation === "worktree"
    ? ({ gates: ["agent-ended", "merged"], defaultGate: "merged" } as const)
    : ({ gates: ["agent-ended"], defaultGate: "agent-ended" } as const);

/** The plan with the capacities that only the configuration names. */
const withResources = (plan: PlanFile.Plan, stated: Config["resources"]): PlanFile.Plan => ({
  ...plan,
  resources: { ...stated, ...plan.resources },
});

/** Gives the plan that a file stands for. */
export type Load = (
  options: PlanFile.Options,
) => Effect.Effect<PlanFile.Plan, PlanFile.PlanFileError, FileSystem.FileSystem | Path.Path>;

/** Reads and checks a plan file, as it runs with a configuration. Its tasks are routed. */
export const check = Effect.fn("PlanCheck.check")(function* (
  file: string,
  { codegen, resources }: Pick<Config, "codegen" | "resources">,
  /** Hosts that requests may go to; absent: whether they may is not looked at. */
  allowedHosts?: ReadonlyArray<string>,
  load: Load = (options) => PlanFile.load(file, options),
): Effect.fn.Return<Checked, never, FileSystem.FileSystem | Path.Path | Screen> {
  const loaded = yield* Effect.result(load({ actions: Actions.signaturesOn(allowedHosts) }));
  if (Result.isFailure(loaded)) {
    const { failure } = loaded;
    // A workflow may be made of several files.
    const problems = failure.problems.map((problem) => ofFile(failure.file, problem));
    return { file, plan: undefined, report: undefined, problems };
  }
  const plan = withResources(routed(loaded.success, codegen !== undefined), resources);
  const report = GraphReport.make(plan.tasks, {
    ...gatesOf(plan),
    // Whether Codegen can be reached is told once, and not of every task.
    agents: Routing.names,
    resources: plan.resources,
  });
  const remote = new Map(plan.tasks.filter(Routing.isForCodegen).map((task) => [task.id, task]));
  const graph = report.problems.filter((one) => !isAboutMerging(one, remote));
  const problems = [
    ...withoutCommand(plan, codegen !== undefined),
    ...withoutCodegen(plan, remote, codegen),
    ...[...remote.values()].flatMap((task) => unsuited(plan, task, "Codegen")),
    ...plan.tasks.flatMap((task) => {
      const preset = Routing.presetOf(task);
      return preset === undefined ? [] : unsuited(plan, task, preset.title);
    }),
    ...(yield* withoutProgram(plan)),
    ...(yield* TaskKeys.unsuited([...remote.values()])).map(({ message, task }) =>
      error(plan, "Unsuited", task, message),
    ),
    ...plan.tasks.flatMap((task) => unused(plan, task)),
    ...unmerged(plan, remote),
    ...graph.map((one) => ofGraph(plan, one)),
  ];
  return { file, plan, report, problems: problems.toSorted(bySeverity) };
});

/** A plan that is for Codegen and actions alone needs no worktrees, and so no git. */
const routed = (plan: PlanFile.Plan, hasCodegen: boolean): PlanFile.Plan => {
  const tasks = Routing.route(plan.tasks, hasCodegen);
  const worksElsewhere = (task: Task.Task) => Routing.isForCodegen(task) || Routing.isAction(task);
  const needsNone = tasks.length > 0 && tasks.every(worksElsewhere);
  return { ...plan, tasks, ...(needsNone ? { isolation: "none" } : {}) };
};

const bySeverity = (one: Problem, other: Problem): number =>
  Number(one.severity === "warning") - Number(other.severity === "warning");

type Remote = ReadonlyMap<Task.TaskId, Task.Task>;

const error = (
  plan: PlanFile.Plan,
  kind: Problem["kind"],
  { id }: Task.Task,
  message: string,
  dependency?: Task.TaskId,
): Problem => ({
  kind,
  severity: "error",
  tasks: [id],
  message,
  ...placeOf(plan, plan.positions(id, dependency)),
});

/** The local agent cannot take tasks that only have a prompt. */
const withoutCommand = (plan: PlanFile.Plan, hasCodegen: boolean): ReadonlyArray<Problem> =>
  plan.tasks
    .filter((task) => (task.agent ?? Routing.local) === Routing.local && !Routing.hasCommand(task))
    .map((task) => {
      const or = hasCodegen
        ? `, or give it to Codegen: agent: ${Routing.codegen}`
        : ", or configure Codegen, which takes prompts (--config)";
      const message = `Task "${task.id}" has a prompt but no command: the agent "${Routing.local}" runs commands. Add one, as run: my-agent --prompt-file "$ORCHESTRATOR_PROMPT_FILE", or name a coding agent of this machine, as agent: ${Presets.names[0]}${or}`;
      return error(plan, "NoCommand", task, message);
    });

const howToConfigure =
  "name a configuration (--config config.yaml) with the section codegen and its keys org_id and api_token, or set CODEGEN_ORG_ID and CODEGEN_API_TOKEN";

/** One configuration is missing, however many tasks need it: told with the first of them. */
const withoutCodegen = (
  plan: PlanFile.Plan,
  remote: Remote,
  codegen: Config["codegen"],
): ReadonlyArray<Problem> => {
  const [first, ...others] = remote.values();
  if (first === undefined || (codegen !== undefined && Result.isSuccess(codegen))) return [];
  const too =
    others.length === 0
      ? ""
      : `, as ${others.length === 1 ? "does" : "do"} ${count(others.length, "other task")}`;
  const why =
    codegen === undefined ? `it is not configured: ${howToConfigure}` : codegen.failure.message;
  return [error(plan, "NoCodegen", first, `Task "${first.id}" needs Codegen${too}, and ${why}`)];
};

/** A coding agent that is not here is told once, with the first task that needs it. */
const withoutProgram = Effect.fnUntraced(function* (plan: PlanFile.Plan) {
  const environment = (yield* Screen).environment(["PATH"]);
  const problems: Array<Problem> = [];
  for (const preset of Presets.all) {
    const [first] = plan.tasks.filter(({ agent }) => agent === preset.name);
    if (first === undefined || setsPath(first)) continue;
    if ((yield* Presets.locate(preset, environment)) !== undefined) continue;
    const message = `Task "${first.id}" needs ${preset.title}, and there is no program ${preset.name} on the PATH. Install it (${preset.install}), or name another agent`;
    problems.push(error(plan, "NoProgram", first, message));
  }
  return problems;
});

/** Where its program is can only be told as it is launched. */
const setsPath = ({ payload }: Task.Task): boolean => {
  const env =
    typeof payload === "object" && payload !== null && "env" in payload ? payload.env : null;
  return typeof env === "object" && env !== null && "PATH" in env;
};

/** What a task for an agent that takes prompts must have, and cannot have. */
const unsuited = (plan: PlanFile.Plan, task: Task.Task, title: string): ReadonlyArray<Problem> => {
  const { agent, id, prompt } = task;
  if (Routing.hasCommand(task)) {
    const message = `Task "${id}" has a command, and ${title} runs none: say in its prompt what is to be done and leave run out, or leave agent: ${agent} out`;
    return [error(plan, "UnusedCommand", task, message)];
  }
  return prompt === undefined || prompt.trim() === ""
    ? [error(plan, "NoPrompt", task, `Task "${id}" has no prompt, which ${title} needs. Add one`)]
    : [];
};

/** It runs all the same, without what its agent does not read. */
const unused = (plan: PlanFile.Plan, task: Task.Task): ReadonlyArray<Problem> => {
  const message = TaskKeys.unused(task, plan.defaults);
  if (message === undefined) return [];
  return [{ ...error(plan, "UnusedKey", task, message), severity: "warning" }];
};

/** Nothing here merges pull requests: who waits for that would start without it. */
const unmerged = (plan: PlanFile.Plan, remote: Remote): ReadonlyArray<Problem> =>
  plan.tasks.flatMap((task) =>
    Task.dependencies(task)
      .filter(({ task: on, until }) => remote.has(on) && (until ?? "agent-ended") !== "agent-ended")
      .map(({ task: on, until }) => {
        const message = `Task "${task.id}" waits until "${on}" is ${until}, which cannot be reached: Codegen delivers pull requests, and nothing merges or watches them yet. Write until: agent-ended, or merge in a later run`;
        return error(plan, "UnreachableGate", task, message, on);
      }),
  );

const isAboutMerging = (problem: PlanProblem.PlanProblem, remote: Remote): boolean =>
  problem._tag === "UnreachableGate" && remote.has(problem.dependency);

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
