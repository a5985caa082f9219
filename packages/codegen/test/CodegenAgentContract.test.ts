import { describe, it } from "@effect/vitest";
import { AgentContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import { agentFor, service } from "./support/fake.ts";

const script = {
  rules: [
    { match: { prompt: "Succeed." }, fate: { seconds: 0.1 } },
    { match: { prompt: "Fail." }, fate: { seconds: 0.1, end: "ERROR", result: "tests fail" } },
    { match: { prompt: "Hang." }, fate: { seconds: null } },
  ],
};

// Each clause has a service of its own, and most of its time goes by in waiting for that.
describe("CodegenAgent keeps the contract of an agent", { concurrent: true }, () => {
  const clauses = AgentContract.make({
    make: Effect.gen(function* () {
      const fake = yield* service({ script });
      return {
        agent: yield* agentFor(fake),
        reopened: agentFor(fake),
        succeeding: { id: "good", prompt: "Succeed." },
        failing: { id: "bad", prompt: "Fail." },
        hanging: { id: "long", prompt: "Hang." },
      };
    }),
    capabilities: { launch: "findable", cancel: true, remote: true, survives: true },
  });
  for (const { name, check } of clauses) it.live(name, () => check);
});
