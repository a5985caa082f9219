import {
  Agent,
  AgentPool,
  CodeHost,
  Journal,
  Orchestrator,
  type RunEvent,
} from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";

/** An orchestrator with one kind of agent and everything in memory. */
export const engine = (
  agent: Agent.Agent | AgentPool.Options,
  codeHost?: CodeHost.CodeHost["Service"],
) => {
  const options: AgentPool.Options = "agents" in agent ? agent : { agents: [{ agent }] };
  const parts = Layer.merge(AgentPool.AgentPool.layer(options), Journal.Journal.layerMemory);
  const host = codeHost === undefined ? Layer.empty : Layer.succeed(CodeHost.CodeHost, codeHost);
  return Orchestrator.Orchestrator.layer.pipe(Layer.provideMerge(Layer.merge(parts, host)));
};

/** Starts a run in the scope of the test. */
export const start = (...args: Parameters<Orchestrator.Orchestrator["Service"]["start"]>) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.start(...args));

/** Runs to the end. */
export const run = (...args: Parameters<Orchestrator.Orchestrator["Service"]["run"]>) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.run(...args));

/** An agent whose tasks end when the test says so. */
export const makeGates = Effect.sync(() => {
  const doors = new Map<string, Deferred.Deferred<Agent.FunctionOutput, string>>();
  const started: Array<string> = [];
  const door = (task: string) => {
    let found = doors.get(task);
    if (found === undefined) doors.set(task, (found = Deferred.makeUnsafe()));
    return found;
  };
  return {
    started,
    agent: Agent.fromFunction((task) =>
      Effect.suspend(() => {
        started.push(task.id);
        return Deferred.await(door(task.id));
      }),
    ),
    succeed: (task: string, output?: Agent.FunctionOutput) =>
      Effect.andThen(Deferred.succeed(door(task), output), settle),
    fail: (task: string) => Effect.andThen(Deferred.fail(door(task), `${task} broke`), settle),
  };
});

/** Lets everything that can happen without time passing happen. */
export const settle = Effect.yieldNow.pipe(Effect.repeat({ times: 20 }));

/** The outcome or phase of every task. */
export const phases = ({ state }: { readonly state: Orchestrator.RunHandle["state"] }) =>
  Object.fromEntries(Array.from(state.tasks(), ({ phase, task }) => [task.id, phase]));

/** All events of a run that has ended. */
export const eventsOf = (handle: Orchestrator.RunHandle) =>
  Stream.runCollect(Stream.map(handle.events, (entry): RunEvent.RunEvent => entry.event));
