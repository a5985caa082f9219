import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const wordstat = (...args) =>
  spawnSync(process.execPath, ["wordstat.mjs", ...args], { cwd: root, encoding: "utf8" });

test("prints the report of a file", () => {
  const { status, stdout } = wordstat("samples/fox.txt");
  assert.equal(status, 0);
  assert.match(stdout, /^most frequent the \(5\), dog \(3\), fox \(2\)/m);
});

test("prints only the number of words when asked", () => {
  assert.equal(wordstat("--words", "samples/fox.txt").stdout, "20\n");
});

test("says how it is used when no file is named", () => {
  const { status, stderr } = wordstat();
  assert.equal(status, 2);
  assert.match(stderr, /^usage:/);
});
