import { assert, describe, it } from "@effect/vitest";
import { AgentPool, Journal, Orchestrator, type Task } from "@orchestrator/core";
import { everyFault, type Fate, type FaultRule } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Budgets from "../src/Budgets.ts";
import { Limiter } from "../src/internal/Limiter.ts";
import type { Service as Fake } from "./support/fake.ts";
import { simulated, type Simulation } from "./support/simulated.ts";
import { report } from "./support/service.ts";

/** Three rows of ten, each task after one of the row before. */
const tasks: ReadonlyArray<Task.Task> = Array.from({ length: 30 }, (_, i) => ({
  id: `t${i}`,
  prompt: `Do ${i}.`,
  ...(i < 10 ? {} : { dependsOn: [`t${i - 10}`] }),
}));

/** Runs tasks on ten slots in simulated time. */
const runOf = (given: ReadonlyArray<Task.Task>, options: Simulation, limitSeconds: number) =>
  Effect.gen(function* () {
    const { agent, fake, within } = yield* simulated(options);
    const codegen = yield* agent({ slots: 10 });
    const parts = Layer.merge(
      AgentPool.AgentPool.layer({ agents: [{ agent: codegen }], slots: 10 }),
      Journal.Journal.layerMemory,
    );
    const orchestrator = Orchestrator.Orchestrator.layer.pipe(Layer.provide(parts));
    const running = Effect.flatMap(Orchestrator.Orchestrator, (service) => service.run(given));
    const result = yield* within(limitSeconds, Effect.provide(running, orchestrator));
    return { fake, result };
  });

const run = (faults: ReadonlyArray<FaultRule>, limitSeconds: number, seed = 1) =>
  runOf(tasks, { faults, seed, script: { fallback: { seconds: [20, 60] } } }, limitSeconds);

describe("A run on Codegen", () => {
  it.effect("keeps to slots, dependencies and budgets, and hears of each end within a second", () =>
    Effect.gen(function* () {
      const { fake, result } = yield* run([], 600);
      assert.strictEqual(result.summary.succeeded, 30);
      const { busiest, ...summary } = fake.summary();
      assert.isAtMost(summary.highWater, 10);
      assert.strictEqual(summary.launched, 30);
      assert.strictEqual(summary.duplicates, 0);
      assert.isAtMost(busiest["creates"] ?? 0, 10);
      assert.isAtMost(busiest["reads"] ?? 0, 60);
      assert.isAtMost(summary.meanLagSeconds ?? Infinity, 0.8);
      const at = new Map(fake.launched().map((one) => [one.task, one]));
      for (const { dependsOn = [], id } of tasks) {
        for (const before of dependsOn) {
          const ended = at.get(String(before))?.endedAt ?? Infinity;
          assert.isAtLeast(at.get(id)?.createdAt ?? 0, ended);
        }
      }
      assert.deepStrictEqual(summary.violations, []);
    }),
  );

  it.effect("launches each attempt once and brings every result, whatever goes wrong", () =>
    Effect.gen(function* () {
      const { fake, result } = yield* run(everyFault({ chance: 0.015 }), 7200, 4);
      const others = Array.from(result.state.tasks()).filter(({ phase }) => phase !== "Succeeded");
      assert.deepStrictEqual(
        others.map(({ phase, reason, task }) => [task.id, phase, reason]),
        [],
      );
      assert.strictEqual(fake.duplicates().size, 0);
      assert.strictEqual(fake.launched().length, 30);
      assert.isAtMost(fake.highWater(), 10);
      const struck = new Set(fake.audit.entries.flatMap(({ fault }) => fault ?? []));
      assert.isAtLeast(struck.size, 12);
    }),
  );
});

