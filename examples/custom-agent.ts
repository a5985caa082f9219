// A back-end of your own, as an implementation of the Agent port. It goes into the pool:
// AgentPool.AgentPool.layer({ agents: [{ agent: make(start), slots: 4 }] })
import { Agent, Failure, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";

/** Starts work that can be stopped; yours would ask an API for it. */
export type Start = (task: Task.Task, signal: AbortSignal) => Promise<string>;
type Run = { key: string; stop: () => void; end: Promise<Agent.AgentRunEnd> };

/** An agent whose runs are promises. They go on whether or not somebody observes them. */
export const make = (start: Start, name = "promises"): Agent.Agent => {
  const runs = new Map<string, Run>();
  const known = (operation: "observe" | "cancel", { id }: Agent.AgentRunRef) => {
    const error = new Agent.AgentError({ operation, message: `There is no run ${id}.` });
    return Effect.mapError(Effect.fromNullishOr(runs.get(id)), () => error);
  };
  const launch = ({ key, task }: Agent.LaunchRequest): Agent.AgentRunRef => {
    const controller = new AbortController();
    const end = start(task, controller.signal).then(
      (output): Agent.AgentRunEnd => ({ _tag: "Succeeded", output }),
      (error): Agent.AgentRunEnd => ({ _tag: "Failed", failure: Failure.of(error).failure }),
    );
    const id = `run-${runs.size + 1}`;
    runs.set(id, { key, stop: () => controller.abort(), end });
    return { agent: name, id };
  };
  return {
    name,
    // A launch whose answer is lost can be found by its key; a run can be stopped.
    capabilities: { launch: "findable", cancel: true, remote: false },
    launch: (request) => Effect.sync(() => launch(request)),
    observe: (ref) => Effect.flatMap(known("observe", ref), (run) => Effect.promise(() => run.end)),
    cancel: Effect.fnUntraced(function* (ref) {
      const run = yield* known("cancel", ref);
      run.stop();
      yield* Effect.promise(() => run.end); // only now it is certain that nothing works any more
    }),
    find: (key) =>
      Effect.sync(() =>
        [...runs].filter(([, run]) => run.key === key).map(([id]) => ({ agent: name, id })),
      ),
  };
};
