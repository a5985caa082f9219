/**
 * What came out of a run: results of every task, a summary, JSON and CSV.
 *
 * Results are read from the run's state, so those of finished tasks are there
 * whatever happens to others, during the run and after it.
 */
import * as GraphReport from "./GraphReport.ts";
import * as csv from "./internal/csv.ts";
import type { RunOutcome } from "./RunEvent.ts";
import type { RunState, TaskState } from "./RunState.ts";
import { type Outcome, type TaskId, title } from "./Task.ts";

/** The figures of a run. */
export interface Summary {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly held: number;
  /** Succeeded tasks of all tasks, from 0 to 1; 1 for a run without tasks. */
  readonly success_rate: number;
  /** All tries, the first ones included. */
  readonly attempts: number;
  readonly wall_seconds: number;
  /** The chain of dependent tasks that took longest. */
  readonly critical_path: ReadonlyArray<TaskId>;
  readonly critical_path_seconds: number;
  /** Time that agents worked, of the time that all slots were there, from 0 to 1. */
  readonly parallel_efficiency: number;
}

/** One try, as exported. */
export interface AttemptRow {
  readonly attempt: number;
  readonly agent: string;
  readonly slot: string;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly agent_run: string | null;
  readonly url: string | null;
  readonly error: string | null;
}

/** The result of one task, as exported. Times are ISO 8601 in UTC. */
export interface ResultRow {
  readonly task_id: TaskId;
  /** The outcome in lower case, or the phase of a task that has none yet. */
  readonly status: string;
  /** When its first attempt began, and when it ended. */
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly duration_seconds: number | null;
  /** The slot that worked on it last. */
  readonly agent_id: string | null;
  readonly error: string | null;
  readonly title: string;
  readonly agent: string | null;
  readonly output: unknown;
  readonly summary: string | null;
  readonly commit: string | null;
  readonly attempts: ReadonlyArray<AttemptRow>;
}

/** The end of a run. */
export interface RunResult {
  readonly run: string;
  readonly plan: string;
  /** `suspended` if the run was left before its end. */
  readonly outcome: RunOutcome | "suspended";
  readonly state: RunState;
  readonly summary: Summary;
}

/** The result of a run that has ended. */
export const make = (state: RunState, slots: number): RunResult => {
  let computed: Summary | undefined;
  return {
    run: state.run!,
    plan: state.plan,
    outcome: state.outcome ?? "suspended",
    state,
    get summary() {
      return (computed ??= summary(state, slots));
    },
  };
};

/** The figures of a run at this moment. */
export const summary = (state: RunState, slots: number): Summary => {
  const total = state.size;
  const succeeded = state.count("Succeeded");
  const wall = (lastMoment(state) - (state.startedAt ?? 0)) / 1000;
  const path = criticalPath(state);
  let attempts = 0;
  for (let node = 0; node < total; node++) attempts += state.attempts(node).length;
  return {
    total,
    succeeded,
    failed: state.count("Failed"),
    skipped: state.count("Skipped"),
    cancelled: state.count("Cancelled"),
    held: state.count("Held"),
    success_rate: total === 0 ? 1 : succeeded / total,
    attempts,
    wall_seconds: wall,
    critical_path: path.tasks,
    critical_path_seconds: path.seconds,
    parallel_efficiency: wall > 0 ? Math.min(1, state.busyMillis / 1000 / (wall * slots)) : 0,
  };
};

/** Seconds from the beginning of a task's first attempt to its end, or undefined before that. */
export const durationSeconds = (task: TaskState): number | undefined => {
  const started = task.attempts[0]?.startedAt;
  if (started === undefined || task.endedAt === undefined) return undefined;
  return Math.max(0, task.endedAt - started) / 1000;
};

/** Why a task did not succeed, in one sentence, or undefined if it did or has not ended. */
export const error = (state: RunState, task: TaskState): string | undefined => {
  const { reason } = task;
  switch (reason?._tag) {
    case undefined:
      return undefined;
    case "AttemptFailed":
      return reason.failure.message;
    case "Stopped":
      return reason.message;
    case "NeedsDecision":
      return reason.question;
    case "DependencyFailed":
      return because(state, task);
  }
};

