/** Everything that `orchestrator` can do, in the order of its help. */
import * as DemoCommand from "./DemoCommand.ts";
import * as ExportCommand from "./ExportCommand.ts";
import * as PlanCommand from "./PlanCommand.ts";
import * as RunCommand from "./RunCommand.ts";

export const commands = [
  RunCommand.command,
  PlanCommand.command,
  ExportCommand.command,
  DemoCommand.command,
] as const;
