import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as fc from "fast-check";
import { Invalid, Malformed, NotFound, Unavailable } from "../src/GitHubError.ts";
import { cut, halving } from "../src/internal/batches.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const tooLarge = new Malformed({ message: "larger than 32 MiB" });

/** Answers batches of at most so many, and remembers how many were asked for. */
const limitedTo = (most: number) => {
  const sizes: Array<number> = [];
  const ask = (batch: ReadonlyArray<number>) => {
    sizes.push(batch.length);
    return batch.length <= most ? Effect.succeed(batch) : Effect.fail(tooLarge);
  };
  return { ask, sizes };
};

describe("cut", () => {
  it("keeps everything in order, and no piece above its size and weight unless one alone is", () => {
    const weights = fc.array(fc.nat({ max: 30 }), { maxLength: 200 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 20 }), (all, size) => {
        const pieces = cut(all, size, 40, (weight) => weight);
        expect(pieces.flat()).toEqual(all);
        for (const piece of pieces) {
          const weight = piece.reduce((sum, one) => sum + one, 0);
          expect(piece.length).toBeLessThanOrEqual(size);
          expect(weight <= 40 || piece.length === 1).toBe(true);
        }
      }),
    );
  });

  it("fills pieces that weigh nothing", () => {
    expect(cut(numbers(250), 100).map((piece) => piece.length)).toEqual([100, 100, 50]);
  });
});

describe("halving", () => {
  it.effect("asks for a batch that is taken once", () =>
    Effect.gen(function* () {
      const { ask, sizes } = limitedTo(100);
      expect(yield* halving(numbers(100), ask)).toEqual(numbers(100));
      expect(sizes).toEqual([100]);
    }),
  );

  it.effect("asks for halves of what is too much, in order", () =>
    Effect.gen(function* () {
      const { ask, sizes } = limitedTo(30);
      expect(yield* halving(numbers(100), ask)).toEqual(numbers(100));
      expect(sizes).toEqual([100, 50, 25, 25, 50, 25, 25]);
    }),
  );

  it.effect("stops where smaller batches would not help", () =>
    Effect.gen(function* () {
      const { ask, sizes } = limitedTo(0);
      expect(yield* Effect.flip(halving(numbers(100), ask))).toEqual(tooLarge);
      expect(sizes).toEqual([100, 50, 25, 13, 7, 4, 2, 1]);
    }),
  );

  it.effect("takes what GitHub says about too much for what it is", () =>
    Effect.gen(function* () {
      for (const error of [
        new Unavailable({ message: "timeout", reached: "maybe", status: 502 }),
        new Invalid({ message: "Resource limits exceeded", code: "RESOURCE_LIMITS_EXCEEDED" }),
      ]) {
        const ask = (batch: ReadonlyArray<number>) =>
          batch.length > 50 ? Effect.fail(error) : Effect.succeed(batch);
        expect(yield* halving(numbers(80), ask)).toEqual(numbers(80));
      }
    }),
  );

  it.effect("passes on what a smaller batch cannot change", () =>
    Effect.gen(function* () {
      for (const error of [
        new NotFound({ message: "gone" }),
        new Unavailable({ message: "refused", reached: "no" }),
        new Unavailable({ message: "no answer in 30 s", reached: "maybe" }),
        new Invalid({ message: "no such field" }),
      ]) {
        expect(yield* Effect.flip(halving(numbers(100), () => Effect.fail(error)))).toBe(error);
      }
    }),
  );
});
