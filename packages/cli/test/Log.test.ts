import { describe, expect, it } from "@effect/vitest";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Log from "../src/Log.ts";

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

  it.effect("adds why", () =>
    Effect.gen(function* () {
      const text = yield* told(Effect.logError("it broke", Cause.fail(new Error("no space"))));
      expect(text).toMatch(/^error: it broke.*no space/);
    }),
  );
});
