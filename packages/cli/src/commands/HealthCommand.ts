/** `orchestrator health`: how a run is doing, in one summary. */
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as RunHealth from "../run/RunHealth.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as HealthText from "../view/HealthText.ts";
import { off } from "./Flags.ts";
import { runWanted } from "./StatusCommand.ts";

/** Sums up how a run is doing. */
export const command = Command.make(
  "health",
  {
    run: runWanted,
    json: off("json", "Print one JSON object"),
  },
  Effect.fn("HealthCommand")(function* ({ json, run }) {
    const { out } = yield* Screen;
    const health = yield* RunHealth.of(yield* RunWanted.open(Option.getOrUndefined(run)));
    yield* out.print(
      json
        ? Text.json(JSON.stringify(health, undefined, 2))
        : HealthText.lines(health, out.size()?.columns, out.paint).join("\n"),
    );
  }, Effect.scoped),
).pipe(
  Command.withDescription(
    "Sum up how a run is doing: queue, waits, how busy the agents are, failures by class, slowest tasks, API budgets",
  ),
  Command.withExamples([
    { command: "orchestrator health" },
    { command: "orchestrator health --json | jq .concerns", description: "what needs somebody" },
  ]),
);
