/**
 * Reads a plan from a YAML or JSON file.
 *
 * What is wrong with a file is reported all together, each mistake with its
 * line, column and path. What is wrong with the graph (missing dependencies,
 * cycles, ids used twice) is core's to find; `locate` gives the place of each
 * such problem in the file.
 */
import {
  type Action,
  type PlanProblem,
  type RunEvent,
  Task,
  type Template,
} from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as v from "valibot";
import * as Actions from "./Actions.ts";
import * as DataFile from "./DataFile.ts";
import * as HookSchema from "./HookSchema.ts";
import * as PlanActions from "./plan/PlanActions.ts";
import { check } from "./plan/PlanChecks.ts";
import * as PlanIssues from "./plan/PlanIssues.ts";
import { outline, type OutlinedDependency, type OutlinedTask } from "./plan/PlanOutline.ts";
import * as PlanPositions from "./plan/PlanPositions.ts";
import {
  type AgentInput,
  type DefaultsInput,
  PlanInput,
  promptKeys,
  reserved,
  TaskInput,
} from "./plan/PlanSchema.ts";
import { dependencyOf, toTask, withDefaults } from "./plan/PlanTasks.ts";
import { type Located, nulMessage, type Position } from "./plan/SourceText.ts";

/** One mistake in a plan file. Lines and columns begin at 1. */
export const Problem = DataFile.Problem;
export type Problem = DataFile.Problem;

const shownProblems = 100;

/** A plan file cannot be read, or is wrong; `problems` are all its mistakes in the order of the file. */
export class PlanFileError extends Schema.TaggedError<PlanFileError>()("PlanFileError", {
  file: Schema.String,
  problems: Schema.Array(Problem),
}) {
  /** `EX_DATAERR` of sysexits.h. */
  override readonly [Runtime.errorExitCode] = 65;
  override get message(): string {
    const shown = this.problems.slice(0, shownProblems);
    const rest = this.problems.length - shown.length;
    const lines = shown.map((problem) => DataFile.line(this.file, problem));
    return [...lines, ...(rest > 0 ? [`${this.file}  and ${rest} more`] : [])].join("\n");
  }
}

/** The keys of a task that only agents which take prompts read. */
export { promptKeys };

/** Variables that commands are given, without the ORCHESTRATOR_ before them. */
export { reserved as reservedVariables };

/** What the tasks of a plan take over if they do not state it themselves. */
export type TaskDefaults = DefaultsInput;

/** What a plan gives one coding agent of this machine. */
export type AgentSettings = AgentInput;

/** What a plan file says, defaults filled in. The tasks may still not form a graph. */
export interface Plan {
  /** What the file calls itself, or its name without folder and ending. */
  readonly name: string;
  /** The file as it was named when it was read. */
  readonly file: string;
  readonly isolation: "worktree" | "none";
  /** The branch that changes are merged into; absent: the one checked out. */
  readonly base?: string;
  /** In the tasks already; tasks found during a run take them over when they are decoded. */
  readonly defaults: TaskDefaults;
  readonly resources: Readonly<Record<string, number>>;
  /** The coding agents that it names, whether or not a task does. */
  readonly agents: Readonly<Record<string, AgentSettings>>;
  readonly concurrency?: number;
  readonly mode?: RunEvent.Mode;
  readonly failFast?: boolean;
  /** Commands that run at events. */
  readonly hooks?: ReadonlyArray<HookSchema.Hook>;
  /** In the order of the file. `payload` holds commands, as `CommandPayload`, and what stands in `promptKeys`. */
  readonly tasks: ReadonlyArray<Task.Task>;
  /** Where the file states a task or a dependency. */
  readonly positions: PlanPositions.Positions;
}

/** The largest JSON file, in bytes. */
export const maxJsonBytes = DataFile.maxJsonBytes;
/** The largest YAML file, in bytes; reading YAML costs about 100 times its size in memory. */
export const maxYamlBytes = DataFile.maxYamlBytes;

const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;

const kind: DataFile.Kind = {
  noun: "plan file",
  example: "a plan needs tasks, for example\ntasks:\n  - id: hello\n    run: echo hello",
};

const failure = (file: string) => (problems: ReadonlyArray<Problem>) =>
  new PlanFileError({ file, problems });

/** What a plan file says beside its tasks, defaults filled in. */
export const settings = (input: Omit<PlanInput, "tasks">) => ({
  isolation: input.isolation ?? ("worktree" as const),
  resources: input.resources ?? {},
  agents: (input.agents ?? {}) as Plan["agents"],
  ...(input.on === undefined ? {} : { hooks: HookSchema.read(input.on) }),
  ...(input.base === undefined ? {} : { base: input.base }),
  ...(input.concurrency === undefined ? {} : { concurrency: input.concurrency }),
  ...(input.mode === undefined ? {} : { mode: input.mode }),
  ...(input.failFast === undefined ? {} : { failFast: input.failFast }),
});

