/**
 * How a run is doing, in one summary: what queues and how long, how busy the slots
 * are, what fails and why, which tasks take longest, and what needs somebody.
 *
 * It is read off the run's state, so it is the same for the process that works on
 * the run and for one that reads its journal. Its fields are plain JSON.
 */
import type { FailureClass } from "./Failure.ts";
import * as ProgressMonitor from "./ProgressMonitor.ts";
import { type Concern, concernsOf } from "./internal/concerns.ts";
import type { Attempt, RunState, Used } from "./RunState.ts";
import type { TaskId } from "./Task.ts";

export type { Concern };

/** What is left of the budget of a service's API, as an adapter knows it. */
export interface ApiBudget {
  /** As `github rest`. */
  readonly api: string;
  readonly remaining: number;
  readonly limit: number;
  /** ISO 8601 in UTC. */
  readonly resets_at: string;
}

/** A task that waits for a slot or a resource. */
export interface Queued {
  readonly task: TaskId;
  readonly waiting_seconds: number;
}

/** Failures of one class, during the work of an agent or the landing of its change. */
export interface Failures {
  readonly class: FailureClass;
  readonly during: "attempt" | "landing";
  readonly count: number;
  readonly last: { readonly task: TaskId; readonly message: string; readonly at: string | null };
}

/** How long agents worked on a task, in all its attempts. */
export interface Slow {
  readonly task: TaskId;
  readonly seconds: number;
  readonly attempts: number;
  readonly at_work: boolean;
}

/** How a run is doing, as JSON for programs: all durations are seconds. */
export interface Health {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly progress: ProgressMonitor.Progress;
  /** Tasks that wait for a slot or a resource; those that wait longest are listed. */
  readonly queue: {
    readonly length: number;
    readonly longest_wait_seconds: number | null;
    readonly tasks: ReadonlyArray<Queued>;
  };
  /** How long launched attempts had waited in the queue. */
  readonly waits: {
    readonly launches: number;
    readonly mean_seconds: number | null;
    readonly longest_seconds: number | null;
  };
  readonly slots: {
    readonly total: number;
    readonly busy: number;
    readonly resting: number;
    /** Time that agents worked, of the time that all slots were there, from 0 to 1. */
    readonly utilisation: number;
  };
  /** The most frequent first. */
  readonly failures: ReadonlyArray<Failures>;
  /** The tasks on which agents worked longest. */
  readonly slowest: ReadonlyArray<Slow>;
  readonly usage: Used;
  readonly budgets: ReadonlyArray<ApiBudget>;
  /** What needs somebody, or keeps the run from its pace. */
  readonly concerns: ReadonlyArray<Concern>;
}

/** What is known beside the state of the run. */
export interface Beside {
  readonly budgets?: ReadonlyArray<ApiBudget>;
  /** How many tasks each list names at most (default 5). */
  readonly shown?: number;
}

/** The summary at a moment given in milliseconds since the epoch. */
export const of = (
  state: RunState,
  now: number,
  { budgets = [], shown = 5 }: Beside = {},
): Health => ({
  at: new Date(now).toISOString(),
  progress: ProgressMonitor.snapshot(state, now),
  queue: queueOf(state, now, shown),
  waits: waitsOf(state),
  slots: {
    total: state.concurrency,
    busy: state.atWork,
    resting: state.resting.size,
    utilisation: utilisation(state, now),
  },
  failures: failuresOf(state),
  slowest: slowestOf(state, now, shown),
  usage: state.usage,
  budgets,
  concerns: concernsOf(state, budgets),
});

/** Time that agents worked, of the time that all slots were there, from 0 to 1. */
export const utilisation = (state: RunState, now: number): number => {
  const end = state.endedAt ?? now;
  const capacity = Math.max(0, end - (state.startedAt ?? end)) * state.concurrency;
  return capacity > 0 ? Math.min(1, (state.busyMillis + workingMillis(state, now)) / capacity) : 0;
};

