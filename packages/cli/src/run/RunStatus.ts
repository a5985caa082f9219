/** What there is to say about a run at a moment, for people and for programs. */
import {
  type Budget,
  Operator,
  type Journal,
  ProgressMonitor,
  ResultManager,
  type RunEvent,
  type RunState,
} from "@orchestrator/core";
import type { RunOnGitHub } from "../github/RunOnGitHub.ts";
import { byPhase } from "./byPhase.ts";
import * as Decided from "./Decided.ts";
import type { RunLook, Standing } from "./RunLook.ts";
import * as RunSetup from "./RunSetup.ts";

/** An agent at work, or its change on its way into the base. Times are ISO 8601 in UTC. */
export interface AtWork {
  readonly task: string;
  readonly phase: "launching" | "running" | "landing";
  readonly attempt: number;
  readonly agent: string;
  readonly slot: string;
  readonly since: string;
  /** What the agent, or its change on its way, last said. */
  readonly progress: string | null;
  readonly url: string | null;
}

export interface BackingOff {
  readonly task: string;
  /** The attempt that failed. */
  readonly attempt: number;
  readonly until: string;
  readonly error: string | null;
}

export interface Failed {
  readonly task: string;
  readonly attempts: number;
  readonly ended_at: string;
  readonly error: string | null;
}

export interface Paused {
  readonly cause: RunEvent.PauseCause;
  readonly message: string;
  readonly until: string | null;
  readonly agent: string | null;
  /** The limit that is reached. */
  readonly limit: Budget.Limit | null;
}

/** A run in one row. */
export interface RunRow {
  readonly run: string;
  readonly plan: string;
  /** The name of what it belongs to. */
  readonly session: string | null;
  readonly owner: string | null;
  readonly status: Standing;
  /** The process that works on it. */
  readonly holder: Journal.Holder | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly age_seconds: number;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly held: number;
  readonly skipped: number;
  readonly cancelled: number;
  /** Tasks that an agent works on, or that land. */
  readonly at_work: number;
  /** Tasks that wait for others, for a slot, for their next attempt or for somebody to resume the run. */
  readonly waiting: number;
}

export interface RunStatus extends RunRow {
  readonly mode: RunState.RunState["mode"];
  /** Agents that may work at once. */
  readonly concurrency: number;
  readonly progress: ProgressMonitor.Progress;
  /** Why nothing more is launched. */
  readonly stopping: string | null;
  /** Why nothing is launched for a while, of all agents or of one; `until` is ISO 8601 in UTC. */
  readonly paused: ReadonlyArray<Paused>;
  readonly usage: RunState.Used;
  readonly limits: Budget.Limits | null;
  readonly at_work_now: ReadonlyArray<AtWork>;
  /** Tasks that wait for nothing but a slot. */
  readonly ready: ReadonlyArray<string>;
  readonly backing_off: ReadonlyArray<BackingOff>;
  readonly held_tasks: ReadonlyArray<{ readonly task: string; readonly question: string }>;
  /** Tasks whose answer takes effect when the run is resumed. */
  readonly decided: ReadonlyArray<Decided.Decided>;
  /** The last ones first. */
  readonly last_failures: ReadonlyArray<Failed>;
  /** The workflow that the run is of, with the values of its parameters; null for another plan. */
  readonly workflow: NonNullable<RunSetup.RunSetup["workflow"]> | null;
  /** Null for a plan file. */
  readonly github: RunOnGitHub | null;
}

/** Later failures are more telling than earlier ones; the results have all. */
const shownFailures = 5;

/** A run in one row, at a moment given in milliseconds since the epoch. */
export const row = (look: RunLook, now: number): RunRow => rowOf(look, now, Decided.list(look));

