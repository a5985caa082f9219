import { PassThrough } from "node:stream";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Keyboard from "../src/terminal/Keyboard.ts";

/** Standard input as far as it is used here. */
const input = (isTTY: boolean) => {
  const stream = new PassThrough();
  const modes: Array<boolean> = [];
  const setRawMode = (mode: boolean) => {
    modes.push(mode);
    return stream;
  };
  const stdin = Object.assign(stream, { isTTY, setRawMode }) as unknown as NodeJS.ReadStream;
  return { stdin, stream, modes };
};

describe("Keyboard", () => {
  it("calls keys by their names", () => {
    expect(Keyboard.nameOf("c", { name: "c" })).toBe("c");
    expect(Keyboard.nameOf("G", { name: "g", shift: true })).toBe("G");
    expect(Keyboard.nameOf("?", {})).toBe("?");
    expect(Keyboard.nameOf(undefined, { name: "up" })).toBe("up");
    expect(Keyboard.nameOf("\r", { name: "return" })).toBe("return");
    expect(Keyboard.nameOf(" ", { name: "space" })).toBe("space");
    expect(Keyboard.nameOf("\u0003", { name: "c", ctrl: true })).toBe("ctrl+c");
    expect(Keyboard.nameOf("\u001b", { name: "escape", meta: true })).toBe("escape");
    expect(Keyboard.nameOf("\u001bc", { name: "c", meta: true })).toBeUndefined();
  });

  it.effect("has no keys where standard input is no terminal", () =>
    Effect.gen(function* () {
      const { modes, stdin } = input(false);
      expect(yield* Keyboard.keys(stdin)).toBeUndefined();
      expect(modes).toEqual([]);
    }),
  );

  it.live("gives keys one by one, and the terminal back as it was", () =>
    Effect.gen(function* () {
      const { modes, stdin, stream } = input(true);
      const taken = yield* Effect.scoped(
        Effect.gen(function* () {
          const keys = (yield* Keyboard.keys(stdin, () => true))!;
          stream.write("j\u001b[B?\r\u0003");
          return yield* Effect.replicateEffect(Queue.take(keys), 5);
        }),
      );
      expect(taken).toEqual(["j", "down", "?", "return", "ctrl+c"]);
      expect(modes).toEqual([true, false]);
      expect(stream.listenerCount("keypress")).toBe(0);
    }),
  );

  it.effect("leaves the terminal alone in the background", () =>
    Effect.gen(function* () {
      const { modes, stdin } = input(true);
      yield* Effect.scoped(Keyboard.keys(stdin, () => false));
      expect(modes).toEqual([]);
    }),
  );
});
