/**
 * What a run is at a moment: the fold of its events.
 *
 * The same fold serves the running engine, every view, and a run that is read
 * back from a journal. Nothing else changes it.
 */
import type * as Schema from "effect/Schema";
import type { AgentRunEnd, AgentRunRef, Change, StartFrom } from "./Agent.ts";
import type { Limits } from "./Budget.ts";
import type { Failure } from "./Failure.ts";
import { growUint8 } from "./internal/grow.ts";
import { Sessions } from "./internal/Sessions.ts";
import { SpendingByDay } from "./internal/Spending.ts";
import { TaskTable } from "./internal/TaskTable.ts";
import * as TaskProgress from "./internal/TaskProgress.ts";
import type { ReportRef } from "./Reporter.ts";
import {
  type CancelCause,
  type EndReason,
  type Mode,
  type OfKind,
  Phase,
  type RunEvent,
  type RunOutcome,
  type RunSession,
  type RunSettings,
} from "./RunEvent.ts";
import type { Gate, Outcome, Task, TaskId } from "./Task.ts";

export type { Phase };

/** Where a task can be, in the order of its life. */
export const phases: ReadonlyArray<Phase> = Phase.literals;

/** What is known of the report of a task. */
export interface ReportState {
  readonly ref: ReportRef | undefined;
  /** Why the last try to create it gave none. */
  readonly failed: OfKind<"ReportFailed">["reason"] | undefined;
  /** Where the task is, if the report certainly says so. */
  readonly told: Phase | undefined;
}

/** One try at a task. Times are milliseconds since the epoch. */
export interface Attempt {
  readonly number: number;
  readonly agent: string;
  readonly slot: string;
  readonly startedAt: number;
  /** The change of a dependency at which it began; undefined: the base. */
  readonly startFrom: StartFrom | undefined;
  readonly endedAt: number | undefined;
  readonly ref: AgentRunRef | undefined;
  readonly output: Schema.Json | undefined;
  readonly summary: string | undefined;
  readonly change: Change | undefined;
  /** Why it failed; undefined while it works and when it succeeded. */
  readonly failure: Failure | undefined;
  /** Whether and why the agent run was cancelled. */
  readonly cancelled: CancelCause | undefined;
  /** How its agent run ended, if it is known. */
  readonly end: AgentRunEnd | undefined;
  /** The cancellation that was asked for, whatever became of it. */
  readonly cancelAsked: { readonly cause: CancelCause; readonly message: string } | undefined;
  /** Whether its launch counts: it may have reached an agent. */
  readonly isCharged: boolean;
  /** Whether its agent took no launches at all, so that it says nothing about the task. */
  readonly isExhausted: boolean;
  /** Whether nobody knows if its agent run exists or still works. */
  readonly isUnclear: boolean;
}

