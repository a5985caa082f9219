import assert from "node:assert/strict";
import { test } from "node:test";
import { readingTime } from "../lib/reading-time.mjs";

test("rounds a short text up to a minute", () => {
  assert.equal(readingTime("a few words"), 1);
});

test("takes two minutes for more than two hundred words", () => {
  assert.equal(readingTime("word ".repeat(201)), 2);
});
