/** A fetch whose answers the test gives, and a client that uses it. */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import * as GitHubClient from "../../src/GitHubClient.ts";
import * as RateLimits from "../../src/RateLimits.ts";

/** What was asked, as far as tests look at it. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  /** As it was asked, before anything made an address of it. */
  readonly href: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal: AbortSignal | null | undefined;
  /** On the clock of the test, in milliseconds. */
  readonly at: number;
}

/** A response, one that never comes, or what a connection ends with. */
export type Answer = Response | "hang" | Error;
export type Handler = (asked: Asked, count: number) => Answer | Promise<Answer>;

export const token = "ghp_000000000000000000000000000000000042";

/** An answer as GitHub gives it, with headers of a full budget. */
export const json = (value: unknown, headers: Record<string, string> = {}, status = 200) =>
  Response.json(value, { status, headers });

/** An error as GitHub words it. */
export const refused = (
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Response => json({ message, documentation_url: "https://docs.github.com" }, headers, status);

/** The error of a connection, as fetch has it. */
export const broken = (code: string): Error =>
  Object.assign(new TypeError("fetch failed"), {
    cause: Object.assign(new Error(`connect ${code}`), { code }),
  });

/** Answers with what a handler says, and remembers what was asked. */
export const stub = (handler: Handler, now: () => number = () => 0) => {
  const asked: Array<Asked> = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}) => {
    const href = String(input);
    const one: Asked = {
      method: init.method ?? "GET",
      url: new URL(href),
      href,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" && init.body !== "" ? JSON.parse(init.body) : undefined,
      signal: init.signal,
      at: now(),
    };
    asked.push(one);
    const answer = await handler(one, asked.length);
    if (answer instanceof Error) throw answer;
    if (answer !== "hang") return answer;
    return await new Promise<Response>((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
    });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
};

/** A client with limits that no other test shares. */
export const client = (handler: Handler, more: Partial<GitHubClient.Options> = {}) =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock;
    const { asked, fetch } = stub(handler, () => clock.currentTimeMillisUnsafe());
    const made = yield* Effect.provideService(
      GitHubClient.make({
        credentials: { _tag: "Token", token: Redacted.make(token) },
        limits: RateLimits.make(),
        ...more,
      }),
      FetchHttpClient.Fetch,
      fetch,
    );
    return { client: made, asked };
  });

/** Lets everything happen that needs no time. */
export const settle = Effect.promise(
  () => new Promise<void>((resolve) => void setImmediate(resolve)),
);

/** Waits for what takes time of the machine, as a signature does, and none of the test's. */
export const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (condition() ? Effect.void : Effect.andThen(settle, until(condition))));

/** Lets time pass on the clock of the test, and happen what happens then. */
export const pass = (time: Duration.Input) =>
  Effect.andThen(settle, Effect.andThen(TestClock.adjust(time), settle));

/** What becomes of an effect in so much time, which passes in steps; it fails the test if that is not enough. */
export const within = <A, E>(time: Duration.Input, effect: Effect.Effect<A, E>, stepMillis = 250) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect);
    yield* settle;
    for (let left = Duration.toMillis(time); left > 0; left -= stepMillis) {
      if (fiber.pollUnsafe() !== undefined) break;
      yield* pass(stepMillis);
    }
    if (fiber.pollUnsafe() === undefined) {
      yield* Fiber.interrupt(fiber);
      return yield* Effect.die(new Error("it took longer"));
    }
    return yield* Fiber.join(fiber);
  });
