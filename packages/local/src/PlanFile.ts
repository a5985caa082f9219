/**
 * Reads a plan from a YAML or JSON file.
 *
 * What is wrong with a file is reported all together, each mistake with its
 * line, column and path. What is wrong with the graph (missing dependencies,
 * cycles, ids used twice) is core's to find; `locate` gives the place of each
 * such problem in the file.
 */
import { type PlanProblem, type RunEvent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as v from "valibot";
import * as JsonText from "./plan/JsonText.ts";
import { check } from "./plan/PlanChecks.ts";
import * as PlanIssues from "./plan/PlanIssues.ts";
import { outline, type OutlinedDependency, type OutlinedTask } from "./plan/PlanOutline.ts";
import * as PlanPositions from "./plan/PlanPositions.ts";
import { type DefaultsInput, PlanInput, TaskInput } from "./plan/PlanSchema.ts";
import { dependencyOf, toTask, withDefaults } from "./plan/PlanTasks.ts";
import {
  type Located,
  nulMessage,
  type Position,
  positions,
  type Reading,
  type TextProblem,
} from "./plan/SourceText.ts";
import * as YamlText from "./plan/YamlText.ts";

/** One mistake in a plan file. Lines and columns begin at 1. */
export const Problem = Schema.Struct({
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  /** The value concerned, as `tasks[3].retry.attempts`. */
  path: Schema.optionalKey(Schema.String),
  message: Schema.String,
});
export type Problem = typeof Problem.Type;

const shownProblems = 100;

const problemLine = (file: string, { line, column, path, message }: Problem): string => {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}  ${path === undefined ? "" : `${path}: `}${message}`;
};

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
    const lines = shown.map((problem) => problemLine(this.file, problem));
    return [...lines, ...(rest > 0 ? [`${this.file}  and ${rest} more`] : [])].join("\n");
  }
}

/** What a plan file says, defaults filled in. The tasks may still not form a graph. */
/** What the tasks of a plan take over if they do not state it themselves. */
export type TaskDefaults = DefaultsInput;

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
  readonly concurrency?: number;
  readonly mode?: RunEvent.Mode;
  readonly failFast?: boolean;
  /** In the order of the file. Commands are in `payload`, as `CommandPayload`. */
  readonly tasks: ReadonlyArray<Task.Task>;
  /** Where the file states a task or a dependency. */
  readonly positions: PlanPositions.Positions;
}

/** The largest JSON file, in bytes. */
export const maxJsonBytes = 64 * 1024 * 1024;
/** The largest YAML file, in bytes; reading YAML costs about 100 times its size in memory. */
export const maxYamlBytes = 16 * 1024 * 1024;

type Format = "json" | "yaml";

const formatOf = (file: string): Format | undefined =>
  /\.json$/i.test(file) ? "json" : /\.ya?ml$/i.test(file) ? "yaml" : undefined;

const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;

const unplaced = (file: string, message: string): PlanFileError =>
  new PlanFileError({ file, problems: [{ message }] });

const failure = (
  file: string,
  problems: ReadonlyArray<TextProblem>,
  positionOf: (offset: number) => Position,
): PlanFileError =>
  new PlanFileError({
    file,
    problems: problems
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, path, message }) => ({
        ...positionOf(offset),
        ...(path === undefined ? {} : { path }),
        message,
      })),
  });

const emptyMessage =
  "the file is empty; a plan needs tasks, for example\ntasks:\n  - id: hello\n    run: echo hello";

const read = (text: string, format: Format): Reading => {
  if (text.trim() === "") {
    return { located: undefined, problems: [{ offset: 0, message: emptyMessage }] };
  }
  const reading = format === "json" ? JsonText.read(text) : YamlText.read(text);
  if (reading.located?.value !== null || reading.problems.length > 0) return reading;
  return { located: undefined, problems: [{ offset: 0, message: emptyMessage }] };
};

const settings = (input: PlanInput) => ({
  isolation: input.isolation ?? ("worktree" as const),
  resources: input.resources ?? {},
  ...(input.base === undefined ? {} : { base: input.base }),
  ...(input.concurrency === undefined ? {} : { concurrency: input.concurrency }),
  ...(input.mode === undefined ? {} : { mode: input.mode }),
  ...(input.failFast === undefined ? {} : { failFast: input.failFast }),
});

interface Stated {
  readonly tasks: ReadonlyArray<OutlinedTask>;
  readonly implied: ReadonlyMap<number, ReadonlyArray<OutlinedDependency>>;
}

const build = (
  file: string,
  input: PlanInput,
  { tasks, implied }: Stated,
  positionOf: (offset: number) => Position,
): Plan => {
  const base = baseName(file);
  const source = (offset: number): string => `${base}:${positionOf(offset).line}`;
  const task = (stated: TaskInput, index: number): Task.Task => {
    const own = stated.dependsOn ?? [];
    const offsets = tasks[index]!.dependsOn;
    return toTask(withDefaults(stated, input.defaults ?? {}), [
      ...own.map((dependency, at) => dependencyOf(dependency, source(offsets[at]!.offset))),
      ...(implied.get(index) ?? []).map(({ task: id, offset }) => dependencyOf(id, source(offset))),
    ]);
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
  located: Located,
  before: ReadonlyArray<TextProblem>,
  positionOf: (offset: number) => Position,
): Result.Result<Plan, PlanFileError> => {
  const parsed = v.safeParse(PlanInput, located.value);
  const stated = outline(located);
  const checked = check(stated);
  const problems = [
    ...before,
    ...(parsed.issues === undefined ? [] : PlanIssues.problems(located, parsed.issues)),
    ...checked.problems,
  ];
  return parsed.success && problems.length === 0
    ? Result.succeed(
        build(file, parsed.output, { tasks: stated.tasks, implied: checked.implied }, positionOf),
      )
    : Result.fail(failure(file, problems, positionOf));
};

/** Reads the text of a plan file; the ending of its name says whether it is YAML or JSON. */
export const parse = (text: string, file: string): Result.Result<Plan, PlanFileError> => {
  const format = formatOf(file);
  if (format === undefined) {
    return Result.fail(unplaced(file, "a plan file must end in .yaml, .yml or .json; rename it"));
  }
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const positionOf = positions(source);
  const { located, problems } = read(source, format);
  return located === undefined
    ? Result.fail(failure(file, problems, positionOf))
    : validate(file, located, problems, positionOf);
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
  if (output !== undefined && (output.run ?? output.prompt) !== undefined) {
    return Result.succeed(toTask(output, (output.dependsOn ?? []).map(Task.dependency)));
  }
  const located = { value: json, offset: 0, marks: noMarks };
  const problems = PlanIssues.problems(located, parsed.issues ?? []);
  const lines = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return Result.fail(lines.join("; ") || '"run" or "prompt" is missing; add one');
};

const cannotOpen = (file: string) => (error: PlatformError) => {
  const messages: Readonly<Record<string, string>> = {
    NotFound: "the file does not exist; check the name and the folder",
    PermissionDenied: "the file may not be read; check its permissions",
  };
  const message = messages[error.reason._tag] ?? `the file cannot be read: ${error.message}`;
  return unplaced(file, message);
};

const decode = (bytes: Uint8Array, file: string): Effect.Effect<string, PlanFileError> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => {
      const wide =
        (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
      const text = new TextDecoder().decode(bytes);
      const message = `the file is not UTF-8${wide ? " but UTF-16" : ""}; save it as UTF-8`;
      const place = positions(text)(wide ? 0 : Math.max(0, text.indexOf("\ufffd")));
      return new PlanFileError({ file, problems: [{ ...place, message }] });
    },
  });

const refuseLarge = (file: string, size: bigint | number): Effect.Effect<void, PlanFileError> => {
  const format = formatOf(file);
  const most = format === "yaml" ? maxYamlBytes : maxJsonBytes;
  if (size <= most) return Effect.void;
  const hint = format === "yaml" ? "write it as JSON or split it" : "split it";
  const message = `the file has ${size} bytes; at most ${most} are read; ${hint}`;
  return Effect.fail(unplaced(file, message));
};

/** Reads a plan file. */
export const load = Effect.fn("PlanFile.load")(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const info = yield* Effect.mapError(fs.stat(file), cannotOpen(file));
  if (info.type === "Directory") {
    return yield* unplaced(file, "this is a folder; name the plan file in it");
  }
  // a pipe has no size before it is read
  yield* refuseLarge(file, info.size);
  const bytes = yield* Effect.mapError(fs.readFile(file), cannotOpen(file));
  yield* refuseLarge(file, bytes.length);
  return yield* Effect.fromResult(parse(yield* decode(bytes, file), file));
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
