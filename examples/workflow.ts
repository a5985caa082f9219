// Workflows: plans with parameters, kept in a folder, expanded into tasks and run.
import { fileURLToPath } from "node:url";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import {
  Action,
  AgentPool,
  Journal,
  Orchestrator,
  Workflow,
  WorkflowStore,
} from "@orchestrator/core";
import { WorkflowFile, WorkflowFolder } from "@orchestrator/local";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";

const words = Action.make({
  name: "text.words",
  description: "Takes a text apart.",
  input: Schema.Struct({ text: Schema.String }),
  output: Schema.Struct({ words: Schema.Array(Schema.String) }),
  run: ({ text }) => Effect.succeed({ words: text.split(" ") }),
});

// Expanded workflows need a few actions of their own.
const actions = [words, ...Workflow.actions];
const agent = Action.agent(Action.registry(actions));
const engine = Orchestrator.Orchestrator.layer.pipe(
  Layer.provide([AgentPool.AgentPool.layer({ agents: [{ agent }] }), Journal.Journal.layerMemory]),
);

// A workflow as data, in memory.
const greet = Workflow.make({
  name: "greet",
  parameters: { who: { type: "string", enum: ["you", "me"] } },
  tasks: [
    {
      id: "say",
      agent: "action",
      payload: { uses: "text.words", with: { text: "hello {{ params.who }}" } },
    },
  ],
  outputs: { said: "{{ tasks.say.output.words }}" },
});

const run = Effect.fnUntraced(function* (params: Workflow.Arguments) {
  const tasks = yield* WorkflowStore.tasks("greet", params);
  const orchestrator = yield* Orchestrator.Orchestrator;
  const { outcome, state } = yield* orchestrator.run(tasks);
  yield* Console.log(
    `${outcome}: ${JSON.stringify(state.get("outputs")?.attempts.at(-1)?.output)}`,
  );
});

const inMemory = Effect.gen(function* () {
  const store = yield* WorkflowStore.WorkflowStore;
  yield* store.create(greet);
  yield* run({ who: "you" });
  const refused = yield* Effect.flip(run({ who: "yu" }));
  yield* Console.log(refused.message);
}).pipe(Effect.provide(WorkflowStore.WorkflowStore.layerMemory));

// The same from files: each mistake would have its line and column.
const folder = fileURLToPath(new URL("workflows", import.meta.url));
const fromFiles = Effect.gen(function* () {
  const loaded = yield* WorkflowFolder.load(folder, "review", { actions });
  const given = { files: ["a.ts", "b.ts"], strict: true };
  const params = yield* Effect.fromResult(Workflow.argumentsFor(loaded.root.workflow, given));
  const plan = yield* Effect.fromResult(WorkflowFile.plan(loaded, params));
  yield* Console.log(plan.tasks.map(({ id }) => id).join(" "));
  const orchestrator = yield* Orchestrator.Orchestrator;
  const { outcome, state } = yield* orchestrator.run(plan.tasks, { plan: plan.name });
  yield* Console.log(
    `${outcome}: ${JSON.stringify(state.get("outputs")?.attempts.at(-1)?.output)}`,
  );
});

Effect.andThen(inMemory, fromFiles).pipe(
  Effect.provide([engine, NodeServices.layer]),
  NodeRuntime.runMain,
);
