import { assert, describe, it } from "@effect/vitest";
import { Agent, AgentPool } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { TestClock } from "effect/testing";
import * as fc from "fast-check";

const agent = (name: string) => Agent.fromFunction(() => Effect.void, { name });

const pool = (options: Partial<AgentPool.Options> = {}) =>
  AgentPool.make({ agents: [{ agent: agent("a") }], ...options });

const two = (a: number | undefined, b: number | undefined, slots?: number) =>
  pool({
    agents: [
      { agent: agent("a"), ...(a !== undefined && { slots: a }) },
      { agent: agent("b"), ...(b !== undefined && { slots: b }) },
    ],
    ...(slots !== undefined && { slots }),
  });

type Pool = Effect.Success<ReturnType<typeof pool>>;

const statusOf = (made: Pool) =>
  Effect.map(made.statistics, (slots) => slots.map(({ status }) => status));

describe("slots", () => {
  it.effect("are ten for an agent, if nothing is said", () =>
    Effect.gen(function* () {
      const made = yield* pool();
      assert.strictEqual(made.size, 10);
      assert.strictEqual(made.defaultAgent, "a");
      const slots = Array.from({ length: 10 }, (_, index) => made.acquire("a", `${index}`)!.id);
      assert.strictEqual(new Set(slots).size, 10);
      assert.strictEqual(slots[0], "a-1");
      assert.isFalse(made.hasIdle("a"));
      assert.isUndefined(made.acquire("a", "one more"));
    }),
  );

  it.effect("are of the kind that is asked for", () =>
    Effect.gen(function* () {
      const made = yield* two(1, 2, 3);
      assert.deepStrictEqual([...made.agents.keys()], ["a", "b"]);
      assert.strictEqual(made.acquire("b", "x")!.agent, "b");
      assert.strictEqual(made.acquire("a", "y")!.agent, "a");
      assert.isFalse(made.hasIdle("a"));
      assert.isTrue(made.hasIdle("b"));
      assert.isUndefined(made.acquire("nobody", "z"));
      assert.isFalse(made.hasIdle("nobody"));
      assert.isFalse(made.canServe("nobody"));
    }),
  );

  it.effect("of all kinds are not busy beyond the size of the pool", () =>
    Effect.gen(function* () {
      const made = yield* two(undefined, undefined, 2);
      const first = made.acquire("a", "1")!;
      assert.isDefined(made.acquire("b", "2"));
      assert.isFalse(made.hasIdle("a"));
      assert.isFalse(made.hasIdle("b"));
      made.release(first);
      assert.isTrue(made.hasIdle("a"));
      assert.isTrue(made.hasIdle("b"));
    }),
  );

  it.effect("that come free are told to listeners, until they stop listening", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 1 });
      const heard: Array<readonly [string, boolean]> = [];
      const stop = made.onIdle((slot, recovered) => heard.push([slot.id, recovered]));
      made.release(made.acquire("a", "x")!);
      stop();
      made.release(made.acquire("a", "y")!);
      assert.deepStrictEqual(heard, [["a-1", false]]);
    }),
  );

  it.effect("that come free are not told to those whom another listener has stopped", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 1 });
      const heard: Array<string> = [];
      const stops: Array<() => void> = [];
      made.onIdle(() => stops.forEach((stop) => stop()));
      stops.push(made.onIdle(() => heard.push("stopped")));
      made.onIdle(() => heard.push("listening"));
      made.release(made.acquire("a", "x")!);
      assert.deepStrictEqual(heard, ["listening"]);
    }),
  );

  for (const slots of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it.effect(`cannot be ${slots}, in all or of one kind`, () =>
      Effect.gen(function* () {
        for (const options of [{ slots }, { agents: [{ agent: agent("a"), slots }] as const }]) {
          const exit = yield* Effect.exit(pool(options));
          const message = Exit.isFailure(exit) ? String(Cause.squash(exit.cause)) : "";
          assert.include(message, `whole number of 1 or more, not ${slots}`);
        }
      }),
    );
  }

  it.effect("cannot belong to two agents of one name", () =>
    Effect.gen(function* () {
      const agents = [{ agent: agent("a") }, { agent: agent("a") }] as const;
      const exit = yield* Effect.exit(pool({ agents }));
      assert.include(Exit.isFailure(exit) ? String(Cause.squash(exit.cause)) : "", "same name");
    }),
  );

  it.effect("come as a layer, too", () =>
    Effect.gen(function* () {
      const made = yield* AgentPool.AgentPool;
      assert.strictEqual(made.size, 4);
    }).pipe(
      Effect.provide(
        Layer.fresh(AgentPool.AgentPool.layer({ agents: [{ agent: agent("a") }], slots: 4 })),
      ),
    ),
  );
});

