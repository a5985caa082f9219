/**
 * The vocabulary of a run: everything that happens to it, in the order it happened.
 *
 * A run is the fold of these events. They are JSON; `at` is milliseconds of
 * wall time since the epoch. An event that announces an effect on the world
 * (`LaunchIntended`, `CancelIntended`, `LandingStarted`) is in the journal
 * before the effect is tried.
 */
import * as Schema from "effect/Schema";
import { AgentRunEnd, AgentRunRef, StartFrom } from "./Agent.ts";
import { Limit, Limits } from "./Budget.ts";
import { Failure, FailureClass } from "./Failure.ts";
import { ReportRef } from "./Reporter.ts";
import { Gate, OnDependencyFailure, Outcome, Task } from "./Task.ts";

const at = Schema.Finite;
const ofTask = { at, task: Schema.String };
const ofAttempt = { ...ofTask, attempt: Schema.Int };

/** How tasks are chosen: see `Scheduler`. */
export const Mode = Schema.Literals(["parallel", "sequential", "priority", "resource-aware"]);
export type Mode = typeof Mode.Type;

/** Where a task is in its life. `BackingOff` waits for its next attempt and holds no slot. */
export const Phase = Schema.Literals([
  "Pending",
  "Ready",
  "Launching",
  "Running",
  "BackingOff",
  "Landing",
  "Succeeded",
  "Failed",
  "Skipped",
  "Cancelled",
  "Held",
]);
export type Phase = typeof Phase.Type;

/** Why an agent run is cancelled: its time is up, its task or its run is stopped, or its agent broke. */
export const CancelCause = Schema.Literals(["timeout", "task", "run", "bug"]);
export type CancelCause = typeof CancelCause.Type;

/** Why launches pause: a person wants it, a limit of the run is reached, or an agent has none left to give. */
export const PauseCause = Schema.Literals(["operator", "budget", "quota"]);
export type PauseCause = typeof PauseCause.Type;

/** Why a task ended otherwise than by its own success. */
export const EndReason = Schema.Union([
  /** Its last attempt failed, or its landing did. */
  Schema.TaggedStruct("AttemptFailed", { failure: Failure }),
  /** A dependency ended without success; `root` is the task where it began. */
  Schema.TaggedStruct("DependencyFailed", {
    dependency: Schema.String,
    outcome: Outcome,
    root: Schema.String,
  }),
  /** Somebody or some rule stopped it. */
  Schema.TaggedStruct("Stopped", { message: Schema.String }),
  /** A person must decide. */
  Schema.TaggedStruct("NeedsDecision", { question: Schema.String }),
]);
export type EndReason = typeof EndReason.Type;

/** What a run decides by, for whoever resumes it. */
export const RunSettings = Schema.Struct({
  defaultGate: Gate,
  onDependencyFailure: OnDependencyFailure,
  /** The capacity of each named resource. */
  resources: Schema.Record(Schema.String, Schema.Finite),
  /** How often a waiting task may be passed by tasks that compete with it for resources. */
  patience: Schema.optionalKey(Schema.Finite),
  /** The longest one attempt may take, for tasks that state none; absent: no limit. */
  timeoutSeconds: Schema.optionalKey(Schema.Finite),
  retry: Schema.Struct({
    attempts: Schema.Finite,
    delaySeconds: Schema.Finite,
    factor: Schema.Finite,
    maxDelaySeconds: Schema.Finite,
    jitter: Schema.Boolean,
    infrastructureAttempts: Schema.Finite,
    /** Absent in older journals: the default. */
    fixAttempts: Schema.optionalKey(Schema.Finite),
  }),
  /** What the run may use; absent: as much as it needs. */
  limits: Schema.optionalKey(Limits),
});
export type RunSettings = typeof RunSettings.Type;

/**
 * What a person decided about a held task:
 *
 * - `adopt`: an agent run works on it after all, or did; go on with that one.
 * - `relaunch`: nothing works on it; launch another attempt.
 * - `skip`: leave it out, and what depends on it.
 * - `wait`: look again at what it was held for.
 * - `approve`, `reject`: the answer to an agent that asked for yes or no.
 */
export const Decision = Schema.Literals(["adopt", "relaunch", "skip", "wait", "approve", "reject"]);
export type Decision = typeof Decision.Type;

