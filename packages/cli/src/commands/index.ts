/** Everything that `orchestrator` can do, in the order of its help. */
import * as CancelCommand from "./CancelCommand.ts";
import * as ConfigCommand from "./ConfigCommand.ts";
import * as DecideCommand from "./DecideCommand.ts";
import * as DemoCommand from "./DemoCommand.ts";
import * as DoctorCommand from "./DoctorCommand.ts";
import * as EmitCommand from "./EmitCommand.ts";
import * as ExportCommand from "./ExportCommand.ts";
import * as HealthCommand from "./HealthCommand.ts";
import * as HeldCommand from "./HeldCommand.ts";
import * as InitCommand from "./InitCommand.ts";
import * as GcCommand from "./GcCommand.ts";
import * as LogCommand from "./LogCommand.ts";
import * as McpCommand from "./McpCommand.ts";
import * as PauseCommand from "./PauseCommand.ts";
import * as PlanCommand from "./PlanCommand.ts";
import * as ProjectCommand from "./ProjectCommand.ts";
import * as ResourcesCommand from "./ResourcesCommand.ts";
import * as ResumeCommand from "./ResumeCommand.ts";
import * as RetryCommand from "./RetryCommand.ts";
import * as RunCommand from "./RunCommand.ts";
import * as RunsCommand from "./RunsCommand.ts";
import * as SessionsCommand from "./SessionsCommand.ts";
import * as StatusCommand from "./StatusCommand.ts";
import * as WebhooksCommand from "./WebhooksCommand.ts";
import * as WorkflowCommand from "./WorkflowCommand.ts";
import * as WhyCommand from "./WhyCommand.ts";

export const commands = [
  InitCommand.command,
  ProjectCommand.command,
  RunCommand.command,
  PlanCommand.command,
  WorkflowCommand.command,
  ResumeCommand.command,
  RetryCommand.command,
  CancelCommand.command,
  PauseCommand.pause,
  PauseCommand.unpause,
  HeldCommand.command,
  DecideCommand.command,
  EmitCommand.command,
  RunsCommand.command,
  SessionsCommand.command,
  StatusCommand.command,
  HealthCommand.command,
  ResourcesCommand.command,
  WhyCommand.command,
  LogCommand.command,
  WebhooksCommand.command,
  ExportCommand.command,
  GcCommand.command,
  McpCommand.command,
  DoctorCommand.command,
  ConfigCommand.command,
  DemoCommand.command,
] as const;
