import { describe, expect, it } from "@effect/vitest";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Log from "../src/terminal/Log.ts";

const told = Effect.fnUntraced(function* (logging: Effect.Effect<void>) {
  const written: Array<string> = [];
  const stderr = { write: (text: string) => written.push(text) > 0 } as NodeJS.WriteStream;
  yield* Effect.provide(logging, Log.layer({ stderr: stderr as typeof process.stderr }));
  return written.join("");
});

describe("Log", () => {
  it.effect(
    "says a warning in one line on standard error, with nothing that acts on a terminal",
    () =>
      Effect.gen(function* () {
        const text = yield* told(Effect.logWarning("the\u001b[2J worktree of\na was not removed"));
        expect(text).toBe("warning: the worktree of a was not removed\n");
      }),
  );

  it.effect("says nothing below the level that is wanted", () =>
    Effect.gen(function* () {
      const both = Effect.andThen(Effect.logWarning("careful"), Effect.logDebug("a detail"));
      expect(yield* told(Log.from("WARNING")(both))).toBe("warning: careful\n");
      expect(yield* told(Log.from("DEBUG")(both))).toBe("warning: careful\ndebug: a detail\n");
      expect(yield* told(Log.from("ERROR")(both))).toBe("");
    }),
  );

  it("takes the level that is named, then the shorter flags, then the configuration", () => {
    const none = { debug: false, verbose: false, logLevel: Option.none() };
    expect(Log.wanted(none, undefined)).toBe("INFO");
    expect(Log.wanted(none, "ERROR")).toBe("ERROR");
    expect(Log.wanted({ ...none, verbose: true }, "ERROR")).toBe("INFO");
    expect(Log.wanted({ ...none, debug: true, verbose: true }, "ERROR")).toBe("DEBUG");
    expect(Log.wanted({ ...none, debug: true, logLevel: Option.some("ERROR") }, "INFO")).toBe(
      "ERROR",
    );
  });

  it.effect("adds why", () =>
    Effect.gen(function* () {
      const text = yield* told(Effect.logError("it broke", Cause.fail(new Error("no space"))));
      expect(text).toMatch(/^error: it broke.*no space/);
    }),
  );
});
