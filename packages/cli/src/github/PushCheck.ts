/** Whether the work of agents of this machine could be delivered, tried before one of them is paid. */
import * as Effect from "effect/Effect";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import type { Target } from "./GitHubTarget.ts";

/** What agents do could not be pushed. Nothing was started. */
export class CannotPush extends Schema.TaggedError<CannotPush>()("CannotPush", {
  why: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.unavailable;
  override get message(): string {
    return `the work of agents of this machine could not be pushed, so nothing was started. ${Text.line(this.why, 1000)} Look at everything with orchestrator doctor; --no-preflight starts all the same.`;
  }
}

const patience = "30 seconds";

/** The remote that work from the clone around the current folder goes to, and git for it; nothing is asked yet. */
export const remoteHere = Effect.fn("PushCheck.remoteHere")(function* (
  repository: string,
  target: Target,
) {
  const { folder } = yield* Screen;
  const { remoteOf } = yield* Effect.promise(() => import("./OwnAgents.ts"));
  return yield* remoteOf(folder, repository, target);
});

/** Fails unless git may push from the clone around the current folder; nothing is pushed. */
export const tried = Effect.fn("PushCheck.tried")(function* (repository: string, target: Target) {
  const { remote } = yield* remoteHere(repository, target);
  yield* remote.mayPush.pipe(
    Effect.mapError(({ message }) => new CannotPush({ why: message })),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () =>
        Effect.fail(new CannotPush({ why: `${remote.name} gave no answer in ${patience}.` })),
    }),
  );
});