/** What a run used. */
export interface Used {
  /** Launches that may have reached an agent. */
  readonly launches: number;
  /** Money, in US dollars, as far as agents said it. */
  readonly costUsd: number;
  /** Tokens that models read and wrote, as far as agents said it. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A task within a run. */
export interface TaskState {
  readonly task: Task;
  readonly phase: Phase;
  readonly attempts: ReadonlyArray<Attempt>;
  /** When it last became ready, and when it ended; milliseconds since the epoch. */
  readonly readyAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly outcome: Outcome | undefined;
  readonly reason: EndReason | undefined;
  /** The strongest gate that it has reached since it was last begun: `agent-ended` as soon as its change lands. */
  readonly gate: Gate | undefined;
  /** What the agent, or after its end the landing, last said it is doing. */
  readonly progress: string | undefined;
  /** The commit of the base that contains its change. */
  readonly commit: string | undefined;
  /** The task that discovered it. */
  readonly discoveredBy: TaskId | undefined;
  /** When the next attempt starts to queue, in milliseconds since the epoch. */
  readonly retryAt: number | undefined;
}

type ReportEvent = OfKind<"ReportIntended" | "ReportCreated" | "ReportFailed" | "ReportUpdated">;

const unreported: ReportState = { ref: undefined, failed: undefined, told: undefined };

const retryAt = ({ at, delayMillis }: OfKind<"RetryScheduled">): number => at + delayMillis;

/** What only a process that works on the run records. */
const isWork: { readonly [Kind in RunEvent["_tag"]]?: true } = {
  LaunchIntended: true,
  AgentProgress: true,
  AgentRunEnded: true,
  RetryScheduled: true,
  LandingEnded: true,
  LandingFailed: true,
};

const outcomes: ReadonlyArray<string> = ["Succeeded", "Failed", "Skipped", "Cancelled", "Held"];
const phaseNumbers = Object.fromEntries(phases.map((phase, number) => [phase, number])) as {
  readonly [P in Phase]: number;
};
const phaseNumber = (phase: Phase): number => phaseNumbers[phase];
const pending = phaseNumber("Pending");

/** What a run is at a moment: the fold of its events, in their order. */
export class RunState {
  run: string | undefined = undefined;
  plan = "";
  mode: Mode = "parallel";
  concurrency = 1;
  failFast = false;
  startedAt: number | undefined = undefined;
  endedAt: number | undefined = undefined;
  outcome: RunOutcome | undefined = undefined;
  stopping: OfKind<"RunStopping"> | undefined = undefined;
  /** Its process left it, and nobody has resumed it. */
  suspended: OfKind<"RunSuspended"> | undefined = undefined;
  /** What the run decides by, if its journal says so. */
  settings: RunSettings | undefined = undefined;
  context: Schema.Json | undefined = undefined;
  /** Whose run it is, and what it belongs to. */
  session: RunSession | undefined = undefined;
  /** What it may use, as said last. */
  limits: Limits | undefined = undefined;
  /** Why nothing is launched at the moment, for all agents. */
  paused: OfKind<"LaunchesPaused"> | undefined = undefined;
  /** The kinds of agents that alone are launched no more, each with why. */
  readonly pausedAgents = new Map<string, OfKind<"LaunchesPaused">>();
  /** What its launches used, by day. */
  readonly spending = new SpendingByDay();
  /** When somebody worked on it. */
  readonly sessions = new Sessions();
  /** Launches for which a listing showed several agent runs. */
  readonly duplicates: Array<OfKind<"LaunchDuplicated">> = [];
  readonly warnings: Array<string> = [];
  /** Slots that rest after a failure, each with until when (milliseconds since the epoch). */
  readonly resting = new Map<string, number>();
  /** When a change of the run last landed, in milliseconds since the epoch. */
  landedAt: number | undefined = undefined;
  /** How long launched attempts had stood in the queue. */
  readonly waits = { launches: 0, millis: 0, longestMillis: 0 };
  /** Time that agents worked in ended attempts, in milliseconds. */
  busyMillis = 0;
  /** The part of it that was not cut short by somebody who stopped the task or the run. */
  workedMillis = 0;
  readonly table: TaskTable;
  readonly #counts: Array<number> = phases.map(() => 0);
  #phases = new Uint8Array(0);
  #progress: Array<TaskProgress.TaskProgress | undefined> = [];
  readonly #discoveredBy = new Map<number, TaskId>();
  readonly #reports = new Map<number, ReportState>();
  /** Tasks that run only because a person answered what they asked: nobody has acted on it. */
  readonly #answered = new Set<number>();

  constructor(table = new TaskTable()) {
    this.table = table;
  }

  /** The state after some events, from nothing or from where an earlier fold stopped. */
  static fold(events: Iterable<RunEvent>, state = new RunState()): RunState {
    for (const event of events) state.apply(event);
    return state;
  }

  /** How many tasks have joined. */
  get size(): number {
    return this.#progress.length;
  }

  /** How many tasks are in a phase. */
  count(phase: Phase): number {
    return this.#counts[phaseNumber(phase)]!;
  }

  /** How many agents work, or may. */
  get atWork(): number {
    return this.count("Launching") + this.count("Running") - this.#answered.size;
  }

  /**
   * Whether an agent works at a task, or may, by the order in which it joined. Where
   * a person answered an approval, none does: the run goes on from there once it is resumed.
   */
  isAtWork(node: number): boolean {
    const phase = this.phase(node);
    return (phase === "Launching" || phase === "Running") && !this.#answered.has(node);
  }

  /** How many tasks have an outcome. */
  get ended(): number {
    return outcomes.reduce((sum, outcome) => sum + this.count(outcome as Outcome), 0);
  }

  /** What it used so far: launches that may have reached an agent, and what agent runs said of themselves. */
  get usage(): Used {
    const { costUsd, inputTokens, launches, outputTokens } = this.spending.total;
    return { launches, costUsd, inputTokens, outputTokens };
  }

  /** A task by its id, or undefined if it never joined. */
  get(id: TaskId): TaskState | undefined {
    const node = this.table.numberOf(id);
    return node === undefined || node >= this.size ? undefined : this.at(node);
  }

