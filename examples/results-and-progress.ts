// How far a run is while it goes on, and what came out of it as CSV and JSON.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import { Agent, AgentPool, Journal, Orchestrator, ResultManager } from "@orchestrator/core";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";

const agent = Agent.fromFunction((task) =>
  task.id === "build" ? Effect.fail("=1+1 is no formula") : Effect.sleep("20 millis"),
);
const layer = Orchestrator.Orchestrator.layer.pipe(
  Layer.provide([
    AgentPool.AgentPool.layer({ agents: [{ agent }], slots: 2 }),
    Journal.Journal.layerMemory,
  ]),
);
const tasks = [{ id: "fetch" }, { id: "build" }, { id: "test", dependsOn: ["build"] }];

const program = Effect.gen(function* () {
  const orchestrator = yield* Orchestrator.Orchestrator;
  const run = yield* orchestrator.start(tasks, { retry: { attempts: 1 } });

  // A snapshot whenever something changed; a slow reader sees only the latest.
  yield* run.progressChanges.pipe(
    Stream.map((progress) => `${Math.round(progress.completion_percentage)} %`),
    Stream.changes,
    Stream.runForEach(Console.log),
  );

  const { state, summary } = yield* run.result;
  yield* Console.log(ResultManager.toCsv(state));
  // The same with every attempt, output and the summary: ResultManager.toJson(state, slots)
  yield* Console.log(`${summary.succeeded} of ${summary.total} succeeded`);
});

program.pipe(Effect.scoped, Effect.provide(layer), NodeRuntime.runMain);
