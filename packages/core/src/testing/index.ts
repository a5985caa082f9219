/**
 * What every adapter has to keep, as tests, and adapters in memory to test programs with.
 *
 * @module @orchestrator/core/testing
 */
export * as AgentContract from "./AgentContract.ts";
export * as CodeHostContract from "./CodeHostContract.ts";
export * as Contract from "./Contract.ts";
export * as FailingJournal from "./FailingJournal.ts";
export * as JournalContract from "./JournalContract.ts";
export * as MemoryCodeHost from "./MemoryCodeHost.ts";
export * as MemoryReporter from "./MemoryReporter.ts";
export * as MemoryTaskSource from "./MemoryTaskSource.ts";
export * as ReporterContract from "./ReporterContract.ts";
export * as ScriptedAgent from "./ScriptedAgent.ts";
export * as TaskSourceContract from "./TaskSourceContract.ts";
