// A step that is a function: an action of your own, registered by a layer, in tasks and in a plan file.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import { Action, AgentPool, Journal, Orchestrator, type Task } from "@orchestrator/core";
import { PlanFile } from "@orchestrator/local";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";

const staticAnalysis = Action.make({
  name: "static-analysis.run",
  description: "Counts what is still to be done in a text.",
  input: Schema.Struct({ text: Schema.String, word: Schema.optionalKey(Schema.String) }),
  output: Schema.Struct({ findings: Schema.Int }),
  // It only reads: if the process dies meanwhile, it is simply done again.
  repeatable: true,
  run: ({ text, word = "TODO" }) => Effect.succeed({ findings: text.split(word).length - 1 }),
});

const gate = Action.make({
  name: "quality.gate",
  description: "Fails if there are too many findings.",
  input: Schema.Struct({ findings: Schema.Int, most: Schema.Int }),
  output: Schema.Struct({ verdict: Schema.String }),
  run: ({ findings, most }) =>
    findings > most
      ? Effect.fail(`${findings} findings, and at most ${most} are allowed`)
      : Effect.succeed({ verdict: `${findings} of ${most}` }),
});

// Every layer adds its actions to those of the layers below it.
const actions = Action.layer([gate]).pipe(Layer.provide(Action.layer([staticAnalysis])));
const pool = Layer.unwrap(
  Effect.map(Action.Registry, (registry) =>
    AgentPool.AgentPool.layer({ agents: [{ agent: Action.agent(registry) }] }),
  ),
);
const layer = Orchestrator.Orchestrator.layer.pipe(
  Layer.provide([pool, Journal.Journal.layerMemory]),
  Layer.provideMerge(actions),
);

// As tasks: `uses` names the action, `with` is its input.
const tasks: ReadonlyArray<Task.Task> = [
  { id: "scan", payload: { uses: "static-analysis.run", with: { text: "TODO: a. TODO: b." } } },
  {
    id: "gate",
    dependsOn: ["scan"],
    payload: {
      uses: "quality.gate",
      // A reference alone keeps the type of its value: a number stays one.
      with: { findings: "{{ tasks.scan.output.findings }}", most: 3 },
    },
  },
];

// The same as a plan file, and one with mistakes.
const good = `
tasks:
  - { id: scan, uses: static-analysis.run, with: { text: "TODO TODO" } }
  - id: gate
    dependsOn: [scan]
    uses: quality.gate
    with: { findings: "{{ tasks.scan.output.findings }}", most: 2 }
`;
const bad = `
tasks:
  - { id: scan, uses: static-analyis.run, with: { text: a } }
  - { id: gate, uses: quality.gate, with: { findings: many, most: 2 } }
`;

const program = Effect.gen(function* () {
  const orchestrator = yield* Orchestrator.Orchestrator;
  const registry = yield* Action.Registry;
  const run = Effect.fnUntraced(function* (all: ReadonlyArray<Task.Task>) {
    const { outcome, state } = yield* orchestrator.run(all);
    const output = state.get("gate")?.attempts.at(-1)?.output;
    yield* Console.log(`${outcome}: ${JSON.stringify(output)}`);
  });
  yield* run(tasks);
  const plan = yield* Effect.fromResult(
    PlanFile.parse(good, "plan.yaml", { actions: registry.all }),
  );
  yield* run(plan.tasks);
  const mistakes = yield* Effect.flip(
    Effect.fromResult(PlanFile.parse(bad, "plan.yaml", { actions: registry.all })),
  );
  yield* Console.log(mistakes.message);
});

program.pipe(Effect.provide(layer), NodeRuntime.runMain);
