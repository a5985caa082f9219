import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as JobControl from "../src/terminal/JobControl.ts";

describe("JobControl", () => {
  it.effect("begins and ends with its scope, and listens to no signal after it", () =>
    Effect.gen(function* () {
      const told: Array<string> = [];
      const use = (name: string): JobControl.Use => ({
        begin: () => void told.push(`+${name}`),
        end: () => void told.push(`-${name}`),
      });
      const before = process.listenerCount("SIGTSTP");
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* JobControl.around(use("a"));
          yield* JobControl.around(use("b"));
          expect(process.listenerCount("SIGTSTP")).toBe(before + 1);
          // As after a stop.
          process.emit("SIGCONT");
        }),
      );
      expect(told).toEqual(["+a", "+b", "+a", "+b", "-b", "-a"]);
      expect(process.listenerCount("SIGTSTP")).toBe(before);
      expect(process.listenerCount("SIGCONT")).toBe(0);
    }),
  );
});