describe("a slot whose agent cannot get to work", () => {
  const quarantine = { base: "1 second", max: "6 seconds" } as const;

  it.effect("rests twice as long each time, up to a limit, and as at first after a success", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 1, quarantine });
      const rest = Effect.gen(function* () {
        const now = yield* TestClock.testClockWith((clock) => clock.currentTimeMillis);
        const until = made.quarantine(made.acquire("a", "x")!);
        assert.deepStrictEqual(yield* statusOf(made), ["failed"]);
        yield* TestClock.adjust(until - now - 1);
        assert.isFalse(made.hasIdle("a"));
        yield* TestClock.adjust(1);
        assert.isTrue(made.hasIdle("a"));
        return until - now;
      });
      const rests = [yield* rest, yield* rest, yield* rest, yield* rest, yield* rest];
      assert.deepStrictEqual(rests, [1000, 2000, 4000, 6000, 6000]);
      made.release(made.acquire("a", "y")!);
      assert.strictEqual(yield* rest, 1000);
    }),
  );

  it.effect("comes back, which listeners are told", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 2, quarantine });
      const recoveries: Array<string> = [];
      made.onIdle((slot, recovered) => recovered && recoveries.push(slot.id));
      made.quarantine(made.acquire("a", "x")!);
      assert.isTrue(made.hasIdle("a"));
      assert.isTrue(made.canServe("a"));
      assert.deepStrictEqual(recoveries, []);
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual(recoveries, ["a-1"]);
      assert.deepStrictEqual(yield* statusOf(made), ["idle", "idle"]);
    }),
  );

  it.effect("keeps its own count of failures", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 2, quarantine });
      const [one, other] = [made.acquire("a", "x")!, made.acquire("a", "y")!];
      made.quarantine(one);
      yield* TestClock.adjust("1 second");
      const again = made.acquire("a", "x")!;
      assert.strictEqual(again.id, one.id);
      assert.strictEqual(made.quarantine(again), 3000);
      assert.strictEqual(made.quarantine(other), 2000);
    }),
  );

  it.effect("leaves its place to other kinds, which listeners are told", () =>
    Effect.gen(function* () {
      const made = yield* two(1, 1, 1);
      const slot = made.acquire("a", "x")!;
      assert.isFalse(made.hasIdle("b"));
      let told = 0;
      made.onIdle((_, recovered) => (told += recovered ? 0 : 1));
      made.quarantine(slot);
      assert.isTrue(made.hasIdle("b"));
      assert.strictEqual(told, 1);
    }),
  );
});

describe("a slot that is forfeited", () => {
  it.effect("stays busy with its task for good", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 2 });
      made.forfeit(made.acquire("a", "unclear")!);
      assert.isTrue(made.canServe("a"));
      assert.isDefined(made.acquire("a", "x"));
      yield* TestClock.adjust("1 day");
      assert.isFalse(made.hasIdle("a"));
      const [first] = yield* made.statistics;
      assert.deepInclude(first, { status: "busy", task: "unclear" });
    }),
  );

  it.effect("counts against the size: when all are, nothing can be served", () =>
    Effect.gen(function* () {
      const made = yield* two(2, 2, 2);
      made.forfeit(made.acquire("a", "x")!);
      assert.isTrue(made.canServe("a"));
      assert.isTrue(made.canServe("b"));
      made.forfeit(made.acquire("a", "y")!);
      assert.isFalse(made.canServe("a"));
      assert.isFalse(made.canServe("b"));
    }),
  );
});

