import { readFileSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { badConfigurations } from "./support/badConfigurations.ts";
import * as Configs from "./support/Configs.ts";

/** As packages/cli/scripts/bad-configurations.mjs prints them. */
const fixture = readFileSync(new URL("fixtures/bad-configurations.txt", import.meta.url), "utf8");

const expected = new Map(
  fixture
    .trimEnd()
    .split("\n\n")
    .map((block) => {
      const [name = "", ...lines] = block.split("\n");
      return [name, lines.map((line) => line.slice(2))] as const;
    }),
);

describe("a configuration that cannot be used", () => {
  it.effect.each(badConfigurations)("says what is wrong, where and what is allowed: $name", (bad) =>
    Effect.gen(function* () {
      const { problems } = yield* Configs.show(bad);
      expect(problems.flatMap((problem) => problem.split("\n"))).toEqual(expected.get(bad.name));
      expect(problems.join("\n")).not.toMatch(/ghp_/);
    }),
  );

  it("has nothing in the list that is not looked at", () => {
    expect(Array.from(expected.keys())).toEqual(badConfigurations.map(({ name }) => name));
  });
});
