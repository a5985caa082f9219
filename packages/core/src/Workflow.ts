/**
 * A workflow is a plan with a name, parameters and outputs, to be run again and again.
 *
 * Before it runs it is expanded: conditions on parameters are decided, lists
 * become tasks, workflows that are tasks of others become the tasks within them. What
 * comes out are ordinary tasks; the engine knows no workflows. Lists that only
 * a task finds out are expanded by a task that adds the others to the run.
 */
import * as Schema from "effect/Schema";
import { Task } from "./Task.ts";

export { actions } from "./internal/workflow/actions.ts";
export {
  check,
  type Problem,
  sentence,
  type Surroundings,
  uses,
} from "./internal/workflow/check.ts";
export { type Conditions, noConditions } from "./internal/workflow/conditions.ts";
export { expand, type Expansion } from "./internal/workflow/expand.ts";
export { within } from "./internal/workflow/later.ts";
export {
  type Arguments,
  type ArgumentProblem,
  argumentsFor,
  ofTexts,
} from "./internal/workflow/parameters.ts";

/** What the value of a parameter can be. */
export const ParameterType = Schema.Literals(["string", "number", "boolean", "list"]);
export type ParameterType = typeof ParameterType.Type;

/** A value that a workflow is given each time it runs. */
export const Parameter = Schema.Struct({
  type: ParameterType,
  /** A sentence for people. */
  description: Schema.optionalKey(Schema.String),
  default: Schema.optionalKey(Schema.Json),
  /** Whether it must be given (default: if it has no default). What may be left out and is has the value null. */
  required: Schema.optionalKey(Schema.Boolean),
  /** The values that are allowed; of a list, those of its items. */
  enum: Schema.optionalKey(Schema.Array(Schema.Json)),
});
export type Parameter = typeof Parameter.Type;

/**
 * A task of a workflow. Its texts may hold `{{ params.<name> }}`.
 *
 * Its payload may have `when`, a condition, and `uses: "workflow.<name>"` with
 * the parameters of that workflow in `with`.
 */
export const WorkflowTask = Schema.Struct({
  ...Task.fields,
  /** One task for each item: a list, or a text that is a reference to one. Texts may hold `{{ item }}` and `{{ index }}`. */
  forEach: Schema.optionalKey(Schema.Json),
});
export type WorkflowTask = typeof WorkflowTask.Type;

/** How the name of a workflow looks: at most 64 small letters, digits and hyphens, a letter first. */
export const namePattern = /^[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** The names of the actions that expansion itself uses; no workflow can have them. */
export const reservedNames: ReadonlyArray<string> = ["outputs", "list", "for-each"];

/** Whether a text can be the name of a workflow. */
export const isName = (text: string): boolean =>
  namePattern.test(text) && !reservedNames.includes(text);

/** A plan with a name, parameters and outputs. */
export const Workflow = Schema.Struct({
  name: Schema.String,
  /** A sentence for people. */
  description: Schema.optionalKey(Schema.String),
  parameters: Schema.Record(Schema.String, Parameter),
  tasks: Schema.Array(WorkflowTask),
  /** What comes of it, as JSON in which references stand for outputs of its tasks. */
  outputs: Schema.Record(Schema.String, Schema.Json),
  /** What else is said of the plan, for whoever runs it, as its concurrency. */
  settings: Schema.Record(Schema.String, Schema.Json),
});
export type Workflow = typeof Workflow.Type;

/** A workflow of some tasks; what is left out is empty. */
export const make = (given: Pick<Workflow, "name" | "tasks"> & Partial<Workflow>): Workflow => ({
  parameters: {},
  outputs: {},
  settings: {},
  ...given,
});
