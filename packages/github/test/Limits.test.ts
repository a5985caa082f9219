import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type { Wait } from "../src/GitHubClient.ts";
import * as RateLimits from "../src/RateLimits.ts";
import { issue, label, viewer } from "./support/requests.ts";
import { client, type Handler, json, pass, refused, settle, within } from "./support/stub.ts";

/** Headers of a budget that is full again so many seconds after the clock of the test began. */
const budget = (remaining: number, resetSeconds: number, resource = "core") => ({
  "x-ratelimit-limit": "5000",
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-used": String(5000 - remaining),
  "x-ratelimit-reset": String(resetSeconds),
  "x-ratelimit-resource": resource,
});

const primary = (status: number, resetSeconds: number) =>
  refused(status, "API rate limit exceeded for user ID 1.", budget(0, resetSeconds));
const secondary = (headers: Record<string, string> = {}, status = 403) =>
  refused(status, "You have exceeded a secondary rate limit. Please wait a few minutes", headers);
const ok = () => json({ number: 1 }, budget(4000, 3600));
const okQuery = () => json({ data: { viewer: { login: "ada" } } });

const patient = { patienceSeconds: 3600 };

/** When each request was asked, in seconds, if the first ones are refused. */
const timesOf = (refusals: ReadonlyArray<() => Response>) =>
  Effect.gen(function* () {
    const { asked, client: github } = yield* client(
      (_, count) => (refusals[count - 1] ?? ok)(),
      patient,
    );
    yield* within("1 hour", github.get(issue));
    return asked.map(({ at }) => Math.round(at / 1000));
  });

