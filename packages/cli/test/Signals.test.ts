import { describe, expect, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Signals from "../src/terminal/Signals.ts";

const setup = () => {
  const seen: Array<string | number> = [];
  let now = 0;
  let limit: { readonly millis: number; readonly act: () => void } | undefined;
  const signals = Signals.make({
    interrupt: () => seen.push("interrupt"),
    exit: (code, said) => seen.push(code, ...(said === undefined ? [] : [said])),
    now: () => now,
    later: (millis, act) => (limit = { millis, act }),
  });
  return { seen, signals, pass: (millis: number) => (now += millis), limit: () => limit };
};

describe("Signals", () => {
  it("interrupts at the first signal and exits at the second", () => {
    const { pass, seen, signals } = setup();
    signals.raise("SIGTERM");
    pass(1_000);
    signals.raise("SIGINT");
    expect(seen).toEqual(["interrupt", 130]);
    expect(signals.received()).toBe("SIGTERM");
  });

  it("exits when ending in order takes longer than people wait", () => {
    const { limit, seen, signals } = setup();
    expect(limit()).toBeUndefined();
    signals.raise("SIGTERM");
    expect(limit()?.millis).toBeLessThan(2_000);
    limit()?.act();
    expect(seen).toEqual(["interrupt", 143]);
  });

  it("takes a signal that comes twice at once for one", () => {
    const { pass, seen, signals } = setup();
    signals.raise("SIGINT");
    pass(20);
    signals.raise("SIGINT");
    expect(seen).toEqual(["interrupt"]);
  });

  it("never exits because a pipe is broken again", () => {
    const { pass, seen, signals } = setup();
    signals.raise("SIGPIPE");
    pass(1_000);
    signals.raise("SIGPIPE");
    expect(seen).toEqual(["interrupt"]);
  });

  it.effect("leaves the end to whoever takes care of it, as long as that runs", () =>
    Effect.gen(function* () {
      const { seen, signals } = setup();
      const entered = yield* Deferred.make<void>();
      const fiber = yield* Effect.forkChild(
        signals.handledBy(Effect.andThen(Deferred.succeed(entered, undefined), signals.first)),
      );
      yield* Deferred.await(entered);
      signals.raise("SIGINT");
      expect(yield* Fiber.join(fiber)).toBe("SIGINT");
      expect(seen).toEqual([]);
    }),
  );

  it.effect("says what is left when it exits while somebody takes care of the end", () =>
    Effect.gen(function* () {
      const { pass, seen, signals } = setup();
      const entered = yield* Deferred.make<void>();
      yield* Effect.forkChild(
        signals.handledBy(
          Effect.andThen(Deferred.succeed(entered, undefined), Effect.never),
          () => "2 agents go on working",
        ),
      );
      yield* Deferred.await(entered);
      signals.raise("SIGINT");
      pass(1_000);
      signals.raise("SIGINT");
      expect(seen).toEqual([130, "2 agents go on working"]);
    }),
  );
});