/** The tasks that led to a skipped or held one, the nearest first, the root last; at most `limit` of them. */
export const reasonChain = (
  state: RunState,
  task: TaskState,
  limit = 20,
): ReadonlyArray<TaskState> => {
  const chain: Array<TaskState> = [];
  let current = task;
  while (current.reason?._tag === "DependencyFailed" && chain.length < limit - 1) {
    current = state.get(current.reason.dependency)!;
    chain.push(current);
  }
  if (current.reason?._tag === "DependencyFailed") chain.push(state.get(current.reason.root)!);
  return chain;
};

const because = (state: RunState, task: TaskState): string => {
  const chain = reasonChain(state, task, 4);
  const root = chain.at(-1)!;
  const steps = chain.map(({ outcome, task: { id } }) => `${id} (${word(outcome)})`);
  const before = chain.at(-2)?.reason;
  const isCut = before?._tag === "DependencyFailed" && before.dependency !== root.task.id;
  if (isCut) steps.splice(-1, 0, "…");
  const detail = error(state, root);
  return `depends on ${steps.join(" ← ")}${detail === undefined ? "" : `: ${detail}`}`;
};

const word = (outcome: Outcome | undefined): string => outcome?.toLowerCase() ?? "not ended";

/** One row a task, in the order in which the tasks joined. */
export function* rows(state: RunState): IterableIterator<ResultRow> {
  for (const task of state.tasks()) yield row(state, task);
}

const row = (state: RunState, task: TaskState): ResultRow => {
  const last = task.attempts.at(-1);
  return {
    task_id: task.task.id,
    status: task.phase.toLowerCase(),
    start_time: time(task.attempts[0]?.startedAt),
    end_time: time(task.endedAt),
    duration_seconds: durationSeconds(task) ?? null,
    agent_id: last?.slot ?? null,
    error: error(state, task) ?? null,
    title: title(task.task),
    agent: last?.agent ?? task.task.agent ?? null,
    output: last?.output ?? null,
    summary: last?.summary ?? null,
    commit: task.commit ?? null,
    attempts: task.attempts.map((attempt) => ({
      attempt: attempt.number,
      agent: attempt.agent,
      slot: attempt.slot,
      start_time: time(attempt.startedAt)!,
      end_time: time(attempt.endedAt),
      agent_run: attempt.ref?.id ?? null,
      url: attempt.ref?.url ?? null,
      error: attempt.failure?.message ?? null,
    })),
  };
};

const time = (millis: number | undefined): string | null =>
  millis === undefined ? null : new Date(millis).toISOString();

/** The whole result as JSON text, indented. */
export const toJson = (
  state: RunState,
  slots: number,
  besides: Readonly<Record<string, unknown>> = {},
): string =>
  `${JSON.stringify(
    {
      run: state.run,
      plan: state.plan,
      outcome: state.outcome ?? (state.suspended === undefined ? "running" : "suspended"),
      start_time: time(state.startedAt),
      end_time: time(state.endedAt),
      summary: summary(state, slots),
      warnings: state.warnings,
      ...besides,
      tasks: [...rows(state)],
    },
    undefined,
    2,
  )}\n`;

/** One line a task as CSV (RFC 4180); cells that a spreadsheet would take for formulas are neutralised. */
export const toCsv = (state: RunState): string => {
  const lines = [csv.line(columns)];
  for (const result of rows(state)) {
    lines.push(csv.line(columns.map((column) => cell(result, column))));
  }
  return lines.join("");
};

const columns = [
  "task_id",
  "status",
  "start_time",
  "end_time",
  "duration_seconds",
  "agent_id",
  "error",
  "title",
  "agent",
  "attempts",
  "summary",
  "commit",
] as const;

const cell = (result: ResultRow, column: (typeof columns)[number]): string => {
  const value = result[column];
  if (value === null) return "";
  return Array.isArray(value) ? String(value.length) : String(value);
};

const lastMoment = (state: RunState): number => {
  if (state.endedAt !== undefined) return state.endedAt;
  let last = state.startedAt ?? 0;
  for (const { endedAt } of state.tasks()) last = Math.max(last, endedAt ?? 0);
  return last;
};

const criticalPath = (state: RunState): { tasks: ReadonlyArray<TaskId>; seconds: number } => {
  const { tasks } = GraphReport.make(state.table.tasks.slice(0, state.size), {
    durations: (task) => durationSeconds(state.get(task.id)!) ?? 0,
  }).criticalPath;
  const seconds = tasks.reduce((sum, id) => sum + (durationSeconds(state.get(id)!) ?? 0), 0);
  return { tasks, seconds };
};
