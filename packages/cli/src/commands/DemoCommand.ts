/** `orchestrator demo`: its flags. */
import * as Command from "effect/cli/Command";
import * as Demo from "../demo/Demo.ts";
import * as GitHubDemo from "../demo/GitHubDemo.ts";
import { naming, off } from "./Flags.ts";
import { concurrencyOr, json, plain } from "./RunCommand.ts";

/** Builds a small program with a plan of dependent tasks, or works on issues of a GitHub of its own. */
export const command = Command.make(
  "demo",
  {
    folder: naming("folder", "DIR", "Work in this folder, new or empty (default a temporary one)"),
    github: off(
      "github",
      "Work on issues of a small GitHub with agents of a small Codegen, both on this machine; about 30 s",
    ),
    concurrency: concurrencyOr("4"),
    json,
    plain,
  },
  ({ github, ...options }) => (github ? GitHubDemo.run(options) : Demo.run(options)),
).pipe(
  Command.withDescription(
    "Watch a plan build a small program in a new repository; offline, about 10 s",
  ),
  Command.withExamples([
    { command: "orchestrator demo" },
    { command: "orchestrator demo --github", description: "issues, pull requests and merges" },
    { command: "orchestrator demo --concurrency 1", description: "the same, one task at a time" },
  ]),
);
