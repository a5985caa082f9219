/** Tools for the workflows of the project: `list_workflows` and `run_workflow`. */
import { Workflow } from "@orchestrator/core";
import { WorkflowFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as RunPlan from "../run/RunPlan.ts";
import { count } from "../view/Words.ts";
import * as WorkflowChoice from "../workflow/WorkflowChoice.ts";
import * as Fields from "./McpFields.ts";
import * as McpTool from "./McpTool.ts";
import * as WorkTools from "./WorkTools.ts";

const listWorkflows = McpTool.make({
  name: "list_workflows",
  title: "What workflows there are",
  description:
    "Lists the workflows of the project: saved plans with parameters, each with its description, or with what is wrong with it.",
  hasForeignText: true,
  input: Schema.Struct(Fields.page),
  output: Schema.Struct({
    workflows: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        description: Fields.maybe,
        parameters: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
        problem: Fields.maybe,
      }),
    ),
    ...Fields.paged,
  }),
  run: Effect.fnUntraced(function* (input) {
    const folder = yield* WorkflowChoice.folderOf(yield* WorkflowChoice.rootOf);
    const { items, place } = Fields.cut(yield* WorkflowFolder.names(folder), input);
    const workflows = yield* Effect.forEach(items, (name) =>
      Effect.map(Effect.result(WorkflowFolder.load(folder, name)), (loaded) =>
        Result.isSuccess(loaded)
          ? {
              name,
              description: loaded.success.root.workflow.description ?? null,
              parameters: { ...loaded.success.root.workflow.parameters },
              problem: null,
            }
          : { name, description: null, parameters: null, problem: loaded.failure.message },
      ),
    );
    return {
      text: `${count(place.total, "workflow")}.${Fields.more(place)}`,
      data: { workflows, ...place },
    };
  }),
});

const Value = Schema.Union([
  Schema.String,
  Schema.Finite,
  Schema.Boolean,
  Schema.Array(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])),
]);

/** As the command line takes it. */
const stated = ([name, value]: readonly [string, typeof Value.Type]): string =>
  `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;

const runWorkflow = ({ runs, settings }: WorkTools.Parts) =>
  McpTool.make({
    name: "run_workflow",
    title: "Run a workflow",
    description:
      "Starts agents on the tasks of a workflow, and answers as soon as the run goes on. This costs what the agents cost.",
    permission: "run_workflow",
    hasForeignText: true,
    input: Schema.Struct({
      name: Schema.String.check(Schema.isPattern(Workflow.namePattern)).annotate({
        description: "The name of a workflow, as list_workflows gives it",
      }),
      params: Schema.optionalKey(
        Schema.Record(Schema.String, Value).annotate({ description: "Values of its parameters" }),
      ),
      concurrency: WorkTools.concurrency,
    }),
    output: WorkTools.Begun,
    run: Effect.fnUntraced(function* ({ concurrency, name, params = {} }) {
      const workflow = yield* WorkflowChoice.choose(name, Object.entries(params).map(stated));
      const options = {
        ...WorkTools.work(settings, concurrency),
        plan: Option.none(),
        yes: true,
        workflow,
      };
      const id = yield* runs.begin((started) => RunPlan.run({ ...options, started }));
      return yield* WorkTools.begun("Started", id);
    }),
  });

/** With what they need. */
export const make = (parts: WorkTools.Parts): ReadonlyArray<McpTool.McpTool> => [
  listWorkflows,
  runWorkflow(parts),
];
