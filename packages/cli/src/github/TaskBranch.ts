/** The branch on GitHub that all attempts at an issue leave their work on. */
import type { Task } from "@orchestrator/core";
import * as IssueId from "@orchestrator/github/IssueId";
import { RunFolder } from "@orchestrator/local";
import * as Schema from "effect/Schema";

const WantsBranch = Schema.is(Schema.Struct({ branch: Schema.NonEmptyString }));

/** The one that the issue names, unless changes land on it anyway. */
export const named = ({ payload }: Task.Task, base: string | undefined): string | undefined =>
  WantsBranch(payload) && payload.branch !== base ? payload.branch : undefined;

/** The one that the issue names, else one of the run and the task. */
export const of = (run: string, task: Task.Task, base: string): string =>
  named(task, base) ?? RunFolder.branch(run, task.id, 1);

/** Those of all runs at the task, with a star for the run; undefined if the issue names one. */
export const ofAnyRun = (task: Task.Task, base: string): string | undefined =>
  named(task, base) === undefined
    ? RunFolder.branch("run", task.id, 1).split("/").with(1, "*").join("/")
    : undefined;

/** The number of the issue that a task is. */
export const issueOf = ({ id }: Pick<Task.Task, "id">): number => IssueId.parse(id)!.number;
