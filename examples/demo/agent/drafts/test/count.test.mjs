import assert from "node:assert/strict";
import { test } from "node:test";
import { count } from "../lib/count.mjs";

test("counts lines, words and characters", () => {
  assert.deepEqual(count("one two\nthree\n"), { lines: 2, words: 3, characters: 14 });
});

test("counts a last line without an end", () => {
  assert.equal(count("one\ntwo").lines, 2);
});
