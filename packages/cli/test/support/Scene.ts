/** Runs as the fold of made-up events, for views. */
import { ProgressMonitor, type RunEvent, RunState, type Task } from "@orchestrator/core";

const startedAt = Date.UTC(2026, 10, 21, 12, 0, 0);

/** The moment at which scenes are looked at: a minute after the start. */
export const now = startedAt + 60_000;

export const started = (overrides: Partial<RunEvent.OfKind<"RunStarted">> = {}) =>
  ({
    _tag: "RunStarted",
    at: startedAt,
    run: "20261121-120000-abcd",
    plan: "shop",
    mode: "parallel",
    concurrency: 4,
    failFast: false,
    ...overrides,
  }) satisfies RunEvent.RunEvent;

export const added = (tasks: ReadonlyArray<Task.Task>): RunEvent.RunEvent => ({
  _tag: "TasksAdded",
  at: startedAt,
  tasks,
});

/** From ready to at work. */
export const launched = (
  task: string,
  attempt = 1,
  at = startedAt + 1_000,
): Array<RunEvent.RunEvent> => [
  { _tag: "TaskReady", at, task },
  { _tag: "LaunchIntended", at, task, attempt, agent: "local", slot: "local-1" },
  {
    _tag: "AgentRunStarted",
    at,
    task,
    attempt,
    ref: { agent: "local", id: `run/${task}/${attempt}/1` },
  },
];

export const succeeded = (task: string, at = startedAt + 5_000): Array<RunEvent.RunEvent> => [
  ...launched(task),
  { _tag: "AgentRunEnded", at, task, attempt: 1, end: { _tag: "Succeeded" } },
  { _tag: "TaskEnded", at, task, outcome: "Succeeded" },
];

const failedAttempt = (task: string, message: string, at: number): Array<RunEvent.RunEvent> => [
  ...launched(task),
  {
    _tag: "AgentRunEnded",
    at,
    task,
    attempt: 1,
    end: { _tag: "Failed", failure: { class: "agent", message } },
  },
];

export const failed = (
  task: string,
  message: string,
  at = startedAt + 8_000,
): Array<RunEvent.RunEvent> => [
  ...failedAttempt(task, message, at),
  {
    _tag: "TaskEnded",
    at,
    task,
    outcome: "Failed",
    reason: { _tag: "AttemptFailed", failure: { class: "agent", message } },
  },
];

export const waitsToRetry = (task: string, message: string): Array<RunEvent.RunEvent> => [
  ...failedAttempt(task, message, startedAt + 50_000),
  {
    _tag: "RetryScheduled",
    at: startedAt + 50_000,
    task,
    attempt: 1,
    class: "agent",
    delayMillis: 30_000,
  },
];

export const skipped = (task: string, root: string): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at: startedAt + 8_000,
  task,
  outcome: "Skipped",
  reason: { _tag: "DependencyFailed", dependency: root, outcome: "Failed", root },
});

export const stateOf = (events: ReadonlyArray<RunEvent.RunEvent>): RunState.RunState =>
  RunState.RunState.fold(events);

export const progressOf = (state: RunState.RunState) => ProgressMonitor.snapshot(state, now);

/** Tasks `t0`, `t1`, …: a tenth done, some failed, four at work, one backing off, the rest waiting. */
export const busy = (size: number): RunState.RunState => {
  const ids = Array.from({ length: size }, (_, index) => `t${index}`);
  const done = Math.floor(size / 10) + 1;
  return stateOf([
    started(),
    added(ids.map((id) => ({ id, title: `Build the part called ${id}` }))),
    ...ids.slice(0, done).flatMap((id) => succeeded(id)),
    ...failed(ids[done]!, "The command ended with exit code 3. Its last lines:\nboom"),
    ...waitsToRetry(ids[done + 1]!, "not yet"),
    ...ids.slice(done + 2, done + 6).flatMap((id) => launched(id)),
  ]);
};
