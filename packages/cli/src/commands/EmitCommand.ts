/** `orchestrator emit`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as EmitEvent from "../operator/EmitEvent.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import { aRun, isName, naming, nameWanted } from "./Flags.ts";

/** Records an event of somebody's own. */
export const command = Command.make(
  "emit",
  {
    name: Argument.String("name").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription("What the event is called: letters, digits, dots and dashes"),
    ),
    data: Flag.String("data").pipe(
      Flag.withAlias("d"),
      Flag.withDescription("What it holds, as JSON of at most 64 KiB"),
      Flag.withMetavar("JSON"),
      Flag.optional,
    ),
    run: naming(
      "run",
      "RUN",
      `${aRun} (default that of the command's task, the one at work, or the latest)`,
    ),
    task: naming("task", "ID", "The task that it is about (default that of the command)"),
    json: JsonAnswer.flag,
  },
  ({ json, ...options }) => JsonAnswer.given(json, EmitEvent.emit(options)),
).pipe(
  Command.withDescription("Record an event of your own in a run, for hooks and whoever follows it"),
  Command.withExamples([
    { command: `orchestrator emit deployed --data '{"to":"prod"}'` },
    { command: "orchestrator log --follow --json", description: "in another terminal: to see it" },
  ]),
);
