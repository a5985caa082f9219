import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { root, variants } from "../src/variants.ts";
import { simulate } from "../src/workers.ts";

describe("variants", () => {
  for (const { name, patches } of variants) {
    it(`fits the sources: ${name}`, () => {
      for (const { file, replacement, text } of patches) {
        const source = readFileSync(`${root}${file}`, "utf8");
        assert.strictEqual(source.split(text).length, 2, `${file}: ${text}`);
        assert.notStrictEqual(replacement, text);
      }
    });
  }

  it("are caught by checkers that look only at the world", async () => {
    const told = await simulate({
      first: 1,
      count: 4,
      variant: "no fsync before the effect",
      stop: true,
    });
    assert.strictEqual(told[0]?.violation?.checker, "intent first");
  });

  it("are caught through the journal of the product", async () => {
    const told = await simulate({
      first: 1,
      count: 1,
      journal: "sql",
      variant: "SqlJournal: the epoch is not raised",
      stop: true,
    });
    assert.strictEqual(told[0]?.violation?.checker, "epochs");
  });

  it("are refused where the text to replace is not there", async () => {
    const failure = await simulate({ first: 1, count: 1, variant: "nonsense" }).then(
      () => "it ran",
      String,
    );
    assert.include(failure, "There is no variant nonsense.");
  });
});