/** What a plan may name beside what stands in its file. */
export interface Options {
  /** The actions that there are (default those that come along). */
  readonly actions?: ReadonlyArray<Action.Signature>;
  /** The values of its parameters; its tasks take them along (default none). */
  readonly params?: Template.Parameters;
}

interface Stated {
  readonly tasks: ReadonlyArray<OutlinedTask>;
  readonly implied: ReadonlyMap<number, ReadonlyArray<OutlinedDependency>>;
}

const build = (
  file: string,
  input: PlanInput,
  { tasks, implied }: Stated,
  positionOf: (offset: number) => Position,
  params: Template.Parameters,
): Plan => {
  const base = baseName(file);
  const source = (offset: number): string => `${base}:${positionOf(offset).line}`;
  const task = (stated: TaskInput, index: number): Task.Task => {
    const own = stated.dependsOn ?? [];
    const offsets = tasks[index]!.dependsOn;
    const dependsOn = [
      ...own.map((dependency, at) => dependencyOf(dependency, source(offsets[at]!.offset))),
      ...(implied.get(index) ?? []).map(({ task: id, offset }) => dependencyOf(id, source(offset))),
    ];
    return toTask(withDefaults(stated, input.defaults ?? {}), dependsOn, params);
  };
  return {
    name: input.name ?? base.replace(/\.[^.]+$/, ""),
    file,
    defaults: input.defaults ?? {},
    ...settings(input),
    tasks: input.tasks.map(task),
    positions: PlanPositions.make(
      tasks,
      (index) => [...tasks[index]!.dependsOn, ...(implied.get(index) ?? [])],
      positionOf,
    ),
  };
};

const validate = (
  file: string,
  { located, place, positionOf, problems: before }: DataFile.Source,
  { actions = Actions.signatures, params = {} }: Options,
): Result.Result<Plan, PlanFileError> => {
  const parsed = v.safeParse(PlanInput, located.value);
  const stated = outline(located);
  const checked = check(stated, { params });
  const problems = [
    ...before,
    ...(parsed.issues === undefined ? [] : PlanIssues.problems(located, parsed.issues)),
    ...checked.problems,
    ...PlanActions.problems(located, stated.tasks, actions),
  ];
  return parsed.success && problems.length === 0
    ? Result.succeed(
        build(
          file,
          parsed.output,
          { tasks: stated.tasks, implied: checked.implied },
          positionOf,
          params,
        ),
      )
    : Result.fail(failure(file)(place(problems)));
};

/** Reads the text of a plan file; the ending of its name says whether it is YAML or JSON. */
export const parse = (
  text: string,
  file: string,
  options: Options = {},
): Result.Result<Plan, PlanFileError> => {
  const source = DataFile.parse(text, file, kind);
  return Result.isFailure(source)
    ? Result.fail(failure(file)(source.failure))
    : validate(file, source.success, options);
};

const noMarks: Located["marks"] = new Map();

/**
 * Reads one task that was found during a run, with the keys of a task in a plan file.
 *
 * It takes over the defaults of its plan. The failure is one sentence per mistake.
 */
export const decodeTask = (
  json: unknown,
  defaults: TaskDefaults = {},
): Result.Result<Task.Task, string> => {
  if (JSON.stringify(json)?.includes("\\u0000")) return Result.fail(nulMessage);
  const parsed = v.safeParse(TaskInput, json);
  const output = parsed.success ? withDefaults(parsed.output, defaults) : undefined;
  if (output !== undefined && (output.run ?? output.prompt ?? output.uses) !== undefined) {
    return Result.succeed(toTask(output, (output.dependsOn ?? []).map(Task.dependency)));
  }
  const located = { value: json, offset: 0, marks: noMarks };
  const problems = PlanIssues.problems(located, parsed.issues ?? []);
  const lines = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return Result.fail(lines.join("; ") || '"run", "prompt" or "uses" is missing; add one');
};

/** Reads a plan file. */
export const load = Effect.fn("PlanFile.load")(function* (file: string, options: Options = {}) {
  const text = yield* Effect.mapError(DataFile.text(file, kind), failure(file));
  return yield* Effect.fromResult(parse(text, file, options));
});

/** Where a problem of the graph stands in the file, or undefined if the file does not state it. */
export const locate = (plan: Plan, problem: PlanProblem.PlanProblem): Position | undefined => {
  switch (problem._tag) {
    case "Cycle":
      return plan.positions(problem.path[0] ?? "", problem.path[1]);
    case "MissingDependency":
    case "UnreachableGate":
      return plan.positions(problem.task, problem.dependency);
    case "SelfDependency":
      return plan.positions(problem.task, problem.task);
    case "DuplicateTask":
      return plan.positions(problem.task, undefined, 1);
    case "DuplicateReference":
      return plan.positions(problem.task, problem.dependency, 1);
    default:
      return plan.positions(problem.task);
  }
};
