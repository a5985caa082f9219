import type { Task } from "../Task.ts";

/** What each task adds to its path: known durations, else estimates, else the mean of those, else a hop. */
export const weights = (
  tasks: ReadonlyArray<Task>,
  durations: (task: Task) => number | undefined = () => undefined,
): ((task: Task) => number) => {
  const stated = (task: Task): number | undefined => known(durations, task) ?? task.estimateSeconds;
  let sum = 0;
  let count = 0;
  for (const task of tasks) {
    const seconds = stated(task);
    if (seconds === undefined) continue;
    sum += seconds;
    count++;
  }
  const otherwise = count === 0 ? 1 : sum / count;
  return (task) => stated(task) ?? otherwise;
};

/** A duration that cannot be told counts as unknown: it only decides who goes first. */
const known = (durations: (task: Task) => number | undefined, task: Task): number | undefined => {
  try {
    const seconds = durations(task);
    return seconds !== undefined && seconds >= 0 ? seconds : undefined;
  } catch {
    return undefined;
  }
};
