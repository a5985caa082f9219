import type * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import type { AgentOutput } from "../Agent.ts";

/** How many pieces a slow reader may lag behind before it loses the oldest. */
const lag = 4096;

/** What agents print, for whoever listens at the moment. Nothing is kept. */
export class OutputFeed {
  readonly #readers = new Set<Queue.Queue<AgentOutput, Cause.Done>>();
  #closed = false;

  publish(output: AgentOutput): void {
    for (const reader of this.#readers) Queue.offerUnsafe(reader, output);
  }

  /** From now on, until the run ends. */
  get stream(): Stream.Stream<AgentOutput> {
    return Stream.unwrap(
      Effect.gen({ self: this }, function* () {
        const reader = yield* Effect.acquireRelease(
          Queue.sliding<AgentOutput, Cause.Done>(lag),
          (queue) =>
            Effect.andThen(
              Effect.sync(() => this.#readers.delete(queue)),
              Queue.shutdown(queue),
            ),
        );
        if (this.#closed) yield* Queue.end(reader);
        else this.#readers.add(reader);
        return Stream.fromQueue(reader);
      }),
    );
  }

  close(): void {
    this.#closed = true;
    for (const reader of this.#readers) Queue.endUnsafe(reader);
    this.#readers.clear();
  }
}
