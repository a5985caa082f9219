/** `orchestrator demo`: its flags. */
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Demo from "../demo/Demo.ts";
import { isName, nameWanted } from "./PlanFlags.ts";
import { concurrencyOr, json, plain } from "./RunCommand.ts";

/** Builds a small program with a plan of dependent tasks. */
export const command = Command.make(
  "demo",
  {
    folder: Flag.String("folder").pipe(
      Flag.filter(isName, nameWanted),
      Flag.withDescription("Work in this folder, new or empty (default a temporary one)"),
      Flag.withMetavar("DIR"),
      Flag.optional,
    ),
    concurrency: concurrencyOr("4"),
    json,
    plain,
  },
  Demo.run,
).pipe(
  Command.withDescription(
    "Watch a plan build a small program in a new repository; offline, about 10 s",
  ),
  Command.withExamples([
    { command: "orchestrator demo" },
    { command: "orchestrator demo --concurrency 1", description: "the same, one task at a time" },
  ]),
);
