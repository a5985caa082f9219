/** `orchestrator workflow`: its subcommands and their flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import * as RunPlan from "../run/RunPlan.ts";
import * as WorkflowChoice from "../workflow/WorkflowChoice.ts";
import * as WorkflowEdit from "../workflow/WorkflowEdit.ts";
import { isName, naming, nameWanted, off } from "./Flags.ts";
import { allowHost, config } from "./PlanFlags.ts";
import * as RunCommand from "./RunCommand.ts";

const workflow = (description: string) =>
  Argument.String("name").pipe(
    Argument.withDescription(description),
    Argument.filter(isName, nameWanted),
  );

const list = Command.make("list", { json: off("json", "Print one JSON array") }, ({ json }) =>
  WorkflowEdit.list(json),
).pipe(
  Command.withDescription("List the workflows of this project"),
  Command.withExamples([{ command: "orchestrator workflow list" }]),
);

const show = Command.make(
  "show",
  {
    name: workflow("The name of a workflow, or its file"),
    json: off("json", "Print one JSON object"),
  },
  ({ json, name }) => WorkflowEdit.show(name, json),
).pipe(
  Command.withDescription("Show the parameters, tasks and outputs of a workflow"),
  Command.withExamples([{ command: "orchestrator workflow show release" }]),
);

const create = Command.make(
  "create",
  {
    name: workflow("The name of the new workflow"),
    from: naming("from", "PLAN", "A plan file to begin with, comments included"),
    json: JsonAnswer.flag,
  },
  ({ from, json, name }) => WorkflowEdit.create(name, from, json),
).pipe(
  Command.withDescription("Write a new workflow to .orchestrator/workflows/NAME.yaml"),
  Command.withExamples([
    { command: "orchestrator workflow create release" },
    { command: "orchestrator workflow create release --from plan.yaml" },
  ]),
);

const validate = Command.make(
  "validate",
  {
    name: workflow("The name of a workflow, or its file; absent: all").pipe(Argument.optional),
    json: off("json", "Print one JSON array"),
  },
  ({ json, name }) => WorkflowEdit.validate(Option.getOrUndefined(name), json),
).pipe(
  Command.withDescription("Check workflows without running anything, each mistake with its place"),
  Command.withExamples([{ command: "orchestrator workflow validate" }]),
);

const remove = Command.make(
  "delete",
  {
    name: workflow("The name of a workflow"),
    yes: off("yes", "Delete it without asking").pipe(Flag.withAlias("y")),
    json: JsonAnswer.flag,
  },
  ({ name, ...how }) => WorkflowEdit.remove(name, how),
).pipe(
  Command.withDescription("Delete the file of a workflow; runs of it are not touched"),
  Command.withExamples([{ command: "orchestrator workflow delete release --yes" }]),
);

const run = Command.make(
  "run",
  {
    name: workflow("The name of a workflow, or its file"),
    param: Flag.String("param").pipe(
      Flag.withAlias("p"),
      Flag.withDescription(
        "The value of a parameter; a list is JSON, or items with commas between",
      ),
      Flag.withMetavar("NAME=VALUE"),
      Flag.atLeast(0),
    ),
    config,
    allowHost,
    ...RunCommand.ofFile,
  },
  Effect.fn("WorkflowCommand.run")(function* ({ name, param, ...options }) {
    const chosen = yield* WorkflowChoice.choose(name, param);
    yield* RunPlan.run({
      ...options,
      workflow: chosen,
      plan: Option.none(),
      repo: Option.none(),
      withDependencies: false,
      yes: false,
      noPostResults: false,
    });
  }),
).pipe(
  Command.withDescription("Run a workflow, as run does a plan"),
  Command.withExamples([
    { command: "orchestrator workflow run release --param env=prod --param hosts=a,b" },
    {
      command: "orchestrator workflow run release --param env=test --dry-run",
      description: "only look",
    },
  ]),
);

/** Plans with names and parameters. */
export const command = Command.make("workflow").pipe(
  Command.withDescription("Plans with a name and parameters, kept in .orchestrator/workflows"),
  Command.withSubcommands([list, show, create, validate, run, remove]),
);
