/** Asks a person before something is done that cannot be taken back. */
import * as Prompt from "effect/cli/Prompt";
import * as Effect from "effect/Effect";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import { Screen } from "./Screen.ts";
import * as Shell from "./Shell.ts";

/** The command was called wrongly, in a way that flags alone cannot tell. */
export class WrongCall extends Schema.TaggedError<WrongCall>()("WrongCall", {
  message: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
}

export interface Question {
  readonly question: string;
  /** What is told where nobody can be asked, as "nothing was started". */
  readonly nothing: string;
  /** What was asked for, as "run them again", and the words of the command that does it unasked. */
  readonly what: string;
  readonly words: ReadonlyArray<string>;
  /** Whether the output leaves room for a question. */
  readonly isPossible: boolean;
  /** Whether it was said before. */
  readonly isGiven: boolean;
}

/** Whether it is wanted; fails where nobody can be asked. */
export const isGiven = Effect.fn("Confirmation.isGiven")(function* (asked: Question) {
  if (asked.isGiven) return true;
  const { canAsk, command } = yield* Screen;
  if (!asked.isPossible || !canAsk) {
    const how = `${command} ${Shell.line(...asked.words)}`;
    return yield* new WrongCall({
      message: `${asked.nothing}: nobody can be asked here. To ${asked.what}: ${how}`,
    });
  }
  return yield* Prompt.Confirm({ message: asked.question }).pipe(
    // ^C is an answer too.
    Effect.orElseSucceed(() => false),
  );
});
