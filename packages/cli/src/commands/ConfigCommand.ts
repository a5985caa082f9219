/** `orchestrator config`: its subcommands and their flags. */
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import { Screen } from "../terminal/Screen.ts";
import { off } from "./Flags.ts";
import { allowHost, config } from "./PlanFlags.ts";

const show = Command.make(
  "show",
  {
    config,
    allowHost,
    all: off("all", "Also keys that nothing sets"),
    json: off("json", "Print one JSON object, with all keys"),
  },
  Effect.fn("ConfigCommand.show")(function* (options) {
    const ConfigShow = yield* Effect.promise(() => import("../config/ConfigShow.ts"));
    yield* ConfigShow.show(options);
  }),
).pipe(
  Command.withDescription(
    "Check the configuration, and show every value with the place that it is from; secrets are hidden",
  ),
  Command.withExamples([
    { command: "orchestrator config show" },
    { command: "orchestrator config show --config team.yaml --config mine.yaml" },
  ]),
);

const schema = Command.make(
  "schema",
  {
    plan: off("plan", "That of plan files"),
    workflow: off("workflow", "That of workflow files"),
  },
  Effect.fn("ConfigCommand.schema")(function* ({ plan: isPlan, workflow: isWorkflow }) {
    const { out } = yield* Screen;
    const { configuration, plan, workflow } = yield* Effect.promise(
      () => import("../config/JsonSchemas.ts"),
    );
    const wanted = isPlan ? plan : isWorkflow ? workflow : configuration;
    yield* out.print(JSON.stringify(wanted, undefined, 2));
  }),
).pipe(
  Command.withDescription("Print the JSON Schema of configuration files, for editors and checks"),
  Command.withExamples([
    { command: "orchestrator config schema > orchestrator.schema.json" },
    { command: "orchestrator config schema --plan" },
  ]),
);

/** Shows the configuration, and what it may hold. */
export const command = Command.make("config").pipe(
  Command.withDescription("Look at the configuration"),
  Command.withSubcommands([show, schema]),
);
