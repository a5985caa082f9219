import assert from "node:assert/strict";
import { test } from "node:test";
import { frequency } from "../lib/frequency.mjs";

test("puts the most frequent word first", () => {
  assert.deepEqual(frequency("a b b"), [
    ["b", 2],
    ["a", 1],
  ]);
});

test("puts equally frequent words into alphabetical order, up to the limit", () => {
  assert.deepEqual(frequency("c b a", 2), [
    ["a", 1],
    ["b", 1],
  ]);
});
