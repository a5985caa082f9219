/** Tasks of a run as reports tell about them. */
import { type Reporter, type RunEvent, RunState, type Task } from "@orchestrator/core";

export const start = Date.parse("2026-11-21T20:13:05Z");
export const run = "run-1";

/** A task as it comes from an issue. */
export const task = (more: Partial<Task.Task> = {}): Task.Task => ({
  id: "acme/shop#1",
  title: "Add a cart",
  url: "https://github.com/acme/shop/issues/1",
  payload: { github: { repository: "acme/shop", number: 1, nodeId: "I_1", approved: "0" } },
  ...more,
});

type OfTask<E> = E extends { readonly at: number } ? Omit<E, "at" | "task"> : never;

/** An event of the task, one minute after the one before it. */
export type Event = OfTask<Extract<RunEvent.RunEvent, { readonly task?: unknown }>>;

/** What there is to tell of a task after some events. */
export const report = (events: ReadonlyArray<Event>, of: Task.Task = task()): Reporter.Report => {
  const state = RunState.RunState.fold([
    { _tag: "TasksAdded", at: start, tasks: [of] },
    ...events.map(
      (event, index) =>
        ({ at: start + index * 60_000, task: of.id, ...event }) as RunEvent.RunEvent,
    ),
  ]);
  return { run, key: `${run}/${encodeURIComponent(of.id)}/report`, state: state.at(0) };
};

export const intended = (attempt = 1): Event => ({
  _tag: "LaunchIntended",
  attempt,
  agent: "codegen",
  slot: "codegen-1",
});

export const started = (attempt = 1, url?: string): Event => ({
  _tag: "AgentRunStarted",
  attempt,
  ref: { agent: "codegen", id: String(40 + attempt), ...(url === undefined ? {} : { url }) },
});