  /** A task by the order in which it joined, from 0. */
  at(node: number): TaskState {
    const phase = this.phase(node);
    const outcome = outcomes.includes(phase) ? (phase as Outcome) : undefined;
    const progress = this.#progress[node] ?? TaskProgress.none;
    return {
      task: this.table.task(node),
      phase,
      attempts: progress.attempts,
      readyAt: progress.readyAt,
      endedAt: progress.ended?.at,
      outcome,
      reason: progress.ended?.reason,
      gate: progress.gate,
      progress: progress.message,
      commit: progress.commit,
      discoveredBy: this.#discoveredBy.get(node),
      retryAt: phase === "BackingOff" ? retryAt(progress.retry!) : undefined,
    };
  }

  /** Where a task is, by the order in which it joined. */
  phase(node: number): Phase {
    return phases[this.#phases[node]!]!;
  }

  /** The strongest gate that a task has reached since it was last begun, by the order in which it joined. */
  gate(node: number): Gate | undefined {
    return this.#progress[node]?.gate;
  }

  /** The last try at a task, by the order in which it joined. */
  lastAttempt(node: number): Attempt | undefined {
    return this.#progress[node]?.lastAttempt;
  }

  /** What is known of the report of a task; undefined if none was ever intended. */
  report(node: number): ReportState | undefined {
    return this.#reports.get(node);
  }

  /** How many tasks people were to be told about, and may not know where they are now. */
  get overdueReports(): number {
    let overdue = 0;
    for (const [node, { failed, told }] of this.#reports) {
      if (told !== this.phase(node) && failed !== "Rejected") overdue++;
    }
    return overdue;
  }

  /** Some task whose report exists, other than this one. */
  reportedOtherThan(node: number): number | undefined {
    for (const [other, { ref }] of this.#reports) {
      if (other !== node && ref !== undefined) return other;
    }
    return undefined;
  }

  /** How many tries at a task, the first ones, do not count against it any more. */
  forgiven(node: number): number {
    return this.#progress[node]?.forgiven ?? 0;
  }

  /** Whether a person wants a task run whatever became of what it depends on. */
  isAllowed(node: number): boolean {
    return this.#progress[node]?.isAllowed ?? false;
  }

  /** Whether a person was asked about the landing of a task, and has decided. */
  wasAskedToLand(node: number): boolean {
    return this.#progress[node]?.wasAskedToLand ?? false;
  }

  /** All tries at a task, by the order in which it joined. */
  attempts(node: number): ReadonlyArray<Attempt> {
    return this.#progress[node]?.attempts ?? [];
  }

  /** Every task, in the order in which they joined. */
  *tasks(): IterableIterator<TaskState> {
    for (let node = 0; node < this.size; node++) yield this.at(node);
  }

  /**
   * The one place where a run changes. Callers that know the number of the
   * event's task save its look-up. Throws a `RangeError` at an event of a task
   * that never joined: the events are not those of one run.
   */
  apply(event: RunEvent, node?: number): void {
    switch (event._tag) {
      case "RunStarted":
        this.run = event.run;
        this.plan = event.plan;
        this.mode = event.mode;
        this.concurrency = event.concurrency;
        this.failFast = event.failFast;
        this.startedAt = event.at;
        this.settings = event.settings;
        this.limits = event.settings?.limits;
        this.sessions.begin(event.at);
        this.context = event.context;
        this.session = event.session;
        return;
      case "RunResumed":
        this.concurrency = event.concurrency;
        this.suspended = undefined;
        this.sessions.begin(event.at);
        // Slots belong to a process, and so does their rest.
        this.resting.clear();
        return;
      case "RunSuspended":
        this.suspended = event;
        this.sessions.end(event.at);
        return;
      case "TasksReopened":
        this.#goOn();
        for (const task of event.tasks) this.#reopen(this.#numberOf({ _tag: event._tag, task }));
        return;
      case "TasksAdded":
        return this.#join(event);
      case "RunStopping":
        this.stopping = event;
        return;
      case "RunEnded":
        this.endedAt = event.at;
        this.outcome = event.outcome;
        this.paused = undefined;
        this.pausedAgents.clear();
        this.sessions.end(event.at);
        return;
      case "LaunchesPaused":
        if (event.agent === undefined) this.paused = event;
        else this.pausedAgents.set(event.agent, event);
        return;
      case "LaunchesUnpaused":
        if (event.agent === undefined) this.paused = undefined;
        else this.pausedAgents.delete(event.agent);
        return;
      case "LimitsChanged":
        this.limits = event.limits;
        return;
      case "Warning":
        this.warnings.push(event.message);
        return;
      case "Emitted":
        return;
      case "ReportIntended":
      case "ReportCreated":
      case "ReportFailed":
      case "ReportUpdated":
        return this.#reported(event);
      case "SlotQuarantined":
        this.resting.set(event.slot, event.until);
        return;
      case "SlotRecovered":
        this.resting.delete(event.slot);
        return;
      default:
        return this.#applyToTask(event, node ?? this.#numberOf(event));
    }
  }

  #join(event: OfKind<"TasksAdded">): void {
    const first = this.size;
    this.#phases = growUint8(this.#phases, first + event.tasks.length);
    for (const task of event.tasks) {
      if (this.size === this.table.size) this.table.add(task);
      if (event.by !== undefined) this.#discoveredBy.set(this.#progress.length, event.by);
      this.#progress.push(undefined);
    }
    this.#counts[pending]! += event.tasks.length;
  }

