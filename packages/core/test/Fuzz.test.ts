import { assert, describe, it } from "@effect/vitest";
import {
  type Agent,
  AgentPool,
  CodeHost,
  Journal,
  Orchestrator,
  type RunEvent,
  RunState,
  type Task,
} from "@orchestrator/core";
import { MemoryCodeHost, ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";
import { settle } from "./support/engine.ts";
import { changed, diskFull } from "./support/journals.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index);

/** Chances that are the same for the same seed. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 7919 + 1;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  seconds(limit: number): number {
    return this.below(limit) * 1000;
  }

  chance(likelihood: number): boolean {
    return this.next() < likelihood;
  }

  pick<A>(from: ReadonlyArray<A>): A {
    return from[this.below(from.length)]!;
  }

  /** What is drawn, or nothing: to be spread into an object. */
  maybe<A extends object>(likelihood: number, draw: () => A): A | undefined {
    return this.chance(likelihood) ? draw() : undefined;
  }
}

const gates = ["agent-ended", "pr-open", "merged"] as const;

/** Everything around a run, drawn from a seed, and what it saw of the run. */
class World {
  readonly tasks: Array<Task.Task> = [];
  readonly journalled: Array<RunEvent.RunEvent> = [];
  readonly launched: Array<string> = [];
  /** What must not have happened. */
  readonly violations: Array<string> = [];
  /** How many launches there were when the journal failed; undefined as long as it works. */
  launchedAtFailure: number | undefined = undefined;
  readonly dice: Dice;
  readonly #isWild: boolean;
  readonly #hasHost: boolean;
  readonly #failAt: number;
  #names = 0;

  constructor(dice: Dice, failAt: number) {
    this.dice = dice;
    this.#failAt = failAt;
    this.#isWild = dice.chance(0.6);
    this.#hasHost = dice.chance(0.6);
    const count = 1 + dice.below(25);
    for (let index = 0; index < count; index++) this.tasks.push(this.task());
  }

  get hasBrokenDown(): boolean {
    return this.launchedAtFailure !== undefined;
  }

