/** `orchestrator pause` and `orchestrator unpause`: their flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import * as PauseRun from "../operator/PauseRun.ts";
import { aRun, isName, nameWanted } from "./Flags.ts";
import * as LimitFlags from "./LimitFlags.ts";

const run = Argument.String("run").pipe(
  Argument.filter(isName, nameWanted),
  Argument.withDescription(`${aRun}; absent: the one at work, or the latest`),
  Argument.optional,
);

/** Launches nothing more for a while. */
export const pause = Command.make(
  "pause",
  {
    run,
    message: Flag.String("message").pipe(
      Flag.withAlias("m"),
      Flag.filter(isName, () => "a text that is not empty"),
      Flag.withDescription("Why, for whoever looks at the run"),
      Flag.withMetavar("TEXT"),
      Flag.optional,
    ),
    json: JsonAnswer.flag,
  },
  ({ json, ...options }) => JsonAnswer.given(json, PauseRun.pause(options)),
).pipe(
  Command.withDescription("Launch nothing more in a run until unpause; agents at work go on"),
  Command.withExamples([
    { command: "orchestrator pause" },
    { command: 'orchestrator pause 20261121-134500-k3f9 -m "the base is red"' },
  ]),
);

/** Launches again. */
export const unpause = Command.make(
  "unpause",
  { run, ...LimitFlags.all, json: JsonAnswer.flag },
  ({ json, ...options }) => JsonAnswer.given(json, PauseRun.unpause(options)),
).pipe(
  Command.withDescription("Let launches go on that a person, a limit or a quota paused"),
  Command.withExamples([
    { command: "orchestrator unpause" },
    { command: "orchestrator unpause --max-launches 60", description: "with a higher limit" },
  ]),
);
