// Effect services with layers: two kinds of agents, a pool, a journal, an orchestrator.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import { Agent, AgentPool, Journal, Orchestrator, type Task } from "@orchestrator/core";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

const writer = Agent.fromFunction((task) => Effect.succeed(`a draft of ${task.id}`), {
  name: "writer",
});

const reviewer = Agent.fromFunction(
  Effect.fn(function* (_, context: Agent.FunctionContext) {
    const drafts = context.dependencies().map(({ output }) => output ?? null);
    yield* context.progress(`reading ${drafts.length} drafts`);
    return { approved: drafts };
  }),
  { name: "reviewer" },
);

// Replace any of these layers: the journal by a durable one, the pool by one with your agents.
const layer = Orchestrator.Orchestrator.layer.pipe(
  Layer.provide([
    AgentPool.AgentPool.layer({ agents: [{ agent: writer, slots: 2 }, { agent: reviewer }] }),
    Journal.Journal.layerMemory,
  ]),
);

const tasks: ReadonlyArray<Task.Task> = [
  { id: "guide" },
  { id: "reference" },
  { id: "review", agent: "reviewer", dependsOn: ["guide", "reference"] },
];

const program = Effect.gen(function* () {
  const orchestrator = yield* Orchestrator.Orchestrator;
  const { outcome, state } = yield* orchestrator.run(tasks, { timeout: "5 minutes" });
  yield* Console.log(`${outcome}: ${JSON.stringify(state.get("review")?.attempts[0]?.output)}`);
});

program.pipe(Effect.provide(layer), NodeRuntime.runMain);
