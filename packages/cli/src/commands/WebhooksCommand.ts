/** `orchestrator webhooks`: what waits for those who are sent events. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as DeliverWebhooks from "../hooks/DeliverWebhooks.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { count } from "../view/Words.ts";
import { aRun, isName, nameWanted, off } from "./Flags.ts";
import { allowHost, config } from "./PlanFlags.ts";

const deliver = Command.make(
  "deliver",
  {
    run: Argument.String("run").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription(`${aRun}; absent: all of the project`),
      Argument.optional,
    ),
    config,
    allowHost,
    json: JsonAnswer.flag,
  },
  ({ json, run, ...flags }) =>
    JsonAnswer.given(
      json,
      Effect.scoped(DeliverWebhooks.deliver({ ...flags, run: Option.getOrUndefined(run) })),
    ),
).pipe(Command.withDescription("Send what could not be sent while runs were at work"));

/** Says what waits. */
export const command = Command.make(
  "webhooks",
  {
    config,
    allowHost,
    json: off("json", "Print one JSON array"),
  },
  Effect.fn("WebhooksCommand")(function* ({ json, ...flags }) {
    const { out } = yield* Screen;
    const found = yield* DeliverWebhooks.waiting({ ...flags, run: undefined });
    if (json) return yield* out.print(Text.json(JSON.stringify(found, undefined, 2)));
    if (found.length === 0) return yield* out.print("Nothing waits.");
    const lines = found.map(({ host, is_at_work: isAtWork, run, waiting }) => {
      const by = isAtWork ? ", sent by the process that works on the run" : "";
      return `${Text.line(run)}: ${count(waiting, "event")} for ${Text.line(host)}${by}`;
    });
    yield* out.print(lines.join("\n"));
  }, Effect.scoped),
).pipe(
  Command.withDescription("Show which events wait to be sent to the webhooks of the configuration"),
  Command.withExamples([
    { command: "orchestrator webhooks" },
    { command: "orchestrator webhooks deliver", description: "once the receiver is back" },
  ]),
  Command.withSubcommands([deliver]),
);
