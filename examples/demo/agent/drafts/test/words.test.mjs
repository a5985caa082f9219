import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "../lib/words.mjs";

test("gives the words of a text in lower case", () => {
  assert.deepEqual(words("Stop! It's 5 o'clock."), ["stop", "it's", "5", "o'clock"]);
});

test("finds no words in punctuation", () => {
  assert.deepEqual(words(" -- ' ... "), []);
});
