import { assert, describe, it } from "@effect/vitest";
import { Agent, AgentPool, Journal, Orchestrator } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import { contender, elapse, within } from "./support/contenders.ts";
import { RefServer } from "./support/refServer.ts";

const ref = "orchestrator/lease";

/** A run behind a lease whose task `first` works until it is told to end; `second` waits for it. */
const running = Effect.gen(function* () {
  const clock = yield* Clock.Clock;
  yield* TestClock.setTime(Date.UTC(2026, 10, 21));
  const server = new RefServer({ now: () => clock.currentTimeMillisUnsafe() });
  const { make } = yield* contender("run", (asked) => server.handle(asked));
  const lease = yield* within(10, make);
  const started: Array<string> = [];
  const end = yield* Deferred.make<void>();
  const agent = Agent.fromFunction(({ id }) =>
    Effect.suspend(() => {
      started.push(id);
      return id === "first" ? Deferred.await(end) : Effect.void;
    }),
  );
  const pool = AgentPool.AgentPool.layer({ agents: [{ agent: lease.guard(agent) }] });
  const parts = Layer.merge(pool, Journal.Journal.layerMemory);
  const tasks = [{ id: "first" }, { id: "second", dependsOn: ["first"] }];
  const handle = yield* Effect.provide(
    Effect.flatMap(Orchestrator.Orchestrator, (service) =>
      service.start(tasks, { retry: { attempts: 1 } }),
    ),
    Layer.provide(Orchestrator.Orchestrator.layer, parts),
  );
  yield* elapse(1);
  const lose = Effect.gen(function* () {
    server.put(ref, undefined);
    return yield* within(70, lease.lost);
  });
  return { end, handle, lease, lose, started };
});

describe("a run that loses its lease", () => {
  it.effect("watches what works to its end, launches nothing more and asks nobody anything", () =>
    Effect.gen(function* () {
      const { end, handle, lose, started } = yield* running;
      const lost = yield* lose;
      yield* Deferred.succeed(end, undefined);
      yield* elapse(5);
      assert.deepStrictEqual(started, ["first"]);
      assert.strictEqual(handle.state.get("first")?.outcome, "Succeeded");
      // It waits as if it had never been tried, and whoever resumes the run launches it.
      assert.strictEqual(handle.state.get("second")?.phase, "Ready");
      yield* handle.suspend(lost.message);
      const { outcome } = yield* within(10, handle.result);
      assert.strictEqual(outcome, "suspended");
      assert.isUndefined(handle.state.get("second")?.outcome);
    }),
  );

  it.effect("can be left with all of its tasks as they are, for whoever resumes it", () =>
    Effect.gen(function* () {
      const { end, handle, lose, started } = yield* running;
      const lost = yield* lose;
      yield* within(10, handle.suspend(lost.message));
      yield* Deferred.succeed(end, undefined);
      yield* elapse(5);
      assert.deepStrictEqual(started, ["first"]);
      assert.strictEqual(handle.state.suspended?.message, lost.message);
      assert.isUndefined(handle.state.get("first")?.outcome);
      assert.isUndefined(handle.state.get("second")?.outcome);
    }),
  );
});
