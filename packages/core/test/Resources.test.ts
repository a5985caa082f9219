import { assert, describe, it } from "@effect/vitest";
import {
  type Agent,
  AgentPool,
  CodeHost,
  Explanation,
  Journal,
  Orchestrator,
  Resources,
  RunState,
  Situation,
  type Task,
} from "@orchestrator/core";
import { MemoryCodeHost, ScriptedAgent } from "@orchestrator/core/testing";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as Scope from "effect/Scope";
import { TestClock } from "effect/testing";
import * as fc from "fast-check";
import { settle } from "./support/engine.ts";
import { startedAt } from "./support/history.ts";

const capacities = { gpu: 2, db: 1 };
const gates = ["agent-ended", "pr-open", "merged"] as const;

const millis = fc.integer({ min: 0, max: 9 }).map((seconds) => seconds * 1000);

const failing = fc.constantFrom<ScriptedAgent.Step>(
  ScriptedAgent.fails("no", "agent"),
  ScriptedAgent.fails("no", "permanent"),
  ScriptedAgent.fails("no", "infrastructure"),
  ScriptedAgent.asks("?"),
  ScriptedAgent.refuses("NotSent"),
  ScriptedAgent.refuses("Rejected"),
  ScriptedAgent.refuses("Ambiguous"),
  ScriptedAgent.refuses("Ambiguous", true),
  ScriptedAgent.neverEnds,
  { ...ScriptedAgent.neverEnds, cancel: "fails" },
  { ...ScriptedAgent.neverEnds, cancel: "hangs" },
);

/** Every kind of end that an attempt can have. */
const step: fc.Arbitrary<ScriptedAgent.Step> = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(ScriptedAgent.succeeds()) },
      {
        weight: 2,
        arbitrary: fc.constant<ScriptedAgent.Step>({
          end: { _tag: "Succeeded", change: { branch: "b" } },
        }),
      },
      { weight: 4, arbitrary: failing },
    ),
    millis,
  )
  .map(([one, after]) => ({ after, ...one }));

const needs = fc.record({
  resources: fc.constantFrom({ gpu: 1 }, { gpu: 2 }, { db: 1 }, { gpu: 1, db: 1 }, {}),
  claims: fc.constantFrom(["src/**"], ["src/a"], ["docs"], ["docs", "src/a"], []),
  priority: fc.integer({ min: -1, max: 1 }),
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  after: fc.option(fc.nat(20), { nil: undefined }),
});

const meddling = fc.record({
  at: fc.nat(40),
  do: fc.constantFrom("cancel" as const, "leave" as const),
  pick: fc.nat(20),
});

const world = fc.record({
  tasks: fc.array(needs, { minLength: 3, maxLength: 12 }),
  landings: fc.array(
    fc.constantFrom<MemoryCodeHost.Step>(
      { after: 2000 },
      { after: 2000, error: { reason: "Conflict" } },
      { after: 2000, error: { reason: "Rejected" } },
      {},
    ),
    { minLength: 1, maxLength: 4 },
  ),
  meddling: fc.array(meddling, { maxLength: 3 }),
});
type World = typeof world extends fc.Arbitrary<infer A> ? A : never;

/** The few claims in use: only these two are different and overlap. */
const overlap = (a: string, b: string): boolean =>
  a === b || [a, b].toSorted().join(" ") === "src/** src/a";

const tasksOf = (drawn: World): ReadonlyArray<Task.Task> =>
  drawn.tasks.map(({ after, claims, priority, resources }, index) => ({
    id: `t${index}`,
    resources,
    claims,
    priority,
    timeoutSeconds: 20,
    retry: { attempts: 2, delaySeconds: 1 },
    ...(after !== undefined && after < index ? { dependsOn: [`t${after}`] } : {}),
  }));

/** What is wrong with who has what. */
const wrong = ({ claims, resources }: Resources.Resources): ReadonlyArray<string> => [
  ...resources.flatMap(({ capacity, name, used }) =>
    used > capacity ? [`${used} of ${capacity} ${name} are allocated`] : [],
  ),
  ...claims.flatMap((one, index) =>
    claims
      .slice(index + 1)
      .filter((other) => one.claims.some((a) => other.claims.some((b) => overlap(a, b))))
      .map((other) => `${one.task} and ${other.task} have the same files`),
  ),
];

/** Tasks that could start and do not, though nobody is asked to let others go first. */
const forgotten = (
  state: RunState.RunState,
  { claims_waiting, resources }: Resources.Resources,
): ReadonlyArray<string> => {
  const short = resources.flatMap(({ waiting }) =>
    waiting.filter(({ fits }) => !fits).map(({ task }) => task),
  );
  const kept = new Set([...short, ...claims_waiting.map(({ task }) => task)]);
  return Array.from(state.tasks())
    .filter(({ phase, task }) => phase === "Ready" && !kept.has(task.id))
    .map(({ task }) => task.id);
};

