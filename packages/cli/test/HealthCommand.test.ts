import { describe, expect, it } from "@effect/vitest";
import { Health, type RunEvent } from "@orchestrator/core";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Paint from "../src/terminal/Paint.ts";
import * as HealthText from "../src/view/HealthText.ts";
import * as ResourcesText from "../src/view/ResourcesText.ts";
import * as Documents from "./support/Documents.ts";
import * as Journals from "./support/Journals.ts";
import * as Scene from "./support/Scene.ts";
import * as Screens from "./support/Screens.ts";

const settings = {
  defaultGate: "agent-ended",
  onDependencyFailure: "skip",
  resources: { gpu: 2, "staging-db": 1 },
  retry: {
    attempts: 3,
    delaySeconds: 30,
    factor: 2,
    maxDelaySeconds: 600,
    jitter: false,
    infrastructureAttempts: 3,
  },
} as const satisfies RunEvent.RunSettings;

const evil = "t\u001b[2Jask";

/** One fails, one holds everything, two wait: one for a resource, one for files. */
const events = (at: number): ReadonlyArray<RunEvent.RunEvent> => [
  Scene.started({ run: "r1", settings, at }),
  Scene.added([
    { id: "lost" },
    { id: evil, resources: { gpu: 2 }, claims: ["src/**"] },
    { id: "train", resources: { gpu: 1 } },
    { id: "edit", claims: ["src/a.ts"] },
  ]),
  ...Scene.failed("lost", "boom", at),
  { _tag: "TaskReady", at, task: "train" },
  { _tag: "TaskReady", at, task: "edit" },
  ...Scene.launched(evil, 1, at + 2000),
];

const scene = Effect.gen(function* () {
  const here = yield* Screens.make({});
  yield* Journals.write(here.folder, "r1", events(Date.now() - 60_000));
  return here;
});

