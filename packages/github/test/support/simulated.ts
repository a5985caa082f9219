/** GitHub and a client of it in simulated time, without a network. */
import { Clock, GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import * as GitHubClient from "../../src/GitHubClient.ts";
import * as RateLimits from "../../src/RateLimits.ts";

const stepMillis = 250;

/** Lets all that needs no time happen: answers in memory take some turns of the event loop. */
const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate);
});

export type Simulation = Omit<GitHub.GitHubOptions, "clock">;

/** A service whose time and that of the test go together. */
export const simulated = Effect.fnUntraced(function* (options: Simulation = {}) {
  const clock = Clock.controlled();
  yield* TestClock.setTime(clock.now());
  const fake = yield* Effect.acquireRelease(
    Effect.promise(() => GitHub.make({ clock, ...options })),
    (made) => Effect.promise(() => made.close()),
  );
  /** A client of it with limits and a cache of its own. */
  const client = (more: Partial<GitHubClient.Options> = {}) =>
    GitHubClient.make({
      credentials: { _tag: "Token", token: Redacted.make(fake.token) },
      baseUrl: fake.api,
      limits: RateLimits.make(),
      ...more,
    }).pipe(Effect.provideService(FetchHttpClient.Fetch, fake.fetch));
  const step = Effect.gen(function* () {
    yield* Effect.promise(() => clock.advance(stepMillis));
    yield* TestClock.adjust(stepMillis);
    yield* settle;
  });
  /** Lets time pass until something ends, and fails if it does not. */
  const within = <A, E, R>(seconds: number, effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(effect);
      yield* settle;
      for (let spent = 0; spent < seconds * 1000; spent += stepMillis) {
        if (fiber.pollUnsafe() !== undefined) return yield* Fiber.join(fiber);
        yield* step;
      }
      return yield* Effect.die(new Error(`no end within ${seconds} simulated seconds`));
    });
  return { fake, client, step, within };
});
