import * as Effect from "effect/Effect";
import type { Agent, EffectKey } from "../Agent.ts";
import * as Failure from "../Failure.ts";
import * as FunctionAgent from "../FunctionAgent.ts";
import type { Task } from "../Task.ts";

type Work = (
  task: Task,
  context: FunctionAgent.Context,
  signal: AbortSignal,
) => Promise<FunctionAgent.Output>;

/**
 * An agent that works by calling a function that answers with a promise.
 *
 * A promise cannot be stopped, only asked to: cancelling waits until it has
 * settled, so that two attempts at a task never work at once.
 */
export const make = (work: Work): Agent => {
  /** The agent run of each launch, until it works. */
  const launched = new Map<EffectKey, string>();
  /** What still works, by agent run. */
  const working = new Map<string, Promise<unknown>>();
  const agent = FunctionAgent.make((task, context) =>
    Effect.tryPromise({
      try: (signal) => {
        const run = launched.get(context.key)!;
        launched.delete(context.key);
        const promise = work(task, context, signal);
        const forget = () => working.delete(run);
        working.set(run, promise.then(forget, forget));
        return promise;
      },
      catch: Failure.of,
    }),
  );
  return {
    ...agent,
    launch: (request) =>
      Effect.map(agent.launch(request), (ref) => {
        launched.set(request.key, ref.id);
        return ref;
      }),
    cancel: (ref) =>
      Effect.andThen(
        agent.cancel(ref),
        Effect.promise(async () => working.get(ref.id)),
      ),
  };
};