describe("orchestrator health", () => {
  it.live("sums up queue, waits, agents, failures by class, slowest tasks and API budgets", () =>
    Effect.gen(function* () {
      const { call, folder, out } = yield* scene;
      const run = join(folder, ".orchestrator/runs/r1");
      mkdirSync(run, { recursive: true });
      const remaining = [
        { resource: "rest", limit: 5000, remaining: 12, resetsAt: Date.now() + 600_000 },
        { resource: "graphql", limit: 5000, remaining: 3, resetsAt: Date.now() - 600_000 },
      ];
      const none = { requests: 1, unchanged: 0, repeated: 0, rest: 1, graphql: 0, waitedMillis: 0 };
      writeFileSync(
        join(run, "github.json"),
        JSON.stringify({ ...none, operations: [], remaining }),
      );
      yield* call("health", "--json");
      expect(JSON.parse(out())).toMatchObject({
        run: "r1",
        status: "interrupted",
        queue: { length: 2 },
        waits: { launches: 2, mean_seconds: 0 },
        slots: { total: 4, busy: 1, resting: 0 },
        failures: [{ class: "agent", during: "attempt", count: 1, last: { task: "lost" } }],
        budgets: [{ api: "github rest", remaining: 12, limit: 5000 }],
        concerns: [{ kind: "api-budget" }],
      });
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("tells people the same, and nothing that acts on a terminal", () =>
    Effect.gen(function* () {
      const { call, out } = yield* scene;
      yield* call("health");
      expect(out()).toMatch(/\nqueue +2 tasks, train waits for 1m 00s\n/);
      expect(out()).toContain("1 agent, the last lost: boom");
      expect(out()).toMatch(/\n {2}5\ds task, at work\n/);
      expect(out().replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});

describe("the figures of health", () => {
  it.live("are those of the metrics", () =>
    Effect.gen(function* () {
      const { call, out } = yield* scene;
      yield* call("health", "--json");
      const health = JSON.parse(out()) as Health.Health;
      yield* call("status", "--format", "prometheus");
      const metric = (name: string) => {
        const found = out().match(
          new RegExp(`^orchestrator_${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"),
        );
        return (found ?? []).reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
      };
      expect(metric("queue_depth")).toBe(health.queue.length);
      expect(metric("queue_wait_seconds_sum")).toBeLessThanOrEqual(
        health.waits.mean_seconds! * health.waits.launches,
      );
      expect(metric("launches_total")).toBe(health.waits.launches);
      expect(metric("slots_busy")).toBe(health.slots.busy);
      expect(metric("slots")).toBe(health.slots.total);
      expect(metric("failures_total")).toBe(
        health.failures.reduce((sum, { count }) => sum + count, 0),
      );
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});

describe("orchestrator resources", () => {
  it.live("tells who has what since when, and who waits for it", () =>
    Effect.gen(function* () {
      const { call, out } = yield* scene;
      yield* call("resources");
      expect(out().split("\n").slice(1)).toEqual([
        "",
        "gpu  2 of 2 in use, 0 free",
        expect.stringMatching(/^ {2}task has 2 for 5\ds$/),
        expect.stringMatching(/^ {2}train waits for 1, 1m 0\ds so far$/),
        "",
        "staging-db  0 of 1 in use, 1 free",
        "",
        "Claims on files",
        expect.stringMatching(/^ {2}task has src\/\*\* for 5\ds$/),
        expect.stringMatching(/^ {2}edit waits for src\/a\.ts of task, 1m 0\ds so far$/),
      ]);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("gives programs all of it as JSON", () =>
    Effect.gen(function* () {
      const { call, out } = yield* scene;
      yield* call("resources", "r1", "--json");
      expect(JSON.parse(out())).toMatchObject({
        run: "r1",
        resources: [
          {
            name: "gpu",
            free: 0,
            held_by: [{ task: evil, amount: 2, phase: "Running" }],
            waiting: [{ task: "train", amount: 1, fits: false }],
          },
          { name: "staging-db", free: 1, held_by: [], waiting: [] },
        ],
        claims: [{ task: evil, claims: ["src/**"] }],
        claims_waiting: [{ task: "edit", claim: "src/a.ts", held_by: [evil] }],
      });
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("says so when a run has none", () =>
    Effect.gen(function* () {
      const { call, folder, out } = yield* Screens.make({});
      yield* Journals.write(folder, "r1", Journals.begun("r1"));
      yield* call("resources");
      expect(out()).toContain("No resources and no claims: a task needs nothing but a slot.");
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("have the capacities of the configuration where the plan names none", () =>
    Effect.gen(function* () {
      const { call, error, folder, out } = yield* Screens.make({
        files: {
          "plan.yaml":
            'isolation: none\nresources: { gpu: 4 }\ntasks: [{ id: a, run: "true", resources: { gpu: 3, db: 1 } }]\n',
          "orchestrator.yaml": "resources: { gpu: 1, db: 1 }\n",
          "small.yaml": "resources: { db: 0.5 }\n",
        },
      });
      const first = yield* call("plan", join(folder, "plan.yaml"));
      expect(first).toEqual(Exit.void);
      expect(
        Exit.isSuccess(yield* call("plan", join(folder, "plan.yaml"), "--config", "small.yaml")),
      ).toBe(false);
      expect(out() + error()).toContain(
        'Task "a" needs 1 of "db", but there are 0.5 in all. Raise the capacity or lower the need.',
      );
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});

/** The output that the guide shows after a command. */
const shown = (first: string): string =>
  Documents.blocks.find(
    ({ file, text }) => file.endsWith("resources.md") && text.split("\n").includes(first),
  )!.text;

const head = {
  run: "20261121-120000-abcd",
  plan: "shop",
  status: "running",
  at: "2026-11-21T12:00:00.000Z",
} as const;

describe("the guide on resources and health", () => {
  const since = head.at;

  it("shows resources as they are shown", () => {
    const waiting = { task: "deploy", amount: 1, since, seconds: 160 };
    const found = {
      ...head,
      resources: [
        {
          name: "gpu",
          capacity: 2,
          used: 2,
          free: 0,
          held_by: [{ task: "api", amount: 2, since, seconds: 252, phase: "Running" }],
          waiting: [{ ...waiting, fits: false }],
        },
        {
          name: "staging-db",
          capacity: 1,
          used: 0,
          free: 1,
          held_by: [],
          waiting: [{ ...waiting, fits: true }],
        },
      ],
      claims: [],
      claims_waiting: [],
    } as const;
    const lines = ResourcesText.lines(found, undefined, Paint.plain);
    expect(lines.join("\n")).toBe(shown("gpu  2 of 2 in use, 0 free").trimEnd());
  });

  it("shows health as it is shown", () => {
    const state = Scene.stateOf([Scene.started(), Scene.added([{ id: "a" }])]);
    const health = {
      ...Health.of(state, Scene.now),
      ...head,
      progress: { ...Scene.progressOf(state), total: 40, remaining: 28, throughput: 21.3 / 3600 },
      queue: {
        length: 9,
        longest_wait_seconds: 160,
        tasks: [{ task: "deploy", waiting_seconds: 160 }],
      },
      waits: { launches: 19, mean_seconds: 14, longest_seconds: 62 },
      slots: { total: 4, busy: 4, resting: 0, utilisation: 0.91 },
      slowest: [{ task: "api", seconds: 490, attempts: 1, at_work: true }],
      failures: [
        {
          class: "agent",
          during: "attempt",
          count: 2,
          last: { task: "ui", message: "the command ended with exit code 1", at: since },
        },
      ],
      concerns: [{ kind: "held", message: "1 task is held" }],
      budgets: [
        {
          api: "github rest",
          remaining: 4210,
          limit: 5000,
          resets_at: "2026-11-21T13:00:00.000Z",
        },
      ],
    } as const;
    const lines = HealthText.lines(health, undefined, Paint.plain);
    expect(lines.join("\n")).toBe(shown("Slowest tasks").trimEnd());
  });
});
