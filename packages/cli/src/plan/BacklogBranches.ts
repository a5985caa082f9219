/**
 * Keeps issues from running that name the default branch of their repository as their own while
 * changes land on another one: what an agent does would be pushed there, past every review.
 */
import type { Task } from "@orchestrator/core";
import * as TaskBranch from "../github/TaskBranch.ts";
import type { Reason } from "./BacklogAgents.ts";

/** Where changes land, as far as that is not the default branch. */
export interface Landing {
  readonly base: string;
  /** The default branches of repositories, by `owner/repo`. */
  readonly defaults: ReadonlyMap<string, string>;
}

/** The tasks that are worked on a branch which they name themselves. */
export const naming = (tasks: ReadonlyArray<Task.Task>, base: string): ReadonlyArray<Task.Task> =>
  tasks.filter((task) => TaskBranch.named(task, base) !== undefined);

/** Why a task in a repository cannot be worked on; undefined if its branch is none that others need. */
export const against = (
  task: Task.Task,
  { base, defaults }: Landing,
  repository: string,
): Reason | undefined => {
  const branch = TaskBranch.named(task, base);
  if (branch === undefined || branch !== defaults.get(repository)) return undefined;
  return {
    clause: `says branch: ${branch}, which is the default branch of ${repository}, and changes land on ${base}`,
    advice: "Name a branch for this work alone, as branch: feature/basket, or leave branch out.",
  };
};
