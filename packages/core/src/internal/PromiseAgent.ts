import * as Effect from "effect/Effect";
import type { Agent, AgentRunRef } from "../Agent.ts";
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
  const working = new Map<string, Promise<unknown>>();
  const agent = FunctionAgent.make((task, context) =>
    Effect.tryPromise({
      try: (signal) => {
        const promise = work(task, context, signal);
        const settled = promise.then(
          () => working.delete(context.key),
          () => working.delete(context.key),
        );
        working.set(context.key, settled);
        return promise;
      },
      catch: Failure.of,
    }),
  );
  const keys = new WeakMap<AgentRunRef, string>();
  return {
    ...agent,
    launch: (request) =>
      Effect.map(agent.launch(request), (ref) => {
        keys.set(ref, request.key);
        return ref;
      }),
    cancel: (ref) =>
      Effect.andThen(
        agent.cancel(ref),
        Effect.promise(async () => working.get(keys.get(ref) ?? "")),
      ),
  };
};