describe("An odd agent run on Codegen", () => {
  const pull = { url: "https://github.com/acme/shop/pull/9", title: null, head_branch_name: null };
  const odd: ReadonlyArray<readonly [what: string, fate: Fate, ends: string]> = [
    ["vanishes for a while", { absences: [{ from: "both", after: 3, seconds: 15 }] }, "Succeeded"],
    ["is in no list", { absences: [{ from: "list" }] }, "Succeeded"],
    ["carries no metadata", { omit: ["metadata"] }, "Succeeded"],
    ["has a status that nobody knows", { steps: [{ at: 3, status: "DREAMING" }] }, "Succeeded"],
    ["has no status for a while", { steps: [{ at: 0 }, { at: 5, status: null }] }, "Succeeded"],
    ["says its end in lower case", { end: "completed" }, "Succeeded"],
    ["has a pull request of nulls", { pullRequests: [pull] }, "Succeeded"],
    ["goes back to work after its end", { steps: [{ at: 25, status: "ACTIVE" }] }, "Succeeded"],
    ["has fields of other types", { overlay: { summary: 5, created_at: null } }, "Succeeded"],
    ["asks a question", { end: "PAUSED", result: "Which one?" }, "Held"],
    ["opens no pull request", { pullRequests: 0 }, "Failed"],
    ["answers null for pull requests", { pullRequests: null }, "Failed"],
    ["runs out of tokens", { end: "OUT_OF_TOKENS" }, "Failed"],
  ];

  it.effect("ends as it should beside all the others, launched once", () =>
    Effect.gen(function* () {
      const rules = odd.map(([what, fate]) => ({
        match: { task: what },
        fate: { seconds: 20, ...fate },
      }));
      const given = odd.map(([what]) => ({ id: what, prompt: "x", retry: { attempts: 1 } }));
      const { fake, result } = yield* runOf(given, { script: { rules } }, 600);
      assert.deepStrictEqual(
        Array.from(result.state.tasks(), ({ phase, task }) => [task.id, phase]),
        odd.map(([what, , ends]) => [what, ends]),
      );
      assert.strictEqual(fake.launched().length, odd.length);
    }),
  );

  it.effect("is followed by one that knows why it failed and what it left", () =>
    Effect.gen(function* () {
      const rules = [
        { match: { attempt: 1 }, fate: { end: "ERROR", summary: "Tests fail.", pullRequests: 1 } },
      ];
      const { fake, result } = yield* runOf([{ id: "a", prompt: "x" }], { script: { rules } }, 600);
      assert.strictEqual(result.summary.succeeded, 1);
      const [, second] = fake.launched();
      assert.include(second?.prompt, "ended with status ERROR");
      assert.include(second?.prompt, "Its summary: Tests fail.");
      assert.include(second?.prompt, "Its pull request: https://github.com/acme/shop/pull/1");
    }),
  );

  it.effect("is watched on when the token is refused for a while", () =>
    Effect.gen(function* () {
      const faults: ReadonlyArray<FaultRule> = [
        { fault: { kind: "status", status: 401 }, during: { from: 5, to: 90 } },
      ];
      const { fake, result } = yield* runOf([{ id: "a", prompt: "x" }], { faults }, 600);
      assert.strictEqual(result.summary.succeeded, 1);
      assert.strictEqual(fake.launched().length, 1);
    }),
  );

  it.effect("is all that is launched before the plan is used up, in the words of the service", () =>
    Effect.gen(function* () {
      const faults: ReadonlyArray<FaultRule> = [
        { fault: { kind: "status", status: 402 }, on: "create", calls: { from: 2 } },
      ];
      const given = [
        { id: "a", prompt: "x" },
        { id: "b", prompt: "x", dependsOn: ["a"] },
      ];
      const { fake, result } = yield* runOf(given, { faults }, 600);
      assert.strictEqual(result.summary.succeeded, 1);
      assert.strictEqual(fake.launched().length, 1);
      const [, refused] = Array.from(result.state.tasks());
      assert.include(JSON.stringify(refused?.reason), "Alloted agent runs");
    }),
  );
});

