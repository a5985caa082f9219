/**
 * Tasks whose approval was answered while nobody works on their run.
 *
 * The answer ends the agent run that asked for it. What comes of that, only a process
 * records that works on the run: until then the task is neither at work nor held.
 */
import type { RunState } from "@orchestrator/core";
import type { RunLook } from "./RunLook.ts";

/** A task that goes on as soon as somebody resumes its run. */
export interface Decided {
  readonly task: string;
  /** `approved`, or `rejected` with what there was to say. */
  readonly answer: string;
}

/** Those of a run, in the order in which they joined. */
export const list = ({ holder, state }: RunLook): ReadonlyArray<Decided> => {
  // The whole run is looked at only where there may be some.
  if (holder !== undefined || state.count("Running") === 0) return [];
  return Array.from(state.tasks()).flatMap((task) => {
    const answer = answerTo(task);
    return answer === undefined ? [] : [{ task: task.task.id, answer }];
  });
};

/** The answer that a task counts as running with. */
const answerTo = ({ attempts, phase }: RunState.TaskState): string | undefined => {
  const end = phase === "Running" ? attempts.at(-1)?.end : undefined;
  if (end === undefined || end._tag === "Waiting") return undefined;
  const { output } = end;
  const isAnswer = typeof output === "object" && output !== null && "approved" in output;
  if (!isAnswer) return undefined;
  return end._tag === "Failed" ? end.failure.message : "approved";
};
