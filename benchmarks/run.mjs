/**
 * Measures the engine beside its peers and writes README.md and results.json.
 * `pnpm bench` runs it; `pnpm bench --quick` measures small graphs and only prints.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { canRun, contenders } from "./lib/contenders.mjs";
import { shapeNames } from "./lib/graphs.mjs";
import { built, effectVersion } from "./lib/workspace.mjs";
import { full, quick } from "./plan.mjs";
import { report } from "./report.mjs";

const here = import.meta.dirname;
const root = new URL("../package.json", import.meta.url);

const pnpm = (args, cwd) => {
  const { packageManager } = JSON.parse(readFileSync(root, "utf8"));
  execFileSync("npx", ["-y", packageManager, ...args], { cwd, stdio: ["ignore", 2, 2] });
};

/** Runs one case in a fresh process of this Node. */
const measure = (name, options) => {
  process.stderr.write(`${name} ${Object.values(options).join(" ")}\n`);
  const args = ["--expose-gc", "--max-old-space-size=6144", "child.mjs"];
  const output = execFileSync(process.execPath, [...args, JSON.stringify({ name, ...options })], {
    cwd: here,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output);
};

/** A case's figures together with what they are for. */
const record = (name, options) => ({ ...options, figures: measure(name, options) });

/** Rounds go through all contenders in turn, so that a slow minute of the machine meets them all. */
const speeds = ({ sizes, runs, rounds, warmUpSize }) => {
  const found = [];
  for (const shape of shapeNames) {
    for (const size of sizes) {
      for (let round = 1; round <= rounds(size); round++) {
        for (const contender of Object.keys(contenders)) {
          if (!canRun(contender, shape, size)) continue;
          // listr2 takes minutes for the warm-up of the others.
          const warm = contender === "listr2" ? Math.min(size, 1000) : warmUpSize;
          const own = contender === "listr2" ? Math.min(3, runs(size)) : runs(size);
          const options = { contender, shape, size, runs: own, warmUps: 2, warmUpSize: warm };
          found.push({ round, ...record("speed", options) });
        }
      }
    }
  }
  return found;
};

const growths = ({ sizes, runs, warmUpSize }) =>
  shapeNames.flatMap((shape) =>
    sizes.map((size) =>
      record("speed", { contender: "ours", shape, size, runs: runs(size), warmUps: 2, warmUpSize }),
    ),
  );

const memory = ({ size }) => ({
  waiting: ["chain", "fan"].map((shape) => record("waiting", { shape, size })),
  finished: ["handle", "result"].flatMap((keep) =>
    ["chain", "fan"].map((shape) => record("finished", { keep, shape, size })),
  ),
  peak: ["ours", "p-graph"].flatMap((contender) =>
    ["chain", "fan"].map((shape) => record("peak", { contender, shape, size })),
  ),
});

const stalls = ({ size, processes }) =>
  shapeNames.flatMap((shape) =>
    Array.from({ length: processes }, () => record("stall", { shape, size })),
  );

const measureAll = (plan) => ({
  environment: {
    node: process.version,
    effect: effectVersion(),
    ...JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies,
    cpus: availableParallelism(),
    architecture: `${process.platform} ${process.arch}`,
    loadBefore: loadavg()[0],
  },
  plan: plan.name,
  makespan: record("makespan", plan.makespan),
  memory: memory(plan.memory),
  stalls: stalls(plan.stalls),
  insertion: plan.insertion.sizes.map(({ runs, size }) =>
    record("insertion", { size, runs, warmUps: 2, warmUpSize: plan.insertion.warmUpSize }),
  ),
  speed: speeds(plan.speed),
  growth: growths(plan.growth),
});

const [major, minor] = process.versions.node.split(".").map(Number);
const flags = process.argv.slice(2);
const unknown = flags.filter((flag) => flag !== "--quick" && flag !== "--");
if (unknown.length > 0) {
  console.error(`Unknown option ${unknown[0]}: only --quick is known.`);
  process.exitCode = 2;
} else if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `The engine needs Node 22.19 or later, not ${process.version}: use \`pnpm bench\`.`,
  );
  process.exitCode = 2;
} else {
  pnpm(["install", "--ignore-workspace", "--frozen-lockfile"], here);
  if (!existsSync(built)) pnpm(["--filter", "@orchestrator/core", "build"], new URL(".", root));
  const isQuick = flags.includes("--quick");
  const measured = readFileSync(built, "utf8");
  const results = measureAll(isQuick ? quick : full);
  const text = report(results);
  if (readFileSync(built, "utf8") !== measured) {
    console.error(
      "The engine was rebuilt while it was measured; nothing is written. Run it again.",
    );
    process.exitCode = 1;
  } else if (!isQuick) {
    writeFileSync(
      new URL("results.json", import.meta.url),
      `${JSON.stringify(results, null, 2)}\n`,
    );
    pnpm(["exec", "oxfmt", "benchmarks/results.json"], new URL(".", root));
    writeFileSync(new URL("README.md", import.meta.url), text);
  }
  console.log(text);
}
