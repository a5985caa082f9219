/**
 * Reads a workflow from a YAML or JSON file: a plan file with parameters and outputs.
 *
 * Mistakes are told all together, each with its line, column and path.
 */
import { type Action, type Task, Workflow } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import * as v from "valibot";
import * as Actions from "./Actions.ts";
import * as DataFile from "./DataFile.ts";
import * as PlanActions from "./plan/PlanActions.ts";
import { check } from "./plan/PlanChecks.ts";
import * as PlanIssues from "./plan/PlanIssues.ts";
import { outline, type OutlinedTask } from "./plan/PlanOutline.ts";
import * as PlanPositions from "./plan/PlanPositions.ts";
import { dependencyOf, toTask, withDefaults } from "./plan/PlanTasks.ts";
import { formatPath, keyOffset, type Located, type TextProblem } from "./plan/SourceText.ts";
import { type Plan, PlanFileError, settings } from "./PlanFile.ts";
import * as Presets from "./presets/Presets.ts";
import { conditions } from "./workflow/conditions.ts";
import { type WorkflowInput, WorkflowInput as Input } from "./workflow/WorkflowSchema.ts";

/** A workflow, and where its file states what. */
export interface WorkflowFile {
  readonly file: string;
  readonly workflow: Workflow.Workflow;
  /** What the file says beside its tasks, as of a plan. */
  readonly settings: ReturnType<typeof settings>;
  readonly defaults: Plan["defaults"];
  readonly positions: Plan["positions"];
  /** Problems of the workflow as people are told them. */
  readonly place: (problems: ReadonlyArray<Workflow.Problem>) => ReadonlyArray<DataFile.Problem>;
}

const kind: DataFile.Kind = {
  noun: "workflow file",
  example: "a workflow needs tasks, for example\ntasks:\n  - id: hello\n    run: echo hello",
};

const failure = (file: string) => (problems: ReadonlyArray<DataFile.Problem>) =>
  new PlanFileError({ file, problems });

/** The name that a file gives a workflow, unless it states one. */
export const nameOf = (file: string): string =>
  (file.split(/[\\/]/).at(-1) ?? file).replace(/\.[^.]+$/, "");

const isInner = ({ fields }: OutlinedTask): boolean =>
  typeof fields["uses"] === "string" && fields["uses"].startsWith("workflow.");

/** The names that texts may have; their values come later. */
const parameterNames = (located: Located): Readonly<Record<string, null>> => {
  const { value } = located;
  const stated =
    typeof value === "object" && value !== null ? Reflect.get(value, "parameters") : undefined;
  const names = typeof stated === "object" && stated !== null ? Object.keys(stated) : [];
  return Object.fromEntries([...names, "item", "index"].map((name) => [name, null]));
};

const definition = (
  file: string,
  { description, outputs = {}, parameters = {}, tasks, ...rest }: WorkflowInput,
  stated: ReadonlyArray<OutlinedTask>,
  source: (offset: number) => string,
): Workflow.Workflow => {
  const { $schema: _, defaults = {}, name = nameOf(file), ...other } = rest;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    // It was read from JSON or YAML, and so holds nothing that JSON cannot.
    parameters: parameters as Workflow.Workflow["parameters"],
    outputs: outputs as Workflow.Workflow["outputs"],
    settings: other as Workflow.Workflow["settings"],
    tasks: tasks.map(({ forEach, ...task }, index): Workflow.WorkflowTask => {
      const offsets = stated[index]!.dependsOn;
      const dependsOn = (task.dependsOn ?? []).map((one, at): Task.Dependency =>
        dependencyOf(one, source(offsets[at]!.offset)),
      );
      const made = toTask(withDefaults(task, defaults), dependsOn);
      return forEach === undefined ? made : { ...made, forEach: forEach as Schema.Json };
    }),
  };
};

/** Where the key at the end of a path stands. */
const keyAt = (located: Located, path: ReadonlyArray<string | number>): number | undefined => {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
      located.value,
    );
  const last = path.at(-1);
  return typeof parent === "object" && parent !== null && typeof last === "string"
    ? keyOffset(located, parent, last)
    : undefined;
};

const textProblem = (
  located: Located,
  { isKey, message, path }: Workflow.Problem,
): TextProblem => ({
  offset: (isKey === true ? keyAt(located, path) : undefined) ?? PlanIssues.offsetAt(located, path),
  path: formatPath(path),
  message,
});

/** What a workflow file is checked against. */
export interface Options {
  /** The actions that there are (default those that come along). */
  readonly actions?: ReadonlyArray<Action.Signature>;
}