describe("a limit of GitHub", () => {
  for (const status of [403, 429]) {
    it.effect(`with ${status} and no points left is waited for until the reset`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* timesOf([() => primary(status, 100)]), [0, 101]);
      }),
    );
    it.effect(`on the rate, with ${status}, is waited for as long as GitHub says`, () =>
      Effect.gen(function* () {
        const times = yield* timesOf([() => secondary({ "retry-after": "30" }, status)]);
        assert.deepStrictEqual(times, [0, 31]);
      }),
    );
  }

  it.effect("goes by Retry-After before the reset", () =>
    Effect.gen(function* () {
      const headers = { ...budget(0, 3000), "retry-after": "5" };
      const times = yield* timesOf([() => refused(403, "API rate limit exceeded", headers)]);
      assert.deepStrictEqual(times, [0, 6]);
    }),
  );

  it.effect("that asks for no time at all is still waited for a little", () =>
    Effect.gen(function* () {
      const times = yield* timesOf([() => secondary({ "retry-after": "0" })]);
      assert.deepStrictEqual(times, [0, 2]);
    }),
  );

  it.effect("that asks for no time again and again is waited for longer each time", () =>
    Effect.gen(function* () {
      const soon = () => secondary({ "retry-after": "0" });
      const times = yield* timesOf([soon, soon, soon, soon, soon]);
      assert.deepStrictEqual(times, [0, 2, 5, 10, 19, 36]);
    }),
  );

  it.effect("whose reset is no time of this world is one of a day", () =>
    Effect.gen(function* () {
      for (const reset of ["9999999999999", "1e308"]) {
        const headers = { ...budget(0, 0), "x-ratelimit-reset": reset };
        const { asked, client: github } = yield* client(() =>
          refused(403, "API rate limit exceeded", headers),
        );
        const error = yield* within("1 minute", Effect.flip(github.get(issue)));
        assert.deepInclude(error, { _tag: "RateLimited", until: 86_401_000 });
        assert.strictEqual(asked.length, 1);
      }
    }),
  );

  it.effect("without a time is waited for a minute, and each time twice as long", () =>
    Effect.gen(function* () {
      const times = yield* timesOf([() => secondary(), () => secondary(), () => refused(429, "")]);
      assert.deepStrictEqual(times, [0, 61, 182, 423]);
    }),
  );

  it.effect("reads the reset against the clock of GitHub", () =>
    Effect.gen(function* () {
      const theirs = 1_000_000;
      const date = new Date(theirs * 1000).toUTCString();
      const answer = () =>
        refused(403, "API rate limit exceeded", { ...budget(0, theirs + 40), date });
      assert.deepStrictEqual(yield* timesOf([answer]), [0, 41]);
    }),
  );

  const reset = budget(0, 40, "graphql");
  const inQueries: ReadonlyArray<readonly [string, () => Response, number]> = [
    ["RATE_LIMIT", () => json({ errors: [{ type: "RATE_LIMIT", message: "used up" }] }, reset), 41],
    [
      "RATE_LIMITED",
      () => json({ errors: [{ type: "RATE_LIMITED", message: "used up" }] }, reset),
      41,
    ],
    [
      "a secondary limit in a success",
      () => json({ errors: [{ message: "You have exceeded a secondary rate limit." }] }),
      61,
    ],
    [
      "'was submitted too quickly'",
      () =>
        json({
          data: null,
          errors: [{ type: "UNPROCESSABLE", message: "was submitted too quickly" }],
        }),
      61,
    ],
    ["a secondary limit with 403", () => secondary({ "retry-after": "20" }), 21],
  ];
  for (const [what, answer, seconds] of inQueries) {
    it.effect(`of a query is waited for, in the form of ${what}`, () =>
      Effect.gen(function* () {
        const { asked, client: github } = yield* client(
          (_, count) => (count === 1 ? answer() : okQuery()),
          patient,
        );
        yield* within("10 minutes", github.query(viewer));
        assert.deepStrictEqual(
          asked.map(({ at }) => at),
          [0, seconds * 1000],
        );
      }),
    );
  }

  it.effect("is an error where it lasts longer than the patience, and nobody waits", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() => primary(403, 3000), {
        patienceSeconds: 900,
      });
      const error = yield* Effect.flip(github.get(issue));
      assert.deepInclude(error, { _tag: "RateLimited", limit: "primary", until: 3_001_000 });
      assert.strictEqual(
        error.message,
        "GitHub was not asked for issue 1 of acme/shop, because its primary limit is reached: " +
          "the token's REST points of this hour are used up. Try again from 1970-01-01T00:50:01Z on, in 50m 1s.",
      );
      const again = yield* Effect.flip(github.get(issue));
      assert.strictEqual(again._tag, "RateLimited");
      assert.strictEqual(asked.length, 1);
    }),
  );

  it.effect("is foreseen from the headers of a success", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(
        (_, count) => json({ number: count }, count === 1 ? budget(0, 50) : budget(4999, 3650)),
        patient,
      );
      yield* within("1 minute", github.get(issue));
      yield* within("2 minutes", github.get(issue));
      assert.deepStrictEqual(
        asked.map(({ at }) => at),
        [0, 51_000],
      );
      assert.strictEqual(github.ledger.statement().waitedMillis, 51_000);
    }),
  );

  it.effect("of searches holds nothing else up", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(() =>
        json({ number: 1 }, budget(0, 50, "search")),
      );
      yield* github.get(issue);
      yield* github.get(issue);
      assert.strictEqual(asked.length, 2);
    }),
  );

  it.effect("on points of REST leaves queries alone; one on the rate does not", () =>
    Effect.gen(function* () {
      const seen = (answer: () => Response) =>
        Effect.gen(function* () {
          const { asked, client: github } = yield* client(
            ({ method }, count) => (count === 1 ? answer() : method === "GET" ? ok() : okQuery()),
            patient,
          );
          yield* Effect.forkChild(github.get(issue));
          yield* settle;
          yield* Effect.forkChild(github.query(viewer));
          yield* pass("1 second");
          return asked.map(({ method }) => method);
        });
      assert.deepStrictEqual(yield* seen(() => primary(403, 100)), ["GET", "POST"]);
      assert.deepStrictEqual(yield* seen(() => secondary()), ["GET"]);
    }),
  );

  it.effect("is told of once for each pause", () =>
    Effect.gen(function* () {
      const waits: Array<Wait> = [];
      const { client: github } = yield* client(
        (_, count) => (count <= 3 ? secondary({ "retry-after": "30" }) : ok()),
        { ...patient, onWait: (wait) => Effect.sync(() => void waits.push(wait)) },
      );
      const all = Effect.all([github.get(issue), github.get(issue), github.get(issue)], {
        concurrency: 3,
      });
      yield* within("5 minutes", all);
      assert.strictEqual(waits.length, 1);
      assert.deepInclude(waits[0], { limit: "secondary", until: 31_000, what: issue.what });
      assert.strictEqual(github.ledger.statement().waitedMillis, 31_000);
    }),
  );

  it.effect("met by several requests on their way is one limit", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(
        (_, count) => (count <= 5 ? secondary() : ok()),
        patient,
      );
      const all = Effect.forEach(Array.from({ length: 5 }), () => github.get(issue), {
        concurrency: 5,
      });
      yield* within("5 minutes", all);
      assert.deepStrictEqual(
        asked.map(({ at }) => at),
        [0, 0, 0, 0, 0, 61_000, 61_000, 61_000, 61_000, 61_000],
      );
    }),
  );

  it.effect("is left at once by who is interrupted, and keeps no place", () =>
    Effect.gen(function* () {
      const limits = RateLimits.make({ mostReads: 1 });
      const { asked, client: github } = yield* client(
        (_, count) => (count === 1 ? secondary({ "retry-after": "600" }) : ok()),
        { patienceSeconds: 3600, limits },
      );
      const fiber = yield* Effect.forkChild(github.get(issue));
      yield* pass("1 second");
      const exit = yield* Fiber.interrupt(fiber);
      assert.isUndefined(exit);
      assert.strictEqual(asked.length, 1);
      yield* within("20 minutes", github.get(issue));
      assert.strictEqual(asked.length, 2);
    }),
  );
});

