/** Sends what waits for a webhook while a run goes on, and tries again with growing pauses. */
import { Events } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import type { Outbox } from "./Outbox.ts";

export interface Sender {
  /** There may be more to send. */
  readonly wake: () => void;
  /** Nothing more will happen: comes when all that there is was sent. */
  readonly end: Effect.Effect<void>;
}

const firstPause = 1_000;
const longestPause = 60_000;

/** Pauses at the end of a run, when nobody waits long. */
const lastPause = 500;

/** Sends until the scope closes. */
export const start = Effect.fn("Sender.start")(function* (
  { deliver, webhook }: Outbox,
  warn: (message: string) => Effect.Effect<void>,
) {
  const wakes = yield* Queue.sliding<void>(1);
  const ending = yield* Deferred.make<void>();
  const done = yield* Deferred.make<void>();
  const isEnding = () => Deferred.isDoneUnsafe(ending);
  let failures = 0;
  const failed = Effect.fnUntraced(function* (message: string, retryAfterMillis?: number) {
    failures++;
    if (Events.isTold(failures)) {
      const times = failures === 1 ? "" : ` for the ${failures}th time`;
      yield* warn(`events could not be sent to ${webhook.host}${times}: ${message}`);
    }
    const pause = retryAfterMillis ?? Math.min(firstPause * 2 ** (failures - 1), longestPause);
    if (isEnding()) yield* Effect.sleep(Math.min(pause, lastPause));
    else yield* Effect.timeoutOption(Deferred.await(ending), pause);
    Queue.offerUnsafe(wakes, undefined);
  });
  const turn = Effect.gen(function* () {
    yield* Queue.take(wakes);
    const isLast = isEnding();
    yield* deliver;
    failures = 0;
    if (isLast) yield* Deferred.succeed(done, undefined);
  }).pipe(
    Effect.catch((error) =>
      failed(error.message, error._tag === "NotTaken" ? error.retryAfterMillis : undefined),
    ),
  );
  yield* Effect.forkScoped(Effect.forever(turn));
  // What an earlier process could not send.
  Queue.offerUnsafe(wakes, undefined);
  const wake = (): void => void Queue.offerUnsafe(wakes, undefined);
  return {
    wake,
    end: Effect.andThen(
      Effect.andThen(Deferred.succeed(ending, undefined), Effect.sync(wake)),
      Deferred.await(done),
    ),
  } satisfies Sender;
});
