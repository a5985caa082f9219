/** `orchestrator run`: its flags. */
import { RunEvent } from "@orchestrator/core";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as RunPlan from "../run/RunPlan.ts";
import { naming, off } from "./Flags.ts";
import * as LimitFlags from "./LimitFlags.ts";
import * as LogFlags from "./LogFlags.ts";
import { wanted } from "./PlanFlags.ts";

/** How many agents work at once, and how many do without the flag. */
export const concurrencyOr = (otherwise: string) =>
  Flag.Int("concurrency").pipe(
    Flag.withAlias("c"),
    Flag.filter(
      (value) => value >= 1 && value <= 10_000,
      () => "a whole number from 1 to 10000",
    ),
    Flag.withDescription(`Agents at work at once (default ${otherwise})`),
    Flag.withMetavar("N"),
    Flag.optional,
  );

/** How many agents work at once, for a plan of the user. */
export const concurrency = concurrencyOr("what the plan says, else the configuration, else 10");

/** How tasks are chosen. */
export const mode = Flag.Literals("mode", RunEvent.Mode.literals).pipe(
  Flag.withDescription("How the next task is chosen (default what the plan says, or parallel)"),
  Flag.optional,
);

/** A further file of results. */
export const results = Flag.String("results").pipe(
  Flag.filter(
    (file) => /\.(json|csv)$/i.test(file),
    () => "a file name that ends in .json or .csv",
  ),
  Flag.withDescription("Also write the results to this file, as its ending says: .json or .csv"),
  Flag.withMetavar("FILE"),
  Flag.optional,
);

/** Whether events are printed for programs. */
export const json = off(
  "json",
  "Print events as NDJSON on standard output, all else on standard error",
);

/** Whether nothing moves. */
export const plain = off("plain", "Print a line per event, on a terminal too");

/** Whether the services that agents need are looked at before anything starts. */
export const noPreflight = off(
  "no-preflight",
  "Start without asking Codegen whether it takes the tasks, or git whether it may push",
);

/** How a plan of a file is run, whatever names it. */
export const ofFile = {
  concurrency,
  mode,
  noPreflight,
  failFast: off("fail-fast", "Start nothing more once a task has failed"),
  dryRun: off(
    "dry-run",
    "Only check the plan and show what would run; nothing is changed anywhere",
  ),
  results,
  json,
  plain,
  keepFailed: off("keep-failed", "Keep the worktrees of attempts that fail"),
  updateCheckout: off("update-checkout", "Move a clean checkout of the base branch along"),
  session: naming("session", "NAME", "What the run belongs to: see orchestrator sessions"),
  ...LimitFlags.all,
  ...LogFlags.withDryRun,
};

/** Runs a plan. */
export const command = Command.make(
  "run",
  {
    ...wanted,
    ...ofFile,
    yes: off(
      "yes",
      "Start issues without asking; where nobody can be asked, as in CI, or with --json nobody is",
    ).pipe(Flag.withAlias("y")),
    noPostResults: off(
      "no-post-results",
      "Tell nothing on GitHub: no comments, no labels, no board, nothing closed",
    ),
  },
  RunPlan.run,
).pipe(
  Command.withDescription(
    "Run a plan of a file, or the issues of GitHub: every task as soon as what it depends on is done",
  ),
  Command.withExamples([
    { command: "orchestrator run plan.yaml --concurrency 4" },
    { command: "orchestrator run --config config.yaml", description: "what it names on GitHub" },
    { command: "orchestrator run --repo acme/shop --dry-run", description: "only look" },
    { command: "orchestrator run --results results.csv", description: "and keep a row per task" },
    { command: "orchestrator run --json | jq .event", description: "events for another program" },
  ]),
);
