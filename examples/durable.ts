// A run on a durable journal: its process is killed in the middle, and another one goes on with it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import { Agent, AgentPool, Operator, Orchestrator } from "@orchestrator/core";
import * as LocalJournal from "@orchestrator/local/LocalJournal";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

const run = "nightly";
const tasks = [{ id: "fetch" }, { id: "build", dependsOn: ["fetch"] }];

const layer = (folder: string, agent: Agent.Agent) =>
  Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      AgentPool.AgentPool.layer({ agents: [{ agent }] }),
      LocalJournal.layer({ folder }), // in <folder>/.orchestrator/journal.db
    ]),
  );

/** Starts the run in a process that dies while it builds. */
const first = (folder: string) => {
  const agent = Agent.fromFunction((task) => {
    if (task.id === "build") process.kill(process.pid, "SIGKILL");
    return task.id === "build" ? Effect.never : Console.log(`first process: ${task.id}`);
  });
  return Effect.gen(function* () {
    const orchestrator = yield* Orchestrator.Orchestrator;
    yield* orchestrator.run(tasks, { run });
  }).pipe(Effect.provide(layer(folder, agent)));
};

/** What was done stays done. Whether a function may be called twice is for a person to say. */
const second = (folder: string) => {
  const agent = Agent.fromFunction((task) => Console.log(`second process: ${task.id}`));
  return Effect.gen(function* () {
    const { resume } = yield* Orchestrator.Orchestrator;
    const goOn = (changes: ReadonlyArray<Operator.Change>) =>
      Effect.scoped(Effect.flatMap(resume(run, { changes }), (handle) => handle.result));

    const { state } = yield* goOn([]);
    for (const { question, task } of Operator.held(state)) {
      yield* Console.log(`${task.task.id} is held: ${question}`);
    }
    const { outcome } = yield* goOn([{ _tag: "Decide", task: "build", decision: "relaunch" }]);
    yield* Console.log(outcome);
  }).pipe(Effect.provide(layer(folder, agent)));
};

const both = Effect.acquireUseRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "orchestrator-durable-"))),
  (folder) => {
    const args = [...process.execArgv, import.meta.filename, folder];
    const { signal } = spawnSync(process.execPath, args, { stdio: "inherit" });
    return Effect.andThen(Console.log(`first process: ended by ${signal}`), second(folder));
  },
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
);

const [, , folder] = process.argv;
if (folder === undefined) NodeRuntime.runMain(both);
else NodeRuntime.runMain(first(folder));
