/** The branch on GitHub that all attempts at an issue leave their work on. */
import type { Task } from "@orchestrator/core";
import * as IssueId from "@orchestrator/github/IssueId";
import { RunFolder } from "@orchestrator/local";
import * as Schema from "effect/Schema";

const WantsBranch = Schema.is(Schema.Struct({ branch: Schema.NonEmptyString }));

/** The one that the issue names, else one of the run and the task. */
export const of = (run: string, { id, payload }: Task.Task, base: string): string =>
  WantsBranch(payload) && payload.branch !== base ? payload.branch : RunFolder.branch(run, id, 1);

/** The number of the issue that a task is. */
export const issueOf = ({ id }: Pick<Task.Task, "id">): number => IssueId.parse(id)!.number;
