import type { RunState } from "@orchestrator/core";

/** What people see of a run, as JSON. */
export const summary = (state: RunState.RunState) => ({
  run: state.run,
  plan: state.plan,
  outcome: state.outcome,
  concurrency: state.concurrency,
  startedAt: state.startedAt,
  endedAt: state.endedAt,
  busyMillis: state.busyMillis,
  settings: state.settings,
  context: state.context,
  tasks: Array.from(state.tasks(), ({ attempts, commit, gate, outcome, reason, task }) => ({
    id: task.id,
    attempts: attempts.length,
    ...(commit === undefined ? {} : { commit }),
    ...(gate === undefined ? {} : { gate }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
  })),
});
