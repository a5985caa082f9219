/**
 * The Codegen API as an agent.
 *
 * @module @orchestrator/codegen
 */
export * as BaseUrl from "./BaseUrl.ts";
export * as Budgets from "./Budgets.ts";
export * as CodegenAgent from "./CodegenAgent.ts";
export * as CodegenClient from "./CodegenClient.ts";
export * as CodegenConfig from "./CodegenConfig.ts";
export * as CodegenError from "./CodegenError.ts";
export * as CodegenModel from "./CodegenModel.ts";
export * as CodegenTask from "./CodegenTask.ts";
export * as Marker from "./Marker.ts";
export * as Preflight from "./Preflight.ts";
export * as Prompt from "./Prompt.ts";
export * as PromptFile from "./PromptFile.ts";
export * as PullRequests from "./PullRequests.ts";
export * as RunStatus from "./RunStatus.ts";
export * as TaskPrompt from "./TaskPrompt.ts";
