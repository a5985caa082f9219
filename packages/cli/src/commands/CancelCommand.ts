/** `orchestrator cancel`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as CancelRun from "../operator/CancelRun.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import { aRun, isName, naming, nameWanted } from "./Flags.ts";
import { allowHost, configOr } from "./PlanFlags.ts";

/** The run that a command about tasks means. */
export const ofRun = naming("run", "RUN", `${aRun} (default the one at work, or the latest)`);

/** Stops a run or one of its tasks. */
export const command = Command.make(
  "cancel",
  {
    what: Argument.String("run-or-task").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription(`${aRun}; or the id of a task`),
    ),
    run: ofRun,
    config: configOr,
    allowHost,
    json: JsonAnswer.flag,
  },
  ({ json, ...options }) => JsonAnswer.given(json, CancelRun.cancel(options)),
).pipe(
  Command.withDescription("Stop a run, or one task, and the agents that work on it"),
  Command.withExamples([
    { command: "orchestrator cancel 20261121-134500-k3f9", description: "the whole run" },
    { command: "orchestrator cancel api", description: "one task of the run at work" },
  ]),
);
