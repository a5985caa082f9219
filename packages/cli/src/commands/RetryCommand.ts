/** `orchestrator retry`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as RetryTasks from "../operator/RetryTasks.ts";
import { ofRun } from "./CancelCommand.ts";
import { off } from "./Flags.ts";
import { work } from "./ResumeCommand.ts";

/** Runs tasks again. */
export const command = Command.make(
  "retry",
  {
    tasks: Argument.String("task").pipe(
      Argument.withDescription("The ids of tasks that did not succeed"),
      Argument.variadic(),
    ),
    failed: off("failed", "All tasks that failed or were cancelled"),
    run: ofRun,
    yes: off("yes", "Do not ask").pipe(Flag.withAlias("y")),
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
