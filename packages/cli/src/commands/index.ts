/** Everything that `orchestrator` can do, in the order of its help. */
import * as CancelCommand from "./CancelCommand.ts";
import * as DecideCommand from "./DecideCommand.ts";
import * as DemoCommand from "./DemoCommand.ts";
import * as DoctorCommand from "./DoctorCommand.ts";
import * as ExportCommand from "./ExportCommand.ts";
import * as HeldCommand from "./HeldCommand.ts";
import * as GcCommand from "./GcCommand.ts";
import * as LogCommand from "./LogCommand.ts";
import * as PlanCommand from "./PlanCommand.ts";
import * as ResumeCommand from "./ResumeCommand.ts";
import * as RetryCommand from "./RetryCommand.ts";
import * as RunCommand from "./RunCommand.ts";
import * as RunsCommand from "./RunsCommand.ts";
import * as StatusCommand from "./StatusCommand.ts";
import * as WhyCommand from "./WhyCommand.ts";

export const commands = [
  RunCommand.command,
  PlanCommand.command,
  ResumeCommand.command,
  RetryCommand.command,
  CancelCommand.command,
  HeldCommand.command,
  DecideCommand.command,
  RunsCommand.command,
  StatusCommand.command,
  WhyCommand.command,
  LogCommand.command,
  ExportCommand.command,
  GcCommand.command,
  DoctorCommand.command,
  DemoCommand.command,
] as const;
