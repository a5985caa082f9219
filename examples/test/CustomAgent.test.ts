import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "@effect/vitest";
import { AgentPool, Journal, Orchestrator, type Task } from "@orchestrator/core";
import { AgentContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { make } from "../custom-agent.ts";

const start = async (task: Task.Task, signal: AbortSignal): Promise<string> => {
  if (task.prompt === "hang") await setTimeout(2 ** 30, undefined, { signal });
  if (task.prompt === "fail") throw new Error("the build is red");
  return `${task.prompt} done`;
};

describe("the agent of custom-agent.ts", () => {
  const clauses = AgentContract.make({
    capabilities: make(start).capabilities,
    make: Effect.sync(() => ({
      agent: make(start),
      succeeding: { id: "succeeding", prompt: "work" },
      failing: { id: "failing", prompt: "fail" },
      hanging: { id: "hanging", prompt: "hang" },
      success: { _tag: "Succeeded", output: "work done" } as const,
    })),
  });
  for (const { check, name } of clauses) it.live(name, () => check);

  it.live("works in a run", () =>
    Effect.gen(function* () {
      const pool = AgentPool.AgentPool.layer({ agents: [{ agent: make(start) }] });
      const layer = Layer.provide(Orchestrator.Orchestrator.layer, [
        pool,
        Journal.Journal.layerMemory,
      ]);
      const services = yield* Layer.build(layer);
      const result = yield* Effect.provideContext(
        Effect.flatMap(Orchestrator.Orchestrator, (orchestrator) =>
          orchestrator.run(
            [
              { id: "write", prompt: "writing" },
              { id: "build", prompt: "fail", dependsOn: ["write"] },
            ],
            { retry: { attempts: 1 } },
          ),
        ),
        services,
      );
      expect(result.state.get("write")?.attempts[0]?.output).toBe("writing done");
      expect(result.state.get("build")?.attempts[0]?.failure?.message).toBe("the build is red");
    }),
  );
});
