/** `orchestrator resume`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as ResumeRun from "../run/ResumeRun.ts";
import { isName, nameWanted } from "./Flags.ts";
import * as LimitFlags from "./LimitFlags.ts";
import * as LogFlags from "./LogFlags.ts";
import { allowHost, configOr } from "./PlanFlags.ts";
import { concurrencyOr, json, noPreflight, plain, results } from "./RunCommand.ts";

/** How the work on a run is shown and kept, for every command that goes on with one. */
export const work = {
  concurrency: concurrencyOr("as before"),
  config: configOr,
  allowHost,
  noPreflight,
  results,
  json,
  plain,
  ...LimitFlags.all,
  ...LogFlags.all,
};

/** Goes on with a run. */
export const command = Command.make(
  "resume",
  {
    run: Argument.String("run").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription("The id or the folder of a run; absent: the last one not ended"),
      Argument.optional,
    ),
    ...work,
  },
  Effect.fn("ResumeCommand")(function* ({ run, ...options }) {
    const wanted = yield* ResumeRun.choose(Option.getOrUndefined(run));
    yield* ResumeRun.resume(wanted, options);
  }, Effect.scoped),
).pipe(
  Command.withDescription(
    "Go on with a run that was left or killed: nothing is started twice, nothing is lost",
  ),
  Command.withExamples([
    { command: "orchestrator resume" },
    { command: "orchestrator resume 20261121-134500-k3f9 --concurrency 2" },
    { command: "orchestrator resume --max-cost 25", description: "where a limit was reached" },
  ]),
);
