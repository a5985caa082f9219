import { assert, describe, it } from "@effect/vitest";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Random from "effect/Random";
import * as TestClock from "effect/testing/TestClock";
import * as fc from "fast-check";
import type * as Lease from "../src/Lease.ts";
import { contender, elapse, skewed, within } from "./support/contenders.ts";
import { RefServer } from "./support/refServer.ts";
import { broken, type Handler, refused } from "./support/stub.ts";

const start = Date.UTC(2026, 10, 21, 20, 0);
const hour = 3_600_000;

/** Numbers below 1 that follow from a seed. */
const drawing = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** What is promised: whoever may launch does so after whoever could before, never between. */
class Witness {
  readonly held: Array<string> = [];
  readonly broken: Array<string> = [];

  passed(holding: string): void {
    if (this.held.at(-1) === holding) return;
    if (this.held.includes(holding)) this.broken.push(`${holding} after ${this.held.at(-1)}`);
    this.held.push(holding);
  }
}

interface World {
  readonly seed: number;
  readonly contenders: number;
  /** How many of a hundred requests go wrong in each of the ways. */
  readonly faults: number;
  readonly seconds: number;
  readonly options?: Partial<Lease.Options>;
}

/** A network that loses questions and answers, and carries out some of what it lost later. */
const network = Effect.fnUntraced(function* (
  server: RefServer,
  draw: () => number,
  chance: number,
) {
  const context = yield* Effect.context<never>();
  const state = { isCalm: false };
  const after = (seconds: number) => Effect.runPromiseWith(context)(Effect.sleep(seconds * 1000));
  const handler: Handler = async (asked) => {
    const fault = state.isCalm ? Infinity : draw() / chance;
    if (draw() < 0.3) await after(draw() * 3);
    if (fault < 1) return broken("ECONNRESET");
    if (fault < 2) {
      void after(draw() * 35).then(() => server.handle(asked));
      return broken("ECONNRESET");
    }
    const answer = server.handle(asked);
    if (fault < 3) return broken("ECONNRESET");
    if (fault < 4) return "hang";
    return fault < 5 ? refused(502, "Bad Gateway") : answer;
  };
  return { handler, state };
});

/** Wants the lease, holds it for a while, gives it back or crashes, and wants it again. */
const life = Effect.fnUntraced(function* (
  name: string,
  network_: Handler,
  draw: () => number,
  witness: Witness,
  options: Partial<Lease.Options>,
) {
  for (let number = 1; ; number++) {
    const holding = `${name}-${number}`;
    const line = { isCut: false };
    const handler: Handler = (asked, count) =>
      line.isCut ? broken("ECONNREFUSED") : network_(asked, count);
    yield* Effect.sleep(draw() * 20_000);
    const one = yield* contender(holding, handler, { seconds: 60, ...options });
    const lease = yield* Effect.result(one.make);
    if (lease._tag === "Success") {
      const until = draw() * 200;
      for (let second = 0; second < until; second++) {
        const checked = yield* Effect.result(lease.success.check);
        if (checked._tag === "Success") witness.passed(holding);
        else if (checked.failure._tag === "LeaseLost") break;
        yield* Effect.sleep("1 second");
      }
      line.isCut = draw() < 0.4;
    }
    yield* one.close;
  }
});

const run = Effect.fnUntraced(function* ({
  contenders,
  faults,
  options = {},
  seconds,
  seed,
}: World) {
  const draw = drawing(seed);
  const clock = yield* Clock.Clock;
  yield* TestClock.setTime(start);
  const server = new RefServer({ now: () => clock.currentTimeMillisUnsafe() });
  const { handler, state } = yield* network(server, draw, faults / 100);
  const witness = new Witness();
  const lives = yield* Effect.forEach(Array.from({ length: contenders }).keys(), (index) => {
    const skew = (draw() - 0.5) * 2 * hour;
    const from = BigInt(Math.floor(draw() * 1e15));
    return life(`run${index}`, handler, draw, witness, options).pipe(
      Effect.provideService(
        Clock.Clock,
        skewed(clock, () => skew, from),
      ),
      Random.withSeed(`${seed}-${index}`),
      // A life that does not end fails the test, which must not wait for it.
      Effect.forkDetach,
    );
  });
  yield* elapse(seconds);
  const before = witness.held.length;
  state.isCalm = true;
  yield* elapse(400);
  // Who is giving the lease back when its life ends goes on with that, and needs time for it.
  yield* within(10, Fiber.interruptAll(lives));
  return { witness, before };
});

const world: fc.Arbitrary<World> = fc.record({
  seed: fc.integer(),
  contenders: fc.integer({ min: 2, max: 4 }),
  faults: fc.constantFrom(0, 3, 10),
  seconds: fc.constant(500),
});

/** At its end somebody is giving the lease back and waits for an answer. */
const endsGivingBack: World = { seed: -1_371_358_005, contenders: 2, faults: 0, seconds: 500 };

const simulated = (given: World) =>
  Effect.runPromise(Effect.scoped(Effect.provide(run(given), TestClock.layer())));

describe("contenders for a lease", () => {
  it("never hold it at once, whatever is lost, late or wrong with their clocks", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { before, witness } = await simulated(given);
        assert.deepStrictEqual(witness.broken, []);
        // And one of them gets it, as soon as the network lets them.
        assert.isAbove(witness.held.length, before);
      }),
      { examples: [[endsGivingBack]], numRuns: 8, endOnFailure: true },
    );
  }, 60_000);

  it("are seen to hold it at once where one takes the other for gone", async () => {
    const options = { isGone: () => Effect.succeed(true) };
    const given = { seed: 1, contenders: 3, faults: 0, seconds: 500, options };
    const { witness } = await simulated(given);
    assert.isNotEmpty(witness.broken);
  }, 60_000);
});
