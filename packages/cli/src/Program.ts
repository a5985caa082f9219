/** The command with all that it works with, for a process to run. */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { commands } from "./commands/index.ts";
import * as Log from "./Log.ts";
import * as Screen from "./Screen.ts";
import * as Usage from "./Usage.ts";
import { version } from "./Version.ts";

const layers = Usage.layer.pipe(
  Layer.provideMerge(Screen.Screen.layer(process)),
  Layer.provideMerge(NodeServices.layer),
  Layer.provideMerge(Log.layer(process)),
);

const orchestrator = Command.make("orchestrator").pipe(
  Command.withDescription("Runs plans of dependent tasks on parallel agents and lands their work"),
  Command.withSubcommands(commands),
);

/** The command, as it was called. */
export const program = Command.run(orchestrator, { version }).pipe(Effect.provide(layers));
