/** The command with all that it works with, for a process to run. */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as CompletionsCommand from "./commands/CompletionsCommand.ts";
import { off } from "./commands/Flags.ts";
import { commands } from "./commands/index.ts";
import * as Log from "./terminal/Log.ts";
import * as Overview from "./start/Overview.ts";
import * as SecretArguments from "./config/SecretArguments.ts";
import * as Requests from "./telemetry/Requests.ts";
import * as ScrubbedScreen from "./telemetry/ScrubbedScreen.ts";
import * as Usage from "./Usage.ts";
import { version } from "./Version.ts";

const layers = Usage.layer(process, () => orchestrator).pipe(
  Layer.provideMerge(ScrubbedScreen.layer(process)),
  Layer.provideMerge(NodeServices.layer),
  Layer.provideMerge(Log.layer(process)),
  Layer.provideMerge(Requests.layer),
);

const completions = CompletionsCommand.make((): Command.Command.Any => orchestrator);

/** The whole command. */
export const orchestrator = Command.make(
  "orchestrator",
  { json: off("json", "Print what is here, and what to do next, as JSON") },
  Overview.show,
).pipe(
  Command.withDescription("Runs plans of dependent tasks on parallel agents and lands their work"),
  Command.withExamples([
    { command: "orchestrator", description: "what is here, and what to do next" },
    { command: "orchestrator init", description: "set it up for this repository" },
    { command: "orchestrator demo", description: "see it at work" },
  ]),
  Command.withSubcommands([...commands, completions]),
);

/** The command, as it was called. */
export const program = Effect.andThen(
  Effect.suspend(() => SecretArguments.refuse(process.argv.slice(2))),
  Command.run(orchestrator, { version }),
).pipe(Effect.provide(layers));
