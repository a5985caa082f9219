/** `orchestrator why`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as WhyTask from "../operator/WhyTask.ts";
import { aRun, isName, naming, nameWanted, off } from "./Flags.ts";
import { wanted } from "./PlanFlags.ts";

/** Explains why a task is not running. */
export const command = Command.make(
  "why",
  {
    ...wanted,
    task: Argument.String("task").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription("The id of a task; of an issue also its number or its address"),
    ),
    run: naming(
      "run",
      "RUN",
      `${aRun} (default the one at work or the latest, if it has the task)`,
    ),
    plan: naming("plan", "FILE", "The plan file (default the one here, if no run has the task)"),
    json: off("json", "Print the same answer as JSON"),
  },
  WhyTask.show,
).pipe(
  Command.withDescription(
    "Explain why a task is not running: what it waits for, down to where that begins",
  ),
  Command.withExamples([
    { command: "orchestrator why api" },
    { command: "orchestrator why api --plan plan.yaml", description: "before anything runs" },
    { command: "orchestrator why 123 --repo acme/shop", description: "an issue on GitHub" },
    { command: "orchestrator why api --json | jq '.roots[].id'", description: "for a program" },
  ]),
);
