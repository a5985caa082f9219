#!/usr/bin/env node
import * as NodeVersion from "./NodeVersion.ts";

const problem = NodeVersion.problem(process.versions.node);
if (problem === undefined) {
  // Only now: an older Node could not load what comes with them.
  const [Main, { program }] = await Promise.all([import("./Main.ts"), import("./Program.ts")]);
  Main.run(process, program);
} else {
  process.stderr.write(`error: ${problem}\n`);
  // As ExitCode.codes.unavailable.
  process.exitCode = 69;
}