  #reported(event: ReportEvent): void {
    const node = this.#numberOf(event);
    const { ref, failed, told } = this.#reports.get(node) ?? unreported;
    switch (event._tag) {
      case "ReportIntended":
        return void this.#reports.set(node, { ref, failed: undefined, told });
      case "ReportCreated":
        return void this.#reports.set(node, { ref: event.ref, failed: undefined, told });
      case "ReportFailed":
        return void this.#reports.set(node, { ref, failed: event.reason, told });
      case "ReportUpdated":
        return void this.#reports.set(node, { ref, failed, told: this.#ifNow(node, event.phase) });
    }
  }

  /** What had ended or was ending has work again. */
  #goOn(): void {
    this.endedAt = undefined;
    this.outcome = undefined;
    this.stopping = undefined;
  }

  #reopen(node: number): void {
    const progress = (this.#progress[node] ??= new TaskProgress.TaskProgress());
    this.#move(node, phaseNumber(progress.reopen()));
  }

  #numberOf({ _tag, task }: { readonly _tag: string; readonly task: TaskId }): number {
    const node = this.table.numberOf(task);
    if (node !== undefined && node < this.size) return node;
    throw new RangeError(`${_tag} speaks of the task ${task}, which never joined the run`);
  }

  #applyToTask(event: TaskProgress.TaskEvent, node: number): void {
    const progress = (this.#progress[node] ??= new TaskProgress.TaskProgress());
    const before = progress.lastAttempt?.ended;
    const phase = progress.apply(event);
    const attempt = progress.lastAttempt;
    // The others may be recorded by somebody who only decides about the run.
    if (isWork[event._tag] === true) this.sessions.seen(event.at);
    if (event._tag === "LaunchIntended") {
      this.spending.intended(event);
      this.#waited(event.at - (progress.readyAt ?? event.at));
    } else if (before !== attempt?.ended) {
      this.spending.changed(attempt!.intended, before, attempt!.ended);
    }
    if (event._tag === "LandingEnded") this.landedAt = event.at;
    if (event._tag === "LaunchDuplicated") this.duplicates.push(event);
    if (event._tag === "AgentRunEnded" || event._tag === "CancelConfirmed") {
      const { cancelled, startedAt } = progress.lastAttempt!;
      const millis = event.at - startedAt;
      this.busyMillis += millis;
      if (cancelled !== "task" && cancelled !== "run") this.workedMillis += millis;
    }
    if (phase !== undefined) this.#move(node, phaseNumber(phase));
    if (event._tag === "HeldDecided") this.#decided(node, event);
  }

  #decided(node: number, { decision }: OfKind<"HeldDecided">): void {
    this.#goOn();
    if (decision === "approve" || decision === "reject") this.#answered.add(node);
  }

  #waited(millis: number): void {
    this.waits.launches++;
    this.waits.millis += Math.max(0, millis);
    this.waits.longestMillis = Math.max(this.waits.longestMillis, millis);
  }

  /** A task that has moved on and come back may have been reported in between without a record of it. */
  #ifNow(node: number, phase: Phase): Phase | undefined {
    return this.phase(node) === phase ? phase : undefined;
  }

  #move(node: number, phase: number): void {
    if (this.#phases[node] !== phase && this.#reports.size > 0) this.#outdate(node);
    if (this.#answered.size > 0) this.#answered.delete(node);
    this.#counts[this.#phases[node]!]!--;
    this.#counts[phase]!++;
    this.#phases[node] = phase;
  }

  #outdate(node: number): void {
    const report = this.#reports.get(node);
    if (report !== undefined) this.#reports.set(node, { ...report, told: undefined });
  }
}
