import { assert, describe, it } from "@effect/vitest";
import type { Agent } from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import { engine, phases, settle, start } from "./support/engine.ts";

describe("an attempt", () => {
  it.effect("that is stopped before its launch is answered is cancelled and never watched", () =>
    Effect.gen(function* () {
      const door = yield* Deferred.make<void>();
      const { agent, cancels } = ScriptedAgent.make();
      const watched: Array<Agent.AgentRunRef> = [];
      const slow: Agent.Agent = {
        ...agent,
        launch: (request) => Effect.andThen(Deferred.await(door), agent.launch(request)),
        observe: (ref, report) => {
          watched.push(ref);
          return agent.observe(ref, report);
        },
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([{ id: "a" }]);
        yield* settle;
        yield* handle.cancelTask("a");
        yield* Deferred.succeed(door, undefined);
        yield* handle.result;
        assert.deepStrictEqual(phases(handle), { a: "Cancelled" });
        assert.deepStrictEqual([cancels.length, watched], [1, []]);
      }).pipe(Effect.provide(engine(slow)));
    }),
  );
});
