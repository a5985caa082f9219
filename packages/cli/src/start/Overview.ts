/** Says what is here and what to do next: what the command does without a subcommand. */
import * as Effect from "effect/Effect";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as OverviewJson from "./OverviewJson.ts";
import * as Surroundings from "./Surroundings.ts";
import * as OverviewText from "../view/OverviewText.ts";

/** Prints what is found, and ends well whatever that is. */
export const show = Effect.fn("Overview.show")(function* ({ json }: { readonly json: boolean }) {
  const { command, out } = yield* Screen;
  const seen = yield* Surroundings.look();
  if (json) {
    return yield* out.print(Text.json(JSON.stringify(OverviewJson.of(seen, command), null, 2)));
  }
  yield* out.print(OverviewText.lines(seen, command, out.paint).join("\n"));
});