/** Launches past the budgets of the agent: ten a minute would take too long. */
const launchUnpaced = (fake: Fake, number: number) =>
  Effect.promise(async () => {
    const url = `http://127.0.0.1/v1/organizations/${fake.orgId}/agent/run`;
    const headers = {
      authorization: `Bearer ${fake.token}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify({ prompt: `Do ${number}.` });
    const response = await fake.fetch(url, { method: "POST", body, headers });
    const launched = (await response.json()) as { readonly id: number };
    return String(launched.id);
  });

/** How often a service said that there are too many requests. */
const refused = (fake: Fake) => fake.audit.entries.filter(({ status }) => status === 429).length;

describe("Detection", () => {
  const measure = (count: number, limits: Simulation["limits"] = {}, longest = 200) =>
    Effect.gen(function* () {
      const { agent, fake, step } = yield* simulated({
        script: { fallback: { seconds: [10, longest] } },
        limits: { ...limits, creates: null },
      });
      const codegen = yield* agent();
      const told: Array<number> = [];
      for (let i = 0; i < count; i++) yield* launchUnpaced(fake, i);
      yield* Effect.forEach(fake.launched(), ({ id }) =>
        codegen.observe({ agent: "codegen", id: String(id) }, report().told).pipe(
          Effect.tap(() => Effect.sync(() => told.push(id))),
          Effect.forkChild,
        ),
      );
      for (let i = 0; i < 4 * (longest + 200) && told.length < count; i++) yield* step;
      assert.strictEqual(told.length, count);
      return fake;
    });

  const cases = [
    [10, 0.6],
    [100, 0.6],
    [500, 3],
    [1000, 5.2],
  ] as const;
  for (const [count, most] of cases) {
    it.effect(
      `hears of ${count} ends within ${most} seconds on average, and never meets a 429`,
      () =>
        Effect.gen(function* () {
          const { busiest, meanLagSeconds } = (yield* measure(count)).summary();
          assert.isAtMost(meanLagSeconds ?? Infinity, most);
          assert.isAtMost(busiest["reads"] ?? 0, 60);
        }),
    );
  }

  const fewer = [
    [100, "sliding", 0.6, 6],
    [1000, "sliding", 5.2, 6],
    [1000, "fixed", 5.5, 12],
  ] as const;
  for (const [count, window, most, refusals] of fewer) {
    it.effect(
      `learns from a few 429s in an hour that ${count} in flight may be read for 60 times a minute, counted by ${window} windows`,
      () =>
        Effect.gen(function* () {
          const reads = { count: 60, seconds: 60 };
          const fake = yield* measure(count, { window, reads }, 3600);
          assert.isAtMost(fake.summary().meanLagSeconds ?? Infinity, most);
          assert.isAtMost(refused(fake), refusals);
        }),
      60_000,
    );
  }

  /** As many stay in flight while each that ends is followed by another; lags while that is so. */
  const measureFollowed = (slots: number, count: number) =>
    Effect.gen(function* () {
      const { agent, fake, step } = yield* simulated({
        script: { fallback: { seconds: [30, 570] } },
        limits: { creates: null },
      });
      const codegen = yield* agent();
      const told: Array<string> = [];
      let launched = 0;
      const follow: Effect.Effect<void> = Effect.gen(function* () {
        while (launched < count) {
          const id = yield* launchUnpaced(fake, launched++);
          yield* Effect.orDie(codegen.observe({ agent: "codegen", id }, report().told));
          told.push(id);
        }
      });
      for (let i = 0; i < slots; i++) yield* Effect.forkChild(follow, { startImmediately: true });
      for (let i = 0; i < 4 * 3600 && told.length < count; i++) yield* step;
      assert.strictEqual(told.length, count);
      const full = Math.max(...fake.launched().map(({ createdAt }) => createdAt));
      const ends = fake.launched().filter(({ endedAt }) => Number(endedAt) <= full);
      const lags = ends.map(({ endedAt, toldAt }) => (Number(toldAt) - Number(endedAt)) / 1000);
      return { busiest: fake.summary().busiest, lags, refused: refused(fake) };
    });

  const followed = [
    [10, 40, 0.6, 5],
    [100, 250, 0.7, 15],
  ] as const;
  for (const [slots, count, most, longest] of followed) {
    it.effect(
      `hears within ${most} seconds on average of ${slots} that are followed by others and pushed down the list`,
      () =>
        Effect.gen(function* () {
          const { busiest, lags, ...told } = yield* measureFollowed(slots, count);
          assert.isAtMost(lags.reduce((sum, lag) => sum + lag, 0) / lags.length, most);
          assert.isAtMost(Math.max(...lags), longest);
          assert.isAtMost(busiest["reads"] ?? 0, 60);
          assert.strictEqual(told.refused, 0);
        }),
      60_000,
    );
  }
});

describe("A stop of many at once", () => {
  it.effect("is confirmed for 50 agent runs within half a minute, by lists they share", () =>
    Effect.gen(function* () {
      const { agent, fake, step, within } = yield* simulated({
        script: { fallback: { seconds: 3600 } },
        limits: { creates: null },
      });
      const codegen = yield* agent();
      for (let i = 0; i < 50; i++) yield* launchUnpaced(fake, i);
      const refs = fake.launched().map(({ id }) => ({ agent: "codegen", id: String(id) }));
      for (const ref of refs) yield* Effect.forkChild(codegen.observe(ref, report().told));
      for (let i = 0; i < 4 * 60; i++) yield* step;
      const before = fake.audit.entries.length;
      yield* within(
        30,
        Effect.forEach(refs, (ref) => codegen.cancel(ref), { concurrency: "unbounded" }),
      );
      const asked = fake.audit.entries.slice(before);
      const count = (endpoint: string) => asked.filter((one) => one.endpoint === endpoint).length;
      assert.strictEqual(count("ban"), 50);
      assert.strictEqual(count("get"), 0);
      assert.isTrue(asked.every(({ status }) => status !== 429));
    }),
  );

  const stopAll = (count: number, limits: Simulation["limits"]) =>
    Effect.gen(function* () {
      const { agent, fake, within } = yield* simulated({
        script: { fallback: { seconds: 360_000 } },
        limits: { ...limits, creates: null },
      });
      const budgets = { ...Budgets.make(), creates: new Limiter(1000, 1000) };
      const codegen = yield* agent({ slots: count, budgets });
      const orchestrator = Orchestrator.Orchestrator.layer.pipe(
        Layer.provide([
          AgentPool.AgentPool.layer({ agents: [{ agent: codegen }], slots: count }),
          Journal.Journal.layerMemory,
        ]),
      );
      const given = Array.from({ length: count }, (_, i) => ({ id: `t${i}`, prompt: "x" }));
      const running = Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start(given, { timeout: "100 days" });
        while (handle.state.count("Running") < count) yield* Effect.sleep("1 second");
        yield* Effect.sleep("1 minute");
        yield* handle.cancel();
        return yield* handle.result;
      });
      const result = yield* within(3600, Effect.provide(running, orchestrator));
      return { fake, result };
    });

  const minute = { count: 60, seconds: 60 };
  const many = [
    ["as documented", {}, 0],
    ["half of that", { reads: minute, writes: minute }, 20],
  ] as const;
  for (const [what, limits, refusals] of many) {
    it.effect(
      `is confirmed for all 500 agent runs of a run, where the service allows ${what}`,
      () =>
        Effect.gen(function* () {
          const { fake, result } = yield* stopAll(500, limits);
          assert.strictEqual(result.state.count("Cancelled"), 500);
          const bans = fake.audit.entries.filter(({ endpoint }) => endpoint === "ban");
          assert.strictEqual(bans.filter(({ status }) => status !== 429).length, 500);
          assert.isAtMost(refused(fake), refusals);
        }),
      60_000,
    );
  }
});
