/** Runs of the engine with everything on: journal, events, retry policy, timeout, results. */
import { effect, engine } from "./workspace.mjs";

const [core, Effect, Layer] = await Promise.all([engine(), effect("Effect"), effect("Layer")]);
const { Agent, AgentPool, Journal, Orchestrator } = core;

/** A layer with agents, `{ agent }` each, on some journal. */
const layerWithAgents = (agents, slots, journal) =>
  Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([AgentPool.AgentPool.layer({ agents, slots }), journal]),
  );

/** The same on the journal that keeps everything in memory. */
export const layerOfAgents = (agents, slots) =>
  layerWithAgents(agents, slots, Journal.Journal.layerMemory);

/** A layer with an agent that is a function, `(task, context) => Effect`, on some journal. */
export const layerWith = (work, slots, journal) =>
  layerWithAgents([{ agent: Agent.fromFunction(work) }], slots, journal);

/** The same on the journal that keeps everything in memory. */
export const layerOf = (work, slots = 10) => layerWith(work, slots, Journal.Journal.layerMemory);

/** An agent that has nothing to do. */
export const idle = () => Effect.void;

export const options = {
  timeout: "600 seconds",
  retry: { attempts: 3 },
};

/** Builds the graph and runs it; answers with the result. */
export const run = async (tasks, work = idle) => {
  const result = await Effect.runPromise(
    Effect.provide(
      Effect.flatMap(Orchestrator.Orchestrator, (orchestrator) => orchestrator.run(tasks, options)),
      layerOf(work),
    ),
  );
  if (result.outcome !== "succeeded") throw new Error(`The run ended as ${result.outcome}.`);
  return result;
};

export { core, Effect, Layer };