describe("statistics", () => {
  it.effect("tell what every slot did, in seconds and as a part of its life", () =>
    Effect.gen(function* () {
      const made = yield* pool({ slots: 2 });
      const slot = made.acquire("a", "x")!;
      yield* TestClock.adjust("3 seconds");
      made.release(slot);
      yield* TestClock.adjust("1 second");
      const again = made.acquire("a", "y")!;
      yield* TestClock.adjust("2 seconds");
      const [first, second] = yield* made.statistics;
      assert.deepStrictEqual(first, {
        slot: "a-1",
        agent: "a",
        status: "busy",
        task: "y",
        attempts: 2,
        failures: 0,
        busySeconds: 5,
        utilisation: 5 / 6,
      });
      assert.deepInclude(second, { status: "idle", attempts: 0, busySeconds: 0, utilisation: 0 });
      made.quarantine(again);
      yield* TestClock.adjust("10 seconds");
      const [after] = yield* made.statistics;
      assert.deepInclude(after, { status: "idle", task: undefined, failures: 1, busySeconds: 5 });
    }),
  );
});

const operation = fc.oneof(
  fc.record({ do: fc.constant("acquire" as const), agent: fc.constantFrom("a", "b") }),
  fc.record({
    do: fc.constantFrom("release" as const, "quarantine" as const),
    pick: fc.nat(100),
  }),
  fc.record({ do: fc.constant("forfeit" as const), pick: fc.nat(100) }),
  fc.record({ do: fc.constant("wait" as const), millis: fc.integer({ min: 1, max: 3000 }) }),
);

interface Resting {
  readonly agent: string;
  readonly until: number;
}

/** Slots as counts: how many of each kind are idle, busy or rest. */
const follow = Effect.fnUntraced(function* (
  sizes: { readonly a: number; readonly b: number; readonly all: number },
  steps: ReadonlyArray<typeof operation extends fc.Arbitrary<infer A> ? A : never>,
) {
  const made = yield* two(sizes.a, sizes.b, sizes.all);
  const idle = new Map([
    ["a", sizes.a],
    ["b", sizes.b],
  ]);
  const busy: Array<AgentPool.Slot> = [];
  let resting: Array<Resting> = [];
  let forfeited = 0;
  let now = yield* TestClock.testClockWith((clock) => clock.currentTimeMillis);
  const add = (kind: string, by: number) => idle.set(kind, idle.get(kind)! + by);
  for (const step of steps) {
    if (step.do === "acquire") {
      const isFree = idle.get(step.agent)! > 0 && busy.length + forfeited < sizes.all;
      assert.strictEqual(made.hasIdle(step.agent), isFree);
      const slot = made.acquire(step.agent, "x");
      assert.strictEqual(slot !== undefined, isFree);
      if (slot === undefined) continue;
      assert.isFalse(busy.includes(slot));
      busy.push(slot);
      add(step.agent, -1);
    } else if (step.do === "wait") {
      yield* TestClock.adjust(step.millis);
      now += step.millis;
      for (const { agent: kind } of resting.filter(({ until }) => until <= now)) add(kind, 1);
      resting = resting.filter(({ until }) => until > now);
    } else {
      const [slot] = busy.splice(step.pick % Math.max(1, busy.length), 1);
      if (slot === undefined) continue;
      if (step.do === "quarantine") {
        resting.push({ agent: slot.agent, until: made.quarantine(slot) });
      } else if (step.do === "release") {
        made.release(slot);
        add(slot.agent, 1);
      } else {
        made.forfeit(slot);
        forfeited++;
      }
    }
    const statuses = yield* statusOf(made);
    const count = (status: string) => statuses.filter((one) => one === status).length;
    assert.strictEqual(count("busy"), busy.length + forfeited);
    assert.isAtMost(count("busy"), sizes.all);
    assert.strictEqual(count("failed"), resting.length);
    assert.strictEqual(count("idle"), idle.get("a")! + idle.get("b")!);
  }
});

describe("the pool", () => {
  it("does what a model does that only counts", async () => {
    const size = fc.integer({ min: 1, max: 4 });
    const steps = fc.array(operation, { maxLength: 40, size: "max" });
    await fc.assert(
      fc.asyncProperty(fc.record({ a: size, b: size, all: size }), steps, (sizes, drawn) =>
        Effect.runPromise(
          follow(sizes, drawn).pipe(Effect.scoped, Effect.provide(TestClock.layer())),
        ),
      ),
      { numRuns: 100 },
    );
  });
});
