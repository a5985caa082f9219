/**
 * What one machine gives: plan files, commands as agents in git worktrees, merges, and the journal on SQLite.
 *
 * @module @orchestrator/local
 */
export * as Actions from "./Actions.ts";
export * as AgentToken from "./AgentToken.ts";
export * as AttemptSession from "./AttemptSession.ts";
export * as AttemptStart from "./AttemptStart.ts";
export * as Base from "./Base.ts";
export * as CommandAgent from "./CommandAgent.ts";
export * as CommandPayload from "./CommandPayload.ts";
export * as DiscoveryFile from "./DiscoveryFile.ts";
export * as Git from "./Git.ts";
export * as LocalCodeHost from "./LocalCodeHost.ts";
export * as Outputs from "./Outputs.ts";
export * as PlanFile from "./PlanFile.ts";
export * as Presets from "./presets/Presets.ts";
export * as Remote from "./Remote.ts";
export * as RunFolder from "./RunFolder.ts";
export * as Variables from "./Variables.ts";
export * as When from "./When.ts";
export * as WorkflowFile from "./WorkflowFile.ts";
export * as WorkflowFolder from "./WorkflowFolder.ts";
export * as Worktree from "./Worktree.ts";