  task(): Task.Task {
    const { dice } = this;
    const known = this.tasks.map(({ id }) => id);
    return {
      id: `t${this.#names++}`,
      ...dice.maybe(known.length > 0 ? 0.6 : 0, () => ({
        dependsOn: Array.from({ length: 1 + dice.below(3) }, () => this.#dependency(known)),
      })),
      ...dice.maybe(0.3, () => ({ agent: dice.pick(["x", "y"]) })),
      ...dice.maybe(0.3, () => ({ priority: dice.below(3) })),
      ...dice.maybe(0.3, () => ({ resources: { gpu: 1 + dice.below(2) } })),
      ...dice.maybe(0.2, () => ({ claims: [dice.pick(["src/**", "src/a", "docs"])] })),
      ...dice.maybe(0.3, () => ({ timeoutSeconds: 1 + dice.below(20) })),
      ...dice.maybe(0.3, () => ({
        retry: { attempts: dice.below(4), delaySeconds: dice.below(4) },
      })),
    };
  }

  options(): Orchestrator.RunOptions {
    return {
      run: "r",
      mode: this.dice.pick(["parallel", "sequential", "priority", "resource-aware"]),
      failFast: this.dice.chance(0.2),
      retry: { delay: "2 seconds" },
      resources: { gpu: 2 },
      patience: this.dice.below(3),
    };
  }

  layer() {
    const { dice } = this;
    const script = (request: Agent.LaunchRequest) => this.#launch(request);
    const remote = dice.chance(0.5);
    const x = ScriptedAgent.make(script, { name: "x", capabilities: { remote } }).agent;
    const y = ScriptedAgent.make(script, { name: "y" }).agent;
    const slots = 1 + dice.below(4);
    const agents: AgentPool.Options["agents"] = dice.chance(0.5)
      ? [{ agent: x }, { agent: y }]
      : [
          { agent: x, slots: 1 + dice.below(slots) },
          { agent: y, slots: 1 },
        ];
    const parts = Layer.mergeAll(
      AgentPool.AgentPool.layer({ agents, slots }),
      Layer.succeed(Journal.Journal, this.#journal()),
      this.#hasHost ? Layer.succeed(CodeHost.CodeHost, this.#host()) : Layer.empty,
    );
    return Orchestrator.Orchestrator.layer.pipe(Layer.provideMerge(parts));
  }

  /** What people do to a run while it goes on. */
  readonly meddle = Effect.fnUntraced(
    { self: this },
    function* (this: World, handle: Orchestrator.RunHandle) {
      const { dice } = this;
      const acts = dice.below(6);
      for (let act = 0; act < acts; act++) {
        yield* TestClock.adjust(dice.below(8000));
        const what = dice.next();
        if (what < 0.4) yield* Effect.forkChild(handle.cancelTask(dice.pick(this.tasks).id));
        else if (what < 0.7) {
          const known = dice.maybe(0.1, () => [{ id: "t0" }]) ?? [];
          yield* Effect.forkChild(Effect.exit(handle.add([this.task(), ...known])));
        } else if (what < 0.8) yield* handle.cancel();
      }
    },
  );

  #dependency(known: ReadonlyArray<string>): Task.Dependency {
    const { dice } = this;
    return {
      task: dice.pick(known),
      ...dice.maybe(this.#hasHost ? 0.3 : 0, () => ({ until: dice.pick(gates) })),
      ...dice.maybe(0.3, () => ({
        onFailure: dice.pick(["skip", "run-anyway", "hold"] as const),
      })),
    };
  }

  #launch({ attempt, key, task }: Agent.LaunchRequest): ScriptedAgent.Step {
    if (this.launched.includes(key)) this.violations.push(`launches ${key} twice`);
    this.launched.push(key);
    const isIntended = this.journalled.some(
      (event) =>
        event._tag === "LaunchIntended" && event.task === task.id && event.attempt === attempt,
    );
    if (!isIntended) this.violations.push(`launches ${key} before the intent is durable`);
    return this.#step(`${task.id}-${attempt}`);
  }

  #step(branch: string): ScriptedAgent.Step {
    const { dice } = this;
    const chance = dice.next();
    const answers = dice.maybe(0.3, () => ({ answersAfter: dice.seconds(3) }));
    const works: ScriptedAgent.Step = {
      after: dice.seconds(10),
      ...answers,
      ...dice.maybe(0.2, () => ({ cancel: dice.pick(["fails", "hangs", "stops"] as const) })),
      ...dice.maybe(0.1, () => ({ lost: 2 })),
      ...dice.maybe(0.2, () => ({ progress: ["on it"] })),
      ...dice.maybe(0.15, () => ({
        discover: Array.from({ length: dice.below(3) }, () => this.task()),
      })),
    };
    if (!this.#isWild) return works;
    if (chance < 0.4) {
      const change = dice.maybe(0.6, () => ({ change: { branch } }));
      return { ...works, end: { _tag: "Succeeded", output: 1, ...change } };
    }
    if (chance < 0.7) {
      const failureClass = dice.pick([
        "infrastructure",
        "agent",
        "timeout",
        "conflict",
        "permanent",
      ] as const);
      return {
        ...works,
        end: { _tag: "Failed", failure: { class: failureClass, message: "no" } },
      };
    }
    if (chance < 0.75) return { ...works, end: { _tag: "Waiting", question: "?" } };
    if (chance < 0.8) return { ...works, after: Infinity };
    if (chance < 0.95) {
      const reason = dice.pick(["NotSent", "NotSent", "Rejected", "Ambiguous"] as const);
      return { refuse: { reason }, ...answers };
    }
    return works;
  }

  #journal(): Journal.Journal["Service"] {
    const { dice } = this;
    const wait = dice.chance(0.3)
      ? Effect.sleep("500 millis")
      : Effect.suspend(() => (dice.chance(0.3) ? Effect.yieldNow : Effect.void));
    let appends = 0;
    const fail = (run: string) =>
      Effect.suspend(() => {
        this.launchedAtFailure ??= this.launched.length;
        return diskFull(run);
      });
    return changed((run, append, events) => {
      const stored = Effect.tap(append(events), () =>
        Effect.sync(() => void this.journalled.push(...events)),
      );
      return Effect.andThen(
        wait,
        Effect.suspend(() => (++appends >= this.#failAt ? fail(run) : stored)),
      );
    });
  }

  #host(): CodeHost.CodeHost["Service"] {
    const { dice } = this;
    return MemoryCodeHost.make({
      gates,
      script: () => ({
        after: dice.seconds(4),
        ...dice.maybe(this.#isWild ? 0.4 : 0, () => ({
          error: { reason: dice.pick(["Conflict", "Rejected", "Unavailable"] as const) },
        })),
      }),
    }).host;
  }
}

const start = (world: World) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) =>
    service.start(world.tasks.slice(), world.options()),
  );