/** Reads the text of a workflow file. Whether the workflows that it uses exist is looked at by `load`. */
export const parse = (
  text: string,
  file: string,
  { actions = Actions.signatures }: Options = {},
): Result.Result<WorkflowFile, PlanFileError> => {
  const source = DataFile.parse(text, file, kind);
  if (Result.isFailure(source)) return Result.fail(failure(file)(source.failure));
  const { located, place, positionOf, problems: before } = source.success;
  const parsed = v.safeParse(Input, located.value);
  const stated = outline(located);
  const problems = [
    ...before,
    ...PlanIssues.problems(located, parsed.issues ?? []),
    ...check(stated, { params: parameterNames(located) }).problems,
    ...PlanActions.problems(
      located,
      stated.tasks.filter((task) => !isInner(task)),
      actions,
    ),
  ];
  if (!parsed.success || problems.length > 0) return Result.fail(failure(file)(place(problems)));
  const line = (offset: number) => `${file.split(/[\\/]/).at(-1)}:${positionOf(offset).line}`;
  return Result.succeed({
    file,
    workflow: definition(file, parsed.output, stated.tasks, line),
    settings: settings(parsed.output),
    defaults: parsed.output.defaults ?? {},
    positions: PlanPositions.make(
      stated.tasks,
      (index) => stated.tasks[index]!.dependsOn,
      positionOf,
    ),
    place: (found) => place(found.map((one) => textProblem(located, one))),
  });
};

/** Reads a workflow file. */
export const read = Effect.fn("WorkflowFile.read")(function* (file: string, options: Options = {}) {
  const text = yield* Effect.mapError(DataFile.text(file, kind), failure(file));
  return yield* Effect.fromResult(parse(text, file, options));
});

/** A workflow with all those that are tasks of it. */
export interface Loaded {
  readonly root: WorkflowFile;
  /** By name, the root included. */
  readonly files: ReadonlyMap<string, WorkflowFile>;
  readonly around: Workflow.Surroundings;
}

/** The mistakes of the first file that has some, in that file. */
const refused = (
  { files, root }: Pick<Loaded, "files" | "root">,
  problems: ReadonlyArray<Workflow.Problem>,
): PlanFileError => {
  const name = problems[0]?.workflow ?? root.workflow.name;
  const file = files.get(name) ?? root;
  return failure(file.file)(file.place(problems.filter(({ workflow }) => workflow === name)));
};

/** Everything that can be told of a workflow without its parameters. */
export const validate = (loaded: Loaded): Result.Result<void, PlanFileError> => {
  const problems = Workflow.check(loaded.root.workflow, loaded.around);
  return problems.length === 0 ? Result.void : Result.fail(refused(loaded, problems));
};

/** The workflows within a workflow are found by `find`; what it does not find is told as missing. */
export const gather = Effect.fn("WorkflowFile.gather")(function* <E, R>(
  root: WorkflowFile,
  names: ReadonlyArray<string>,
  find: (name: string) => Effect.Effect<WorkflowFile, E, R>,
) {
  const files = new Map([[root.workflow.name, root]]);
  const open = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of Workflow.uses(next.workflow)) {
      if (files.has(name) || !names.includes(name)) continue;
      const found = yield* find(name);
      files.set(name, found);
      open.push(found);
    }
  }
  const lookup = (name: string) => files.get(name)?.workflow;
  const loaded: Loaded = { root, files, around: { names, conditions, lookup } };
  return loaded;
});

const outermost = (id: string): string => id.split("/", 1)[0]!;

/** Tasks of an expansion are where the task of the file is that they are made from. */
const positionsOf =
  ({ positions }: WorkflowFile): Plan["positions"] =>
  (task, dependency, occurrence) => {
    const id = outermost(task);
    if (dependency === undefined) return positions(id, undefined, id === task ? occurrence : 0);
    return positions(id, outermost(dependency), occurrence) ?? positions(id);
  };

/** The plan that a workflow is with values of its parameters. */
export const plan = (
  loaded: Loaded,
  params: Workflow.Arguments,
): Result.Result<Plan, PlanFileError> => {
  const { files, root } = loaded;
  const expanded = Workflow.expand(root.workflow, params, loaded.around);
  if (Result.isFailure(expanded)) return Result.fail(refused(loaded, expanded.failure));
  const { tasks, used } = expanded.success;
  const inner = used.flatMap((name) => files.get(name) ?? []);
  // What only workflows within need is there, too; where both say something, the outer one counts.
  const merged = <K extends "resources" | "agents">(key: K) =>
    Object.assign({}, ...[...inner, root].map((one) => one.settings[key])) as Plan[K];
  return Result.succeed({
    ...root.settings,
    name: root.workflow.name,
    file: root.file,
    defaults: root.defaults,
    resources: merged("resources"),
    agents: { ...agentsOf(tasks), ...merged("agents") },
    tasks,
    positions: positionsOf(root),
  });
};

/** Agents that only tasks need which join later. */
const agentsOf = (tasks: ReadonlyArray<Task.Task>): Plan["agents"] => {
  const named = tasks.flatMap(Workflow.within).flatMap(({ agent }) => agent ?? []);
  return Object.fromEntries(
    Presets.names.filter((name) => named.includes(name)).map((name) => [name, {}]),
  );
};