/** How long the agents have worked that work at this moment. */
const workingMillis = (state: RunState, now: number): number => {
  if (state.atWork === 0) return 0;
  let millis = 0;
  for (let node = 0; node < state.size; node++) {
    if (!state.isAtWork(node)) continue;
    millis += Math.max(0, now - (state.lastAttempt(node)?.startedAt ?? now));
  }
  return millis;
};

const seconds = (from: number, to: number): number => Math.max(0, to - from) / 1000;

const queueOf = (state: RunState, now: number, shown: number): Health["queue"] => {
  const length = state.count("Ready");
  if (length === 0) return { length, longest_wait_seconds: null, tasks: [] };
  // A run in which nothing goes on any more lets nothing wait longer.
  const until = state.endedAt ?? now;
  const tasks: Array<Queued> = [];
  for (let node = 0; node < state.size; node++) {
    if (state.phase(node) !== "Ready") continue;
    const { readyAt, task } = state.at(node);
    tasks.push({ task: task.id, waiting_seconds: seconds(readyAt!, until) });
  }
  tasks.sort((a, b) => b.waiting_seconds - a.waiting_seconds);
  const longest = tasks[0]!.waiting_seconds;
  return { length, longest_wait_seconds: longest, tasks: tasks.slice(0, shown) };
};

const waitsOf = ({ waits: { launches, longestMillis, millis } }: RunState): Health["waits"] => ({
  launches,
  mean_seconds: launches === 0 ? null : millis / 1000 / launches,
  longest_seconds: launches === 0 ? null : longestMillis / 1000,
});

const failuresOf = (state: RunState): ReadonlyArray<Failures> => {
  const found = new Map<string, Failures>();
  for (let node = 0; node < state.size; node++) {
    for (const attempt of state.attempts(node)) {
      const one = failureOf(state.table.task(node).id, attempt);
      if (one === undefined) continue;
      const key = `${one.class} ${one.during}`;
      const known = found.get(key);
      found.set(key, known === undefined ? one : both(known, one));
    }
  }
  return [...found.values()].toSorted((a, b) => b.count - a.count);
};

/** What becomes of an unclear attempt is still to be found out. */
const failureOf = (task: TaskId, attempt: Attempt): Failures | undefined => {
  const { end, endedAt, failure } = attempt;
  if (failure === undefined || attempt.isUnclear) return undefined;
  const at = endedAt === undefined ? null : new Date(endedAt).toISOString();
  return {
    class: failure.class,
    during: end?._tag === "Succeeded" ? "landing" : "attempt",
    count: 1,
    last: { task, message: failure.message, at },
  };
};

/** Times of this form are in order as texts are. */
const both = (one: Failures, other: Failures): Failures => ({
  ...one,
  count: one.count + other.count,
  last: (other.last.at ?? "") >= (one.last.at ?? "") ? other.last : one.last,
});

/** Keeps the longest ones only, so that it costs no list of all tasks. */
const slowestOf = (state: RunState, now: number, shown: number): ReadonlyArray<Slow> => {
  const slowest: Array<Slow> = [];
  for (let node = 0; node < state.size; node++) {
    const attempts = state.attempts(node);
    if (attempts.length === 0) continue;
    const at_work = state.isAtWork(node);
    const worked = attempts.reduce((sum, one) => sum + workedSeconds(one, at_work, now), 0);
    if (slowest.length === shown && worked <= slowest.at(-1)!.seconds) continue;
    const task = state.table.task(node).id;
    slowest.push({ task, seconds: worked, attempts: attempts.length, at_work });
    slowest.sort((a, b) => b.seconds - a.seconds);
    if (slowest.length > shown) slowest.pop();
  }
  return slowest;
};

/** Nobody knows how long one worked that is neither at work nor known to have ended. */
const workedSeconds = ({ endedAt, startedAt }: Attempt, isWorking: boolean, now: number): number =>
  endedAt === undefined ? (isWorking ? seconds(startedAt, now) : 0) : seconds(startedAt, endedAt);
