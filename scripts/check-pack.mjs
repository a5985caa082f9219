// Packs every public package and checks the tarballs: what is published, not what is in the tree.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const packages = join(import.meta.dirname, "../packages");
const folder = mkdtempSync(join(tmpdir(), "orchestrator-pack-"));

/**
 * Runs a command and gives what it printed to stdout; throws when it exits with another code than 0.
 *
 * @param {string} command
 * @param {ReadonlyArray<string>} args
 * @param {string} cwd
 */
const run = (command, args, cwd = folder) => execFileSync(command, args, { cwd, encoding: "utf8" });

/**
 * Packs one package and unpacks the tarball beside it.
 *
 * @param {string} name
 */
const pack = (name) => {
  const into = join(folder, name);
  run("pnpm", ["pack", "--pack-destination", into], join(packages, name));
  const tarball = readdirSync(into).find((file) => file.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`pnpm pack wrote no tarball for packages/${name}`);
  run("tar", ["-xzf", tarball], into);
  return { tarball: join(into, tarball), unpacked: join(into, "package") };
};

/** @param {string} name */
const checkPackage = (name) => {
  const { tarball, unpacked } = pack(name);
  const manifest = readFileSync(join(unpacked, "package.json"), "utf8");
  const files = readdirSync(unpacked, { recursive: true, encoding: "utf8" });
  const problems = [
    /"(workspace|catalog):/.test(manifest) &&
      "package.json still has a workspace: or catalog: range",
    !files.includes("LICENSE") && "LICENSE is missing",
    !files.includes("README.md") && "README.md is missing",
    files.some((file) => file.endsWith(".tsbuildinfo")) && "a .tsbuildinfo is packed",
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Error(`@orchestrator/${name}: ${problems.join("; ")}`);

  run("publint", ["run", "--strict", tarball]);
  const { bin, exports } = JSON.parse(manifest);
  if (exports !== undefined) run("attw", [tarball, "--profile", "esm-only"]);
  // A command is bundled: it must start where nothing is installed beside it.
  for (const file of Object.values(bin ?? {})) {
    run("node", [join(unpacked, file), "--version"]);
    // It finds the templates that come along.
    run("node", [join(unpacked, file), "project", "list", "--templates"]);
  }
  console.log(`@orchestrator/${name}: ${files.length} files, ok`);
};

/** @param {string} name */
const isPublic = (name) =>
  JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")).private !== true;

let failed = 0;
try {
  for (const name of readdirSync(packages).filter(isPublic)) {
    try {
      checkPackage(name);
    } catch (error) {
      failed += 1;
      const { message, stdout = "" } = /** @type {Error & { stdout?: string }} */ (error);
      console.error(`${message}\n${stdout}`.trimEnd());
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
