/** `orchestrator resume`: its flags. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Config from "../config/Config.ts";
import * as DeliverWebhooks from "../hooks/DeliverWebhooks.ts";
import * as Project from "../run/Project.ts";
import * as ResumeRun from "../run/ResumeRun.ts";
import { aRun, isName, nameWanted } from "./Flags.ts";
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

/** Where every run has ended, events may still wait to be sent. */
const remindOfAll = Effect.fnUntraced(function* (flags: Config.Flags) {
  const opened = yield* Project.open();
  yield* DeliverWebhooks.remind(opened, yield* opened.journal.runs, flags);
});

/** Goes on with a run. */
export const command = Command.make(
  "resume",
  {
    run: Argument.String("run").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription(`${aRun}; absent: the last one not ended`),
      Argument.optional,
    ),
    ...work,
  },
  Effect.fn("ResumeCommand")(function* ({ run, ...options }) {
    const wanted = yield* ResumeRun.choose(Option.getOrUndefined(run)).pipe(
      Effect.tapErrorTag("NothingToResume", () => remindOfAll(options)),
    );
    yield* DeliverWebhooks.remind(wanted, [wanted.run], options);
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
