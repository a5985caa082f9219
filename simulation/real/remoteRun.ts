// node remoteRun.ts start|resume|relaunch FOLDER URL TOKEN ORGANISATION: a run of four tasks on a Codegen service.
import { CodegenAgent } from "@orchestrator/codegen";
import { AgentPool, Operator, Orchestrator, type Task } from "@orchestrator/core";
import * as LocalJournal from "@orchestrator/local/LocalJournal";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";

const [how = "", folder = "", url = "", token = "", organisation = ""] = process.argv.slice(2);

const run = "kills";
const tasks: ReadonlyArray<Task.Task> = [
  { id: "a", prompt: "Do a." },
  { id: "b", prompt: "Do b.", dependsOn: ["a"] },
  { id: "c", prompt: "Do c.", dependsOn: ["a"] },
  { id: "d", prompt: "Do d.", dependsOn: ["b", "c"] },
];

const agent = CodegenAgent.make({
  token: Redacted.make(token),
  orgId: Number(organisation),
  baseUrl: url,
  launchDeadlineSeconds: 1,
  settleSeconds: 1,
});

const orchestrator = Layer.unwrap(
  Effect.map(agent, (made) =>
    Orchestrator.Orchestrator.layer.pipe(
      Layer.provide([
        AgentPool.AgentPool.layer({ agents: [{ agent: made, slots: 2 }] }),
        LocalJournal.layer({ folder }),
      ]),
    ),
  ),
);

/** A person who looked at the service and saw no agent run launches a held task again. */
const decisions = (held: ReturnType<typeof Operator.held>): ReadonlyArray<Operator.Change> =>
  held.map(({ task }) => ({ _tag: "Decide", task: task.task.id, decision: "relaunch" }));

const work = Effect.gen(function* () {
  const engine = yield* Orchestrator.Orchestrator;
  if (how === "start") return yield* engine.start(tasks, { run, retry: { delay: 0 } });
  const held = how === "relaunch" ? Operator.held(yield* engine.state(run)) : [];
  return yield* engine.resume(run, { changes: decisions(held) });
});

NodeRuntime.runMain(
  work.pipe(
    Effect.flatMap((handle) => handle.result),
    Effect.flatMap(({ outcome }) => Console.log(outcome)),
    Effect.scoped,
    Effect.provide(Layer.provide(orchestrator, FetchHttpClient.layer)),
  ),
);
