/** `orchestrator held`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Option from "effect/Option";
import * as HeldTasks from "../operator/HeldTasks.ts";
import { aRun, isName, nameWanted, off } from "./Flags.ts";

/** Shows what waits for a person. */
export const command = Command.make(
  "held",
  {
    run: Argument.String("run").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription(`${aRun}; absent: the one at work, or the latest`),
      Argument.optional,
    ),
    json: off("json", "Print one JSON array"),
  },
  ({ json, run }) => HeldTasks.show({ json, run: Option.getOrUndefined(run) }),
).pipe(
  Command.withDescription(
    "Show the tasks that wait for a decision, each with its question; ends with 3 if there are any",
  ),
  Command.withExamples([{ command: "orchestrator held" }]),
);
