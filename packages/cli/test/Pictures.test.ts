import { readFileSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as pictures from "./pictures/pictures.ts";

const stored = (file: string): string =>
  readFileSync(new URL(`../../../docs/pictures/${file}`, import.meta.url), "utf8");

describe("The pictures of the live view", () => {
  it.effect.each(pictures.all)("$file is what the live view draws: pnpm pictures", (picture) =>
    Effect.gen(function* () {
      const svg = yield* pictures.render(picture);
      expect(svg === stored(picture.file)).toBe(true);
      expect(svg.length).toBeLessThan(60 * 1024);
    }),
  );
});
