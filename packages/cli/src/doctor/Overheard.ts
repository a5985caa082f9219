/** What the answers of services tell beside what was asked: what time it is there, and what a token may do. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";

export interface Overheard {
  /** By how many milliseconds the clock of a service is ahead of ours, by host. */
  readonly skews: ReadonlyMap<string, number>;
  /** The scopes of a classic token of GitHub. */
  readonly scopes: () => ReadonlyArray<string> | undefined;
}

/** Services write whole seconds. */
const halfSecond = 500;

/** Does what asks services, and listens. */
export const listen = Effect.fn("Overheard.listen")(function* <A, E, R>(
  ask: (overheard: Overheard) => Effect.Effect<A, E, R>,
) {
  const fetch = yield* FetchHttpClient.Fetch;
  const clock = yield* Clock.Clock;
  const skews = new Map<string, number>();
  let scopes: ReadonlyArray<string> | undefined;
  const listening: typeof fetch = async (input, init) => {
    const before = clock.currentTimeMillisUnsafe();
    const answer = await fetch(input, init);
    const now = (before + clock.currentTimeMillisUnsafe()) / 2;
    const theirs = Date.parse(answer.headers.get("date") ?? "");
    const host = URL.parse(answer.url)?.host ?? "";
    if (!Number.isNaN(theirs) && host !== "") skews.set(host, theirs + halfSecond - now);
    const named = answer.headers.get("x-oauth-scopes");
    if (named !== null) scopes = named.split(",").map((scope) => scope.trim());
    return answer;
  };
  const overheard: Overheard = { skews, scopes: () => scopes };
  const result = yield* Effect.provideService(ask(overheard), FetchHttpClient.Fetch, listening);
  return { result, overheard };
});
