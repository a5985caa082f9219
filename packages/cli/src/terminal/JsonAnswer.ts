/** The flag `--json` of commands that change something: what they did as one JSON object, all else on standard error. */
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import type * as Schema from "effect/Schema";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

export const flag = Flag.Boolean("json").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Print what was done as one JSON object, all else on standard error"),
);

/** Does something that tells people on standard output what it does; for programs only what it answers with is there. */
export const given = Effect.fn("JsonAnswer.given")(function* <E, R>(
  json: boolean,
  effect: Effect.Effect<Schema.JsonObject, E, R>,
) {
  if (!json) return yield* Effect.asVoid(effect);
  const screen = yield* Screen;
  // A question would be part of the answer.
  const quiet = { ...screen, out: screen.error, canAsk: false };
  const answer = yield* Effect.provideService(effect, Screen, quiet);
  yield* screen.out.print(Text.json(JSON.stringify(answer, undefined, 2)));
});