const rowOf = (
  { holder, id, standing, state }: RunLook,
  now: number,
  decided: ReadonlyArray<Decided.Decided>,
): RunRow => {
  const count = (...phases: ReadonlyArray<RunState.Phase>) =>
    phases.reduce((sum, phase) => sum + state.count(phase), 0);
  return {
    run: id,
    plan: state.plan,
    session: state.session?.name ?? null,
    owner: state.session?.owner ?? null,
    status: standing,
    holder: holder ?? null,
    started_at: time(state.startedAt),
    ended_at: time(state.endedAt),
    age_seconds: Math.max(0, now - (state.startedAt ?? now)) / 1000,
    total: state.size,
    succeeded: count("Succeeded"),
    failed: count("Failed"),
    held: count("Held"),
    skipped: count("Skipped"),
    cancelled: count("Cancelled"),
    at_work: count("Launching", "Running", "Landing") - decided.length,
    waiting: count("Pending", "Ready", "BackingOff") + decided.length,
  };
};

/** Everything about a run at a moment given in milliseconds since the epoch. */
export const make = (look: RunLook, now: number, github: RunOnGitHub | null = null): RunStatus => {
  const { state } = look;
  const tasks = inPhases(state);
  const decided = Decided.list(look);
  const atWorkNow = [...tasks("Running"), ...tasks("Launching"), ...tasks("Landing")];
  return {
    ...rowOf(look, now, decided),
    mode: state.mode,
    workflow: RunSetup.workflowOf(state.context) ?? null,
    concurrency: state.concurrency,
    progress: ProgressMonitor.snapshot(state, now),
    stopping: state.stopping?.message ?? null,
    paused: pauses(state).map(({ agent, cause, limit, message, until }) => ({
      cause,
      message,
      until: time(until),
      agent: agent ?? null,
      limit: limit ?? null,
    })),
    usage: state.usage,
    limits: state.limits ?? null,
    at_work_now: atWorkNow
      .filter(({ task }) => decided.every((one) => one.task !== task.id))
      .map(atWork),
    ready: tasks("Ready").map(({ task }) => task.id),
    backing_off: tasks("BackingOff").map(backingOff),
    held_tasks: Operator.held(state).map(({ question, task }) => ({
      task: task.task.id,
      question,
    })),
    decided,
    last_failures: tasks("Failed")
      .toSorted((one, other) => other.endedAt! - one.endedAt!)
      .slice(0, shownFailures)
      .map((task) => failed(state, task)),
    github,
  };
};

/** What pauses launches, of all agents first. */
export const pauses = ({
  paused,
  pausedAgents,
}: RunState.RunState): ReadonlyArray<RunEvent.OfKind<"LaunchesPaused">> => [
  ...(paused === undefined ? [] : [paused]),
  ...pausedAgents.values(),
];

const inPhases = (state: RunState.RunState) => {
  const found = byPhase(state);
  return (phase: RunState.Phase): ReadonlyArray<RunState.TaskState> =>
    (found.get(phase) ?? []).map((node) => state.at(node));
};

const atWork = ({ attempts, phase, progress, task }: RunState.TaskState): AtWork => {
  const { agent, endedAt, number, ref, slot, startedAt } = attempts.at(-1)!;
  return {
    task: task.id,
    phase: phase.toLowerCase() as AtWork["phase"],
    attempt: number,
    agent,
    slot,
    since: new Date(phase === "Landing" ? (endedAt ?? startedAt) : startedAt).toISOString(),
    progress: progress ?? null,
    url: ref?.url ?? null,
  };
};

const backingOff = ({ attempts, retryAt, task }: RunState.TaskState): BackingOff => ({
  task: task.id,
  attempt: attempts.at(-1)?.number ?? 0,
  until: new Date(retryAt!).toISOString(),
  error: attempts.at(-1)?.failure?.message ?? null,
});

const failed = (state: RunState.RunState, task: RunState.TaskState): Failed => ({
  task: task.task.id,
  attempts: task.attempts.length,
  ended_at: new Date(task.endedAt!).toISOString(),
  error: ResultManager.error(state, task) ?? null,
});

const time = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();
