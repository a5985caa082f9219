/** The fake of GitHub, in the time of the test. */
import { GitHub } from "@orchestrator/fakes";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Redacted from "effect/Redacted";
import * as GitHubClient from "../../src/GitHubClient.ts";
import * as RateLimits from "../../src/RateLimits.ts";

/** The fake as tests have it. */
export type Fake = Awaited<ReturnType<typeof GitHub.make>>;

type Options = Parameters<typeof GitHub.make>[0];

/** A fake that ends with the test and whose time is that of the test. */
export const fake = (options: Options = {}) =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock;
    const run = Effect.runPromiseWith(yield* Effect.context<never>());
    const sleep = (milliseconds: number, signal?: AbortSignal) =>
      run(Effect.sleep(milliseconds), signal === undefined ? {} : { signal }).catch(
        () => undefined,
      );
    const time = { now: () => clock.currentTimeMillisUnsafe(), sleep };
    return yield* Effect.acquireRelease(
      Effect.promise(() => GitHub.make({ clock: time, ...options })),
      (made) => Effect.promise(() => made.close()),
    );
  });

/** A client of it, without a network. */
export const clientOf = (
  { api, fetch, token }: Fake,
  more: Partial<GitHubClient.Options> = {},
): Effect.Effect<GitHubClient.GitHubClient> =>
  Effect.orDie(
    Effect.provideService(
      GitHubClient.make({
        credentials: { _tag: "Token", token: Redacted.make(token) },
        baseUrl: api,
        limits: RateLimits.make(),
        patienceSeconds: Infinity,
        ...more,
      }),
      FetchHttpClient.Fetch,
      fetch,
    ),
  );
