import type { Task } from "../Task.ts";

/** What each task adds to its path: known durations, else estimates, else the mean of those, else a hop. */
export const weights = (
  tasks: ReadonlyArray<Task>,
  durations: (task: Task) => number | undefined = () => undefined,
): ((task: Task) => number) => {
  const stated = (task: Task): number | undefined => durations(task) ?? task.estimateSeconds;
  let sum = 0;
  let known = 0;
  for (const task of tasks) {
    const seconds = stated(task);
    if (seconds === undefined) continue;
    sum += seconds;
    known++;
  }
  const otherwise = known === 0 ? 1 : sum / known;
  return (task) => stated(task) ?? otherwise;
};
