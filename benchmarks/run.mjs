/**
 * Measures the engine beside its peers and writes README.md and results.json.
 * `pnpm bench` runs it, `pnpm bench durable`, `graph`, `codegen` or `github` one part of it;
 * `pnpm bench --quick` measures small sizes and only prints.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { measureCodegen } from "./lib/measureCodegen.mjs";
import { measureDurable } from "./lib/measureDurable.mjs";
import { measureGithub } from "./lib/measureGithub.mjs";
import { measureGraph } from "./lib/measureGraph.mjs";
import { built, builtCodegen, builtLocal, effectVersion } from "./lib/workspace.mjs";
import { full, quick } from "./plan.mjs";
import { report } from "./report.mjs";

const here = import.meta.dirname;
const root = new URL("..", import.meta.url);
const kept = new URL("results.json", import.meta.url);
const parts = {
  durable: measureDurable,
  graph: measureGraph,
  codegen: measureCodegen,
  github: measureGithub,
};

/** Parts that are measured beside nothing. */
const alone = new Set(["codegen", "github"]);

const pnpm = (args, cwd) => {
  const { packageManager } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  execFileSync("npx", ["-y", packageManager, ...args], { cwd, stdio: ["ignore", 2, 2] });
};

/** A peer that cannot be installed is reported by the case that misses it. */
const installPeers = () => {
  try {
    pnpm(["install", "--frozen-lockfile"], here);
  } catch {
    console.error("Not all peers could be installed: what is missing is not measured.");
  }
};

/** What is measured is what the sources say. */
const buildPackages = () => {
  for (const name of ["core", "local", "codegen"])
    pnpm(["--filter", `@orchestrator/${name}`, "build"], root);
};

/** Changes whenever the measured packages are built anew: their parts are named by their contents. */
const build = () =>
  [built, builtLocal("LocalJournal"), builtCodegen]
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

const environment = () => ({
  node: process.version,
  cpus: availableParallelism(),
  architecture: `${process.platform} ${process.arch}`,
  loadBefore: loadavg()[0],
  peers: {
    effect: effectVersion(),
    ...JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies,
  },
});

const measureAll = (names, plan) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      { environment: environment(), plan: plan.name, ...parts[name](plan) },
    ]),
  );

const keep = (measured) => {
  const results = { ...JSON.parse(readFileSync(kept, "utf8")), ...measured };
  writeFileSync(kept, `${JSON.stringify(results, null, 2)}\n`);
  pnpm(["exec", "oxfmt", "benchmarks/results.json"], root);
  writeFileSync(new URL("README.md", import.meta.url), report(results));
};

const main = (names, isQuick) => {
  if (names.some((name) => !alone.has(name))) installPeers();
  buildPackages();
  const before = build();
  const measured = measureAll(names, isQuick ? quick : full);
  console.log(report(measured));
  if (isQuick) return 0;
  if (build() !== before) {
    console.error(
      "The engine was rebuilt while it was measured; nothing is written. Run it again.",
    );
    return 1;
  }
  keep(measured);
  return 0;
};

const [major, minor] = process.versions.node.split(".").map(Number);
const given = process.argv.slice(2).filter((argument) => argument !== "--");
const unknown = given.find((argument) => argument !== "--quick" && !(argument in parts));
if (unknown !== undefined) {
  console.error(
    `Unknown argument ${unknown}: durable, graph, codegen, github and --quick are known.`,
  );
  process.exitCode = 2;
} else if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `The engine needs Node 22.19 or later, not ${process.version}: use \`pnpm bench\`.`,
  );
  process.exitCode = 2;
} else {
  const named = Object.keys(parts).filter((name) => given.includes(name));
  process.exitCode = main(
    named.length === 0 ? Object.keys(parts) : named,
    given.includes("--quick"),
  );
}
