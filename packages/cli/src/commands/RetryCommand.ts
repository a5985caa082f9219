/** `orchestrator retry`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as RetryTasks from "../operator/RetryTasks.ts";
import { ofRun } from "./CancelCommand.ts";
import { work } from "./ResumeCommand.ts";

/** Runs tasks again. */
export const command = Command.make(
  "retry",
  {
    tasks: Argument.String("task").pipe(
      Argument.withDescription("The ids of tasks that did not succeed"),
      Argument.variadic(),
    ),
    failed: Flag.Boolean("failed").pipe(
      Flag.withDefault(false),
      Flag.withDescription("All tasks that failed or were cancelled"),
    ),
    run: ofRun,
    yes: Flag.Boolean("yes").pipe(
      Flag.withAlias("y"),
      Flag.withDefault(false),
      Flag.withDescription("Do not ask"),
    ),
    ...work,
  },
  RetryTasks.retry,
).pipe(
  Command.withDescription(
    "Run tasks again that did not succeed, and what was skipped because of them",
  ),
  Command.withExamples([
    { command: "orchestrator retry --failed" },
    { command: "orchestrator retry api ui --yes", description: "without being asked" },
  ]),
);
