// Generates the API documentation from the doc comments into docs/api/site; fails at a warning.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../docs/api");

/**
 * @param {string} command
 * @param {ReadonlyArray<string>} args
 */
const run = (command, args) => {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

run("pnpm", ["install", "--frozen-lockfile", "--ignore-workspace", "--silent"]);
run(process.execPath, ["node_modules/typedoc/bin/typedoc"]);
