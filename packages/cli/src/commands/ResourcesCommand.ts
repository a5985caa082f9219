/** `orchestrator resources`: who has what beside slots, and who waits for it. */
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as RunResources from "../run/RunResources.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as ResourcesText from "../view/ResourcesText.ts";
import { off } from "./Flags.ts";
import { runWanted } from "./StatusCommand.ts";

/** Shows the resources and the claims of a run. */
export const command = Command.make(
  "resources",
  {
    run: runWanted,
    json: off("json", "Print one JSON object"),
  },
  Effect.fn("ResourcesCommand")(function* ({ json, run }) {
    const { out } = yield* Screen;
    const found = yield* RunResources.of(yield* RunWanted.open(Option.getOrUndefined(run)));
    yield* out.print(
      json
        ? Text.json(JSON.stringify(found, undefined, 2))
        : ResourcesText.lines(found, out.size()?.columns, out.paint).join("\n"),
    );
  }, Effect.scoped),
).pipe(
  Command.withDescription(
    "Show what tasks of a run have allocated and since when, and what waits for it: resources and claims on files",
  ),
  Command.withExamples([
    { command: "orchestrator resources" },
    {
      command: "orchestrator resources --json | jq '.resources[] | select(.free == 0)'",
      description: "what is used up",
    },
  ]),
);
