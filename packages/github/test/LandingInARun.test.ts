/** Whole runs: agents that open pull requests, and the engine that waits for them to be merged. */
import { assert, describe, it } from "@effect/vitest";
import { Agent, AgentPool, CodeHost, Journal, Orchestrator, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { merges, shop } from "./support/merging.ts";

type Shop = Effect.Success<ReturnType<typeof shop>>;

/** Runs tasks with an agent that is a function of the task and its attempt and gives the branch it worked on. */
const run = (
  { host, within }: Shop,
  tasks: ReadonlyArray<Task.Task>,
  work: (task: Task.Task, attempt: number, told: string | undefined) => string,
) =>
  Effect.gen(function* () {
    const worker = Agent.fromFunction((task, { attempt, previousFailure }) =>
      Effect.sync(() => work(task, attempt, previousFailure?.message)),
    );
    const agent: Agent.Agent = {
      ...worker,
      observe: (ref, report) => Effect.map(worker.observe(ref, report), delivered),
    };
    const parts = Layer.mergeAll(
      AgentPool.AgentPool.layer({ agents: [{ agent }] }),
      Journal.Journal.layerMemory,
      Layer.succeed(CodeHost.CodeHost, yield* host()),
    );
    const layer = Layer.provide(Orchestrator.Orchestrator.layer, parts);
    const running = Effect.flatMap(Orchestrator.Orchestrator, (orchestrator) =>
      orchestrator.run(tasks, { defaultGate: "merged", retry: { delay: 1000, jitter: false } }),
    );
    return yield* within(7200, Effect.scoped(Effect.provide(running, layer)));
  });

/** What the function gives is the branch of its change; of a change without a name nothing is known. */
const delivered = (end: Agent.AgentRunEnd): Agent.AgentRunEnd => {
  if (end._tag !== "Succeeded") return end;
  return { _tag: "Succeeded", change: end.output === "" ? {} : { branch: String(end.output) } };
};

const failing = [{ name: "test", seconds: 5, conclusion: "failure" as const }];

describe("a run whose changes are pull requests", () => {
  it.effect("merges them in the order of their dependencies", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ checks: [{ name: "test", seconds: 30 }] });
      const { fake } = simulation;
      const seen: Array<ReadonlyArray<string>> = [];
      const tasks = [{ id: "a" }, { id: "b", dependsOn: ["a"] }, { id: "c", dependsOn: ["b"] }];
      const { outcome } = yield* run(simulation, tasks, ({ id }) => {
        seen.push([id, ...merges(fake).map(({ on }) => on)]);
        fake.people.open("acme/shop", { pull: { head: id } });
        return id;
      });
      assert.strictEqual(outcome, "succeeded");
      const one = "acme/shop#1";
      assert.deepStrictEqual(seen, [["a"], ["b", one], ["c", one, "acme/shop#2"]]);
      assert.strictEqual(merges(fake).length, 3);
    }),
  );

  it.effect(
    "finds the pull request of an agent that reports none by the issue that it closes",
    () =>
      Effect.gen(function* () {
        const simulation = yield* shop({ issues: [{ title: "Add a basket" }] });
        const { people } = simulation.fake;
        const payload = { github: { repository: "acme/shop", number: 1 } };
        const { outcome } = yield* run(simulation, [{ id: "acme/shop#1", payload }], () => {
          people.open("acme/shop", { body: "Fixes #1", pull: { head: "basket" } });
          return "";
        });
        assert.strictEqual(outcome, "succeeded");
        assert.deepStrictEqual(
          merges(simulation.fake).map(({ on }) => on),
          ["acme/shop#2"],
        );
      }),
  );

  it.effect("asks an agent that delivered nothing once more, and then no more", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const told: Array<string | undefined> = [];
      const { outcome } = yield* run(simulation, [{ id: "a" }], (_, attempt, failure) => {
        told.push(failure);
        return attempt === 1 ? "" : "another";
      });
      assert.strictEqual(outcome, "failed");
      assert.strictEqual(told.length, 2);
      assert.include(told[1], "no-change");
    }),
  );

  it.effect("asks a person about what was merged before its task began", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const { fake } = simulation;
      fake.people.open("acme/shop", { pull: { head: "old" } });
      fake.people.merge("acme/shop#1");
      const later = simulation.within(7200, Effect.sleep("1 hour"));
      yield* later;
      const { outcome, state } = yield* run(simulation, [{ id: "a" }], () => "refs/pull/1/head");
      assert.strictEqual(outcome, "held");
      const { reason } = state.get("a")!;
      assert.include(reason?._tag === "NeedsDecision" ? reason.question : "", "before the task");
    }),
  );

  it.effect("sends a failed check back to its agent, whose next push is merged", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ protection: { main: { checks: ["test"] } } });
      const { people } = simulation.fake;
      const told: Array<string | undefined> = [];
      const { outcome } = yield* run(simulation, [{ id: "a" }], (_, attempt, failure) => {
        told.push(failure);
        if (attempt === 1) people.open("acme/shop", { pull: { head: "a", checks: failing } });
        else people.push("acme/shop#1", { checks: [{ name: "test", seconds: 5 }] });
        return "a";
      });
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(told.length, 2);
      assert.include(told[1], "Checks of");
      assert.strictEqual(merges(simulation.fake).length, 1);
    }),
  );

  it.effect("launches no third attempt for the same head with the same failed check", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ protection: { main: { checks: ["test"] } } });
      const { people } = simulation.fake;
      let launches = 0;
      const { outcome } = yield* run(simulation, [{ id: "a" }], () => {
        if (++launches === 1) people.open("acme/shop", { pull: { head: "a", checks: failing } });
        return "a";
      });
      assert.strictEqual(outcome, "failed");
      assert.strictEqual(launches, 2);
      assert.deepStrictEqual(merges(simulation.fake), []);
    }),
  );

  it.effect("sends a conflict back, whose resolution is merged", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const { people } = simulation.fake;
      const pull = (head: string) => ({ pull: { head, files: ["src/same.ts"] } });
      const launched: Array<string> = [];
      const { outcome } = yield* run(simulation, [{ id: "a" }, { id: "b" }], ({ id }, attempt) => {
        launched.push(id);
        if (attempt === 1) people.open("acme/shop", pull(id));
        else people.push(id === "a" ? "acme/shop#1" : "acme/shop#2", { rebase: true });
        return id;
      });
      assert.strictEqual(outcome, "succeeded");
      assert.strictEqual(launched.length, 3);
      assert.strictEqual(merges(simulation.fake).length, 2);
    }),
  );
});
