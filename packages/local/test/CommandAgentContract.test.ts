import { describe, it } from "@effect/vitest";
import { AgentContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { inRepository, request } from "./support/agent.ts";
import { services } from "./support/repository.ts";

describe("CommandAgent keeps the contract of an agent", () => {
  const setup = Effect.map(inRepository(), ({ agent, reopened }) => ({
    agent,
    reopened,
    succeeding: request('echo "a=1" > "$ORCHESTRATOR_OUTPUT"').task,
    failing: request("exit 1").task,
    hanging: request("sleep 1000").task,
    success: { _tag: "Succeeded" as const, output: { a: "1" } },
  }));
  const clauses = AgentContract.make({
    make: Effect.flatMap(Layer.build(services), (context) => Effect.provideContext(setup, context)),
    capabilities: { launch: "idempotent", cancel: true, remote: false, survives: true },
  });
  for (const { name, check } of clauses) it.live(name, () => check);
});