/** Who runs a plan and why: what several runs may have in common. */
export const RunSession = Schema.Struct({
  /** What people call it; runs of one name belong together. */
  name: Schema.optionalKey(Schema.String),
  /** Whose runs these are. */
  owner: Schema.optionalKey(Schema.String),
  /** Whatever else the program wants to find again. */
  metadata: Schema.optionalKey(Schema.JsonObject),
});
export type RunSession = typeof RunSession.Type;

/** What can happen in a run. `at` is in milliseconds since the epoch. */
export const RunEvent = Schema.Union([
  Schema.TaggedStruct("RunStarted", {
    at,
    run: Schema.String,
    /** What the plan is called: a file name, a title. */
    plan: Schema.String,
    mode: Mode,
    /** Agents that may work at once. */
    concurrency: Schema.Int,
    failFast: Schema.Boolean,
    settings: Schema.optionalKey(RunSettings),
    /** Whatever else the program needs to make the same agents and code host again, as JSON. */
    context: Schema.optionalKey(Schema.Json),
    session: Schema.optionalKey(RunSession),
  }),
  /** Another process goes on with the run. */
  Schema.TaggedStruct("RunResumed", { at, concurrency: Schema.Int }),
  /** The process that works on the run leaves; agents go on, and somebody may resume it. */
  Schema.TaggedStruct("RunSuspended", { at, message: Schema.String }),
  /** Tasks joined the run, all of them at once; `by` is the task that discovered them. */
  Schema.TaggedStruct("TasksAdded", {
    at,
    tasks: Schema.Array(Task),
    by: Schema.optionalKey(Schema.String),
  }),
  /** Every edge of the task is satisfied; it queues for a slot. */
  Schema.TaggedStruct("TaskReady", ofTask),
  /** An attempt got a slot and its agent is about to be asked. */
  Schema.TaggedStruct("LaunchIntended", {
    ...ofAttempt,
    agent: Schema.String,
    slot: Schema.String,
    /** The change of a dependency at which it begins; absent: at the base. */
    startFrom: Schema.optionalKey(StartFrom),
  }),
  /** The back-end answered with an agent run. */
  Schema.TaggedStruct("AgentRunStarted", {
    ...ofAttempt,
    ref: AgentRunRef,
    /** The answer to the launch was lost, and its agent run was found again. */
    found: Schema.optionalKey(Schema.Literal(true)),
  }),
  /** The back-end did not answer with an agent run. */
  Schema.TaggedStruct("LaunchFailed", {
    ...ofAttempt,
    reason: Schema.Literals(["NotSent", "Rejected", "Exhausted", "Done", "Dropped", "Ambiguous"]),
    message: Schema.String,
    /** When an agent that is exhausted takes launches again, in milliseconds since the epoch. */
    until: Schema.optionalKey(Schema.Finite),
  }),
  /** A launch whose answer was lost certainly reached nobody: no agent run can still appear. */
  Schema.TaggedStruct("LaunchAbsent", { ...ofAttempt, message: Schema.String }),
  /** A listing shows several agent runs for one launch. */
  Schema.TaggedStruct("LaunchDuplicated", { ...ofAttempt, refs: Schema.Array(AgentRunRef) }),
  /** What the agent, or after its end the landing, says it is doing. */
  Schema.TaggedStruct("AgentProgress", { ...ofAttempt, message: Schema.String }),
  /** The agent run is over, as the back-end tells it. */
  Schema.TaggedStruct("AgentRunEnded", { ...ofAttempt, end: AgentRunEnd }),
  /** The agent run is about to be cancelled; `bug` if watching it broke in an unforeseen way. */
  Schema.TaggedStruct("CancelIntended", {
    ...ofAttempt,
    cause: CancelCause,
    message: Schema.String,
  }),
  /** The agent run is known to have stopped. */
  Schema.TaggedStruct("CancelConfirmed", ofAttempt),
  /** Nobody knows whether the agent run still works; its slot stays occupied. */
  Schema.TaggedStruct("CancelUnconfirmed", { ...ofAttempt, message: Schema.String }),
  /** The next attempt waits, holding no slot. `attempt` is the one that failed. */
  Schema.TaggedStruct("RetryScheduled", {
    ...ofAttempt,
    class: FailureClass,
    delayMillis: Schema.Finite,
  }),
  /** The change is on its way into the base. No slot is held any more. */
  Schema.TaggedStruct("LandingStarted", ofAttempt),
  /** The change passed a gate; dependents that wait for it are freed. */
  Schema.TaggedStruct("GateReached", { ...ofTask, gate: Gate }),
  Schema.TaggedStruct("LandingEnded", {
    ...ofAttempt,
    /** The commit of the base that contains the change. */
    commit: Schema.optionalKey(Schema.String),
  }),
  Schema.TaggedStruct("LandingFailed", { ...ofAttempt, failure: Failure }),
  Schema.TaggedStruct("TaskEnded", {
    ...ofTask,
    outcome: Outcome,
    reason: Schema.optionalKey(EndReason),
  }),
  /** A person decided about a held task. `ref` is the agent run to go on with. */
  Schema.TaggedStruct("HeldDecided", {
    ...ofTask,
    decision: Decision,
    ref: Schema.optionalKey(AgentRunRef),
    /** What the person said beside. */
    note: Schema.optionalKey(Schema.String),
  }),
  /** Tasks that had ended are to be run again, as if they had never been started. */
  Schema.TaggedStruct("TasksReopened", { at, tasks: Schema.Array(Schema.String) }),
  /** The report of a task is about to be created. */
  Schema.TaggedStruct("ReportIntended", ofTask),
  /** The report of a task exists; `found` if the answer to its creation was lost. */
  Schema.TaggedStruct("ReportCreated", {
    ...ofTask,
    ref: ReportRef,
    found: Schema.optionalKey(Schema.Literal(true)),
  }),
  /** The report of a task was not created, or nobody knows whether it was. */
  Schema.TaggedStruct("ReportFailed", {
    ...ofTask,
    reason: Schema.Literals(["NotSent", "Rejected", "Ambiguous"]),
    message: Schema.String,
  }),
  /** The report of a task says where the task is. */
  Schema.TaggedStruct("ReportUpdated", { ...ofTask, phase: Phase }),
  /** A slot failed and rests until `until` (milliseconds since the epoch). */
  Schema.TaggedStruct("SlotQuarantined", {
    at,
    slot: Schema.String,
    until: Schema.Finite,
    message: Schema.String,
  }),
  Schema.TaggedStruct("SlotRecovered", { at, slot: Schema.String }),
  /** Something that people should know and that changes nothing. */
  Schema.TaggedStruct("Warning", {
    at,
    message: Schema.String,
    task: Schema.optionalKey(Schema.String),
  }),
  /** An event of somebody's own: of a command, of a person, of another program. It changes nothing. */
  Schema.TaggedStruct("Emitted", {
    at,
    name: Schema.String,
    data: Schema.optionalKey(Schema.Json),
    /** The task that it is about. */
    task: Schema.optionalKey(Schema.String),
  }),
  /** Nothing more is launched until `LaunchesUnpaused`; what works goes on. */
  Schema.TaggedStruct("LaunchesPaused", {
    at,
    cause: PauseCause,
    message: Schema.String,
    /** When it ends by itself, in milliseconds since the epoch. */
    until: Schema.optionalKey(Schema.Finite),
    /** The only kind of agent that it is about; absent: all. */
    agent: Schema.optionalKey(Schema.String),
    /** The limit that is reached. */
    limit: Schema.optionalKey(Limit),
  }),
  /** Launches go on, of all agents or of the one that alone was paused. */
  Schema.TaggedStruct("LaunchesUnpaused", { at, agent: Schema.optionalKey(Schema.String) }),
  /** From here on the run may use this much, in place of what was said before. */
  Schema.TaggedStruct("LimitsChanged", { at, limits: Limits }),
  /** No launches from here on. */
  Schema.TaggedStruct("RunStopping", {
    at,
    cause: Schema.Literals(["fail-fast", "cancelled", "interrupted"]),
    message: Schema.String,
  }),
  Schema.TaggedStruct("RunEnded", {
    at,
    outcome: Schema.Literals(["succeeded", "failed", "held", "cancelled"]),
  }),
]);
/** What can happen in a run. */
export type RunEvent = typeof RunEvent.Type;

/** The event of one kind. */
export type OfKind<Kind extends RunEvent["_tag"]> = Extract<RunEvent, { readonly _tag: Kind }>;

/** How a run ended: `held` when nothing failed but a person must decide. */
export type RunOutcome = OfKind<"RunEnded">["outcome"];