const runIn = Effect.fnUntraced(function* (drawn: World) {
  const journal = Journal.makeMemory();
  const attempts = new Map<string, number>();
  const { agent } = ScriptedAgent.make(
    ({ task }: Agent.LaunchRequest) => {
      const tried = attempts.get(task.id) ?? 0;
      attempts.set(task.id, tried + 1);
      const { steps } = drawn.tasks[Number(task.id.slice(1))]!;
      return steps[tried % steps.length]!;
    },
    { capabilities: { launch: "findable", cancel: true, remote: true } },
  );
  let landings = 0;
  const { host } = MemoryCodeHost.make({
    gates,
    script: () => drawn.landings[landings++ % drawn.landings.length]!,
  });
  /** A process with slots for everybody, so that nothing but resources and claims is scarce. */
  const layer = () =>
    Orchestrator.Orchestrator.layer.pipe(
      Layer.provideMerge(
        Layer.mergeAll(
          AgentPool.AgentPool.layer({ agents: [{ agent }], slots: 60 }),
          Layer.succeed(Journal.Journal, journal),
          Layer.succeed(CodeHost.CodeHost, host),
        ),
      ),
    );
  const process = Effect.fnUntraced(function* (
    open: (
      service: Orchestrator.Orchestrator["Service"],
    ) => Effect.Effect<Orchestrator.RunHandle, unknown, Scope.Scope>,
  ) {
    const scope = yield* Scope.make();
    const services = yield* Layer.buildWithScope(layer(), scope);
    const handle = yield* Effect.flatMap(Orchestrator.Orchestrator, open).pipe(
      Effect.provideContext(services),
      Scope.provide(scope),
    );
    return { handle, leave: Scope.close(scope, Exit.void) };
  });
  const options = { run: "r", resources: capacities, patience: 1e9 };
  let at = yield* process((service) => service.start(tasksOf(drawn), options));
  for (let second = 0; at.handle.state.outcome === undefined && second < 400; second++) {
    for (const one of drawn.meddling.filter((other) => other.at === second)) {
      const id = `t${one.pick % drawn.tasks.length}`;
      if (one.do === "cancel") yield* Effect.forkChild(at.handle.cancelTask(id));
      else {
        yield* Effect.forkChild(at.handle.suspend());
        yield* TestClock.adjust("2 seconds");
        if (at.handle.state.suspended === undefined) continue;
        yield* at.leave;
        at = yield* process((service) => service.resume("r"));
      }
    }
    // Launches without an answer are looked for for minutes.
    yield* TestClock.adjust(second < 60 ? "1 second" : "20 seconds");
    for (let round = 0; round < 3; round++) yield* settle;
    const { state } = at.handle;
    const seen = Resources.of(state, yield* Clock.currentTimeMillis);
    assert.deepStrictEqual(wrong(seen), []);
    if (state.outcome === undefined) assert.deepStrictEqual(forgotten(state, seen), []);
  }
  return at.handle.state;
});

describe("resources and claims", () => {
  it.effect.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "are allocated whole, never twice, and come free however their tasks end: seed %i",
    (seed) =>
      Effect.gen(function* () {
        const [drawn] = fc.sample(world, { seed, numRuns: 1 });
        const state = yield* runIn(drawn!);
        assert.isDefined(state.outcome, "the run does not end");
        const { claims, resources } = Resources.of(state, yield* Clock.currentTimeMillis);
        const kept = [...claims, ...resources.flatMap(({ held_by }) => held_by)];
        for (const { task } of kept) {
          const { attempts, phase } = state.get(task)!;
          assert.strictEqual(phase, "Held");
          assert.isTrue(attempts.at(-1)!.isUnclear, `${task} has what nobody needs`);
        }
      }),
  );

  const at = startedAt;
  const busy = () =>
    RunState.RunState.fold([
      {
        _tag: "RunStarted",
        at,
        run: "r",
        plan: "p",
        mode: "parallel",
        concurrency: 3,
        failFast: false,
        settings: {
          defaultGate: "agent-ended",
          onDependencyFailure: "skip",
          resources: capacities,
          retry: {
            attempts: 1,
            delaySeconds: 1,
            factor: 2,
            maxDelaySeconds: 9,
            jitter: false,
            infrastructureAttempts: 1,
          },
        },
      },
      {
        _tag: "TasksAdded",
        at,
        tasks: [
          { id: "a", resources: { gpu: 2 }, claims: ["src/**"] },
          { id: "b", resources: { gpu: 1, db: 1 } },
          { id: "c", claims: ["src/a"] },
        ],
      },
      ...["a", "b", "c"].map((task) => ({ _tag: "TaskReady", at: at + 1000, task }) as const),
      {
        _tag: "LaunchIntended",
        at: at + 2000,
        task: "a",
        attempt: 1,
        agent: "x",
        slot: "x-1",
      },
    ]);

  it("are told with who has them since when, and who waits since when", () => {
    const [since, waiting] = [at + 2000, at + 1000].map((one) => new Date(one).toISOString());
    const holder = { task: "a", since: since!, seconds: 8 };
    assert.deepStrictEqual(Resources.of(busy(), at + 10_000), {
      at: new Date(at + 10_000).toISOString(),
      resources: [
        {
          name: "gpu",
          capacity: 2,
          used: 2,
          free: 0,
          held_by: [{ ...holder, amount: 2, phase: "Launching" }],
          waiting: [{ task: "b", amount: 1, since: waiting!, seconds: 9, fits: false }],
        },
        {
          name: "db",
          capacity: 1,
          used: 0,
          free: 1,
          held_by: [],
          waiting: [{ task: "b", amount: 1, since: waiting!, seconds: 9, fits: true }],
        },
      ],
      claims: [{ ...holder, claims: ["src/**"], phase: "Launching" }],
      claims_waiting: [{ task: "c", claim: "src/a", held_by: ["a"], since: waiting!, seconds: 9 }],
    });
  });

  it("are named with their holder in why a task is not running", () => {
    const told = Explanation.explain(Situation.ofRun(busy()), "b");
    assert.match(Result.getOrThrow(told).summary, /; needs 1 of gpu, 0 of 2 free \(a\)$/);
  });
});
