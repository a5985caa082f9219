import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "../lib/words.mjs";

test("finds the words of any script", () => {
  assert.deepEqual(words("Ärger, ΛΌΓΟΣ и слово"), ["ärger", "λόγος", "и", "слово"]);
});
