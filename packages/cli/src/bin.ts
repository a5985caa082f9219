#!/usr/bin/env node
import * as Module from "node:module";
import * as path from "node:path";
import * as NodeVersion from "./NodeVersion.ts";

const problem = NodeVersion.problem(process.versions.node);
if (problem === undefined) {
  // The bundle is compiled once. What comes of it lies beside it: whoever may write there may write the bundle.
  const { dirname, filename } = import.meta;
  if (filename.endsWith(".js")) Module.enableCompileCache(path.join(dirname, "compiled"));
  // Only now: an older Node could not load what comes with them.
  const [Main, { program }] = await Promise.all([import("./Main.ts"), import("./Program.ts")]);
  Main.run(process, program);
} else {
  process.stderr.write(`error: ${problem}\n`);
  // As ExitCode.codes.unavailable.
  process.exitCode = 69;
}