/** What the order of the events says against the run. */
const disorder = (events: ReadonlyArray<RunEvent.RunEvent>): ReadonlyArray<string> => {
  const ended = new Set<string>();
  const found: Array<string> = [];
  events.forEach((event, index) => {
    const task = "task" in event ? event.task : undefined;
    if (task !== undefined && ended.has(task) && event._tag !== "Warning") {
      found.push(`${event._tag} after the end of ${task}`);
    }
    if (event._tag === "TaskEnded") ended.add(event.task);
    if (event._tag === "RunEnded" && index < events.length - 1) found.push("more after the end");
  });
  return found;
};

/** What the tasks of a run that has ended say against it. */
const unsound = (state: RunState.RunState): ReadonlyArray<string> =>
  Array.from(state.tasks()).flatMap(({ attempts, outcome, task }) => {
    const found: Array<string> = [];
    if (outcome === undefined) found.push(`${task.id} has no outcome`);
    attempts.forEach(({ number }, index) => {
      if (number !== index + 1) found.push(`${task.id} has no attempt ${index + 1}`);
    });
    if (outcome !== "Succeeded") return found;
    const seen = new Set<string>();
    for (const stated of task.dependsOn ?? []) {
      const dependency = typeof stated === "string" ? { task: stated } : stated;
      // Of two statements on one dependency the first counts.
      if (seen.has(dependency.task)) continue;
      seen.add(dependency.task);
      const before = state.get(dependency.task)!;
      const isThere = before.outcome === "Succeeded" || before.gate !== undefined;
      if (!isThere && dependency.onFailure !== "run-anyway") {
        found.push(`${task.id} ran without ${dependency.task}`);
      }
    }
    return found;
  });

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a run in a world drawn at random", () => {
  it.effect.each(seeds)("ends sound and leaves the events it is the fold of: seed %i", (seed) =>
    Effect.gen(function* () {
      const world = new World(new Dice(seed), Infinity);
      yield* Effect.gen(function* () {
        const pool = yield* AgentPool.AgentPool;
        const handle = yield* start(world);
        yield* world.meddle(handle);
        const result = yield* Effect.forkChild(handle.result);
        for (let wait = 0; wait < 60 && result.pollUnsafe() === undefined; wait++) {
          yield* TestClock.adjust("10 minutes");
        }
        assert.isDefined(result.pollUnsafe(), "the run does not end");
        const { state } = handle;
        assert.deepStrictEqual(disorder(world.journalled), []);
        assert.deepStrictEqual(unsound(state), []);
        assert.deepStrictEqual(world.violations, []);
        const folded = RunState.RunState.fold(asJson(world.journalled) as typeof world.journalled);
        assert.deepStrictEqual(asJson([...folded.tasks()]), asJson([...state.tasks()]));
        assert.strictEqual(folded.busyMillis, state.busyMillis);
        yield* TestClock.adjust("1 hour");
        const kept = (yield* pool.statistics).filter(({ status }) => status !== "idle");
        for (const { task } of kept) assert.strictEqual(state.get(task!)!.outcome, "Held");
      }).pipe(Effect.provide(world.layer()));
    }),
  );

  it.effect.each(seeds)("ends when it is closed, its journal broken or not: seed %i", (seed) =>
    Effect.gen(function* () {
      const dice = new Dice(seed);
      const failAt = dice.chance(0.6) ? 2 + dice.below(20) : Infinity;
      const world = new World(dice, failAt);
      yield* Effect.gen(function* () {
        const scope = yield* Scope.make();
        const handle = yield* Scope.provide(start(world), scope);
        yield* world.meddle(handle);
        const waiting = [
          yield* Effect.forkChild(Effect.exit(handle.result)),
          yield* Effect.forkChild(Effect.exit(Stream.runDrain(handle.events))),
          yield* Effect.forkChild(Scope.close(scope, Exit.void)),
        ];
        for (let wait = 0; wait < 10; wait++) {
          yield* TestClock.adjust("30 seconds");
          yield* settle;
        }
        for (const fiber of waiting) assert.isDefined(fiber.pollUnsafe(), "somebody still waits");
        assert.deepStrictEqual(world.violations, []);
        if (!world.hasBrokenDown) assert.isDefined(handle.state.outcome);
        const launched = world.launchedAtFailure ?? world.launched.length;
        yield* TestClock.adjust("1 hour");
        assert.strictEqual(world.launched.length, launched, "launches after the end");
      }).pipe(Effect.provide(world.layer()));
    }),
  );
});
