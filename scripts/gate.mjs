// The whole gate: runs every stage, shows the output of what fails, and ends with one line of counts.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

/** @typedef {{ passed: number, failed: number }} Counts */
/** @typedef {{ name: string, run: () => Promise<Counts> }} Stage */

const root = join(import.meta.dirname, "..");
const reports = join(root, "node_modules/.cache/gate");
// Every child finds the workspace's tools and its Node first, however the gate was started.
const env = {
  ...process.env,
  PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter),
  ...(process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: "1" }),
};

/**
 * Runs a command in the root and gives its exit code with what it printed.
 *
 * @param {string} command
 * @param {ReadonlyArray<string>} args
 * @param {"inherit" | "pipe"} output
 * @returns {Promise<{ code: number, text: string }>}
 */
const execute = (command, args, output) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", output, output] });
    /** @type {Array<Buffer>} */
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ code: 127, text: `${command}: ${error.message}\n` }));
    child.on("close", (code) => {
      resolve({ code: code ?? 1, text: Buffer.concat(chunks).toString() });
    });
  });

/**
 * A stage that counts as one check: it passes when its command exits with 0.
 *
 * @param {string} name
 * @param {string} command
 * @param {ReadonlyArray<string>} args
 * @returns {Stage}
 */
const check = (name, command, args = []) => ({
  name,
  run: async () => {
    const { code, text } = await execute(command, args, "pipe");
    if (code === 0) return { passed: 1, failed: 0 };
    process.stdout.write(`${text.trimEnd()}\n`);
    return { passed: 0, failed: 1 };
  },
});

/**
 * The counts of a vitest report; a file that could not even be loaded is one failure.
 *
 * @param {string} file
 * @returns {Counts}
 */
const readCounts = (file) => {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    const unloaded = report.testResults.filter(
      (/** @type {{ status: string, assertionResults: Array<{ status: string }> }} */ result) =>
        result.status === "failed" &&
        result.assertionResults.every((test) => test.status !== "failed"),
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
};

/**
 * A stage that counts every test of one vitest project.
 *
 * @param {string} name
 * @param {string} project
 * @returns {Stage}
 */
const tests = (name, project) => ({
  name,
  run: async () => {
    const report = join(reports, `${project}.json`);
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const args = ["run", "--project", project, ...reporters];
    const { code } = await execute("vitest", args, "inherit");
    const { passed, failed } = readCounts(report);
    // An error outside every test, or no test at all, fails the stage as well.
    return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
  },
});

const stages = [
  check("types", "tsc", ["-b"]),
  check("effect diagnostics", "effect-tsgo", [
    "diagnostics",
    "--project",
    "tsconfig.effect.json",
    "--strict",
  ]),
  check("lint", "oxlint", ["--deny-warnings"]),
  check("format", "oxfmt", ["--check"]),
  check("build", "pnpm", ["run", "build"]),
  check("programs of tests", "pnpm", ["--filter", "@orchestrator/cli", "run", "build:tests"]),
  tests("tests", "packages"),
  check("package checks", "node", ["scripts/check-pack.mjs"]),
  tests("examples", "examples"),
  tests("simulation", "simulation"),
  tests("kills", "kills"),
  check("2,000 simulated runs", "node", [
    "--conditions=@orchestrator/source",
    "simulation/src/main.ts",
    "--seeds",
    "2000",
  ]),
];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const total = { passed: 0, failed: 0 };
for (const [index, stage] of stages.entries()) {
  console.log(`[${index + 1}/${stages.length}] ${stage.name}`);
  const start = performance.now();
  const { passed, failed } = await stage.run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`      ${failed === 0 ? "ok" : "FAILED"} in ${seconds} s`);
  total.passed += passed;
  total.failed += failed;
}

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
