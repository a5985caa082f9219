import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { devNull } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const wordstat = fileURLToPath(new URL("../wordstat.mjs", import.meta.url));

test("reports an empty file", () => {
  const report = execFileSync(process.execPath, [wordstat, devNull], { encoding: "utf8" });
  assert.match(report, /^lines +0\nwords +0\ncharacters +0\nreading time +0 minutes\n/);
});
