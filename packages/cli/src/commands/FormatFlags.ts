/** The flags `--format` and `--json`, which stands for one of its values. */
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Confirmation from "../terminal/Confirmation.ts";
import { off } from "./Flags.ts";

/** The formats that a command prints in; `asJson` is the one that `--json` stands for. */
interface Formats<Format extends string> {
  readonly formats: ReadonlyArray<Format>;
  readonly asJson: NoInfer<Format>;
  readonly otherwise: NoInfer<Format>;
  readonly description: string;
}

/** What was said of the format. */
interface Said<Format extends string> {
  readonly format: Option.Option<Format>;
  readonly json: boolean;
}

/** The two flags, and what they ask for together; to ask for two formats is a wrong call. */
export const make = <const Format extends string>(of: Formats<Format>) => ({
  flags: {
    format: Flag.Literals("format", of.formats).pipe(
      Flag.withDescription(of.description),
      Flag.optional,
    ),
    json: off("json", `As --format ${of.asJson}`),
  },
  wanted: ({ format, json }: Said<Format>): Effect.Effect<Format, Confirmation.WrongCall> => {
    const named = Option.getOrUndefined(format);
    if (!json) return Effect.succeed(named ?? of.otherwise);
    if (named === undefined || named === of.asJson) return Effect.succeed(of.asJson);
    return Effect.fail(contradiction(of.asJson, named));
  },
});

/** The refusal of a call that asks for two formats at once. */
export const contradiction = (asJson: string, format: string): Confirmation.WrongCall =>
  new Confirmation.WrongCall({
    message: `--json is --format ${asJson}, and --format ${format} is another one: leave one of the two out.`,
  });