describe("the limits of a token", () => {
  const hanging = () => {
    const open: Array<() => void> = [];
    const handler: Handler = () =>
      new Promise<Response>((resolve) => {
        open.push(() => resolve(ok()));
      });
    return { open, handler };
  };

  it.effect("let ten reads go at once, whoever asks", () =>
    Effect.gen(function* () {
      const limits = RateLimits.make();
      const { handler, open } = hanging();
      const one = yield* client(handler, { limits });
      const other = yield* client(handler, { limits });
      const fibers = yield* Effect.forEach(Array.from({ length: 14 }), (_, index) =>
        Effect.forkChild((index % 2 === 0 ? one : other).client.get(issue)),
      );
      yield* settle;
      assert.strictEqual(open.length, 10);
      yield* Fiber.interrupt(fibers[0]!);
      yield* settle;
      assert.strictEqual(open.length, 11);
      for (const answer of open.splice(0)) answer();
      yield* settle;
      assert.strictEqual(open.length, 3);
      for (const answer of open) answer();
      yield* Effect.forEach(fibers.slice(1), Fiber.join);
    }),
  );

  it.effect("are shared: what one client is refused, another waits for", () =>
    Effect.gen(function* () {
      const limits = RateLimits.make();
      const one = yield* client((_, count) => (count === 1 ? primary(403, 100) : ok()), {
        limits,
        ...patient,
      });
      const other = yield* client(ok, { limits, ...patient });
      yield* Effect.forkChild(one.client.get(issue));
      yield* settle;
      yield* within("3 minutes", other.client.get(issue));
      assert.strictEqual(other.asked[0]?.at, 101_000);
    }),
  );

  it("count down within an hour, in whichever order answers arrive", () => {
    const limits = RateLimits.make();
    const seen = (remaining: number, resetsInMillis: number, now: number) => {
      limits.learn("rest", { limit: 5000, remaining, resetsInMillis }, now);
      return limits.hindrance("read", "rest", now)?.millis;
    };
    assert.isUndefined(seen(2, 100_000, 0));
    assert.strictEqual(seen(0, 99_000, 1_000), 100_000);
    assert.strictEqual(seen(1, 98_500, 1_500), 99_500);
    assert.isUndefined(limits.hindrance("read", "graphql", 1_500));
    assert.isUndefined(limits.hindrance("read", "rest", 101_000));
    assert.isUndefined(seen(4999, 3_600_000, 101_000));
  });

  it("are those of who asks and whom, in all of the process", () => {
    const limits = RateLimits.of("https://api.github.com", "somebody");
    assert.strictEqual(RateLimits.of("https://api.github.com", "somebody"), limits);
    assert.notStrictEqual(RateLimits.of("https://api.github.com", "another"), limits);
    assert.notStrictEqual(RateLimits.of("https://api.acme.ghe.com", "somebody"), limits);
  });

  it.effect("keep a reserve that only changes may use", () =>
    Effect.gen(function* () {
      const limits = RateLimits.make({ reserve: 100 });
      const { asked, client: github } = yield* client(
        ({ method }) => json(method === "GET" ? { number: 1 } : [], budget(100, 3000)),
        { limits },
      );
      yield* github.get(issue);
      const error = yield* Effect.flip(github.get(issue));
      assert.strictEqual(error._tag, "RateLimited");
      yield* github.send(label);
      assert.deepStrictEqual(
        asked.map(({ method }) => method),
        ["GET", "POST"],
      );
    }),
  );

  it.effect("send changes one at a time, a second apart", () =>
    Effect.gen(function* () {
      let open = 0;
      let most = 0;
      const { asked, client: github } = yield* client(async () => {
        most = Math.max(most, ++open);
        await new Promise<void>((resolve) => void setImmediate(resolve));
        open--;
        return json([]);
      });
      const all = Effect.forEach(Array.from({ length: 4 }), () => github.send(label), {
        concurrency: 4,
      });
      yield* within("1 minute", all);
      assert.strictEqual(most, 1);
      const times = asked.map(({ at }) => at);
      assert.isTrue(times.every((at, index) => index === 0 || at - times[index - 1]! >= 1000));
    }),
  );
});
