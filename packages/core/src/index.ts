/**
 * The engine: tasks and their dependencies, agents and their slots, the journal, results, and the ports to the rest of the world.
 *
 * @module @orchestrator/core
 */
export * as Action from "./Action.ts";
export * as Agent from "./Agent.ts";
export * as AgentPool from "./AgentPool.ts";
export * as Budget from "./Budget.ts";
export * as CodeHost from "./CodeHost.ts";
export * as DependencyGraph from "./DependencyGraph.ts";
export * as DurationText from "./DurationText.ts";
export * as EventName from "./EventName.ts";
export * as Events from "./Events.ts";
export * as Explanation from "./Explanation.ts";
export * as Failure from "./Failure.ts";
export * as GraphPicture from "./GraphPicture.ts";
export * as GraphReport from "./GraphReport.ts";
export * as Health from "./Health.ts";
export * as Journal from "./Journal.ts";
export * as Operator from "./Operator.ts";
export * as Orchestrator from "./Orchestrator.ts";
export * as PlanProblem from "./PlanProblem.ts";
export * as ProgressMonitor from "./ProgressMonitor.ts";
export * as Quote from "./Quote.ts";
export * as Reporter from "./Reporter.ts";
export * as Resources from "./Resources.ts";
export * as ResultManager from "./ResultManager.ts";
export * as RetryPolicy from "./RetryPolicy.ts";
export * as RunErrors from "./RunErrors.ts";
export * as RunEvent from "./RunEvent.ts";
export * as RunState from "./RunState.ts";
export * as Scheduler from "./Scheduler.ts";
export * as Session from "./Session.ts";
export * as Situation from "./Situation.ts";
export * as Suggest from "./Suggest.ts";
export * as Task from "./Task.ts";
export * as TaskSource from "./TaskSource.ts";
export * as Template from "./Template.ts";
export * as Workflow from "./Workflow.ts";
export * as WorkflowStore from "./WorkflowStore.ts";
export { orchestrate } from "./orchestrate.ts";
