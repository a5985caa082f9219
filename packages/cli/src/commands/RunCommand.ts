/** `orchestrator run`: its flags. */
import { RunEvent } from "@orchestrator/core";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as RunPlan from "../RunPlan.ts";

/** Whether a text can name anything. */
export const isName = (text: string): boolean => text !== "";

/** What is asked for where a name is empty. */
export const nameWanted = (): string => "a name that is not empty";

/** The plan file, for every command that takes one. */
export const plan = Argument.String("plan").pipe(
  Argument.withDescription(
    "The plan file; absent: orchestrator.plan or plan with .yaml, .yml or .json",
  ),
  Argument.filter(isName, nameWanted),
  Argument.optional,
);

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

/** The configuration, for every command that works with agents. */
export const config = Flag.String("config").pipe(
  Flag.filter(isName, nameWanted),
  Flag.withDescription("The configuration file, YAML or JSON"),
  Flag.withMetavar("FILE"),
  Flag.optional,
);

/** The configuration of a run that was started before. */
export const configOr = config.pipe(
  Flag.withDescription("The configuration file (default the one that the run was started with)"),
);

/** Hosts beside the official ones; a file of a repository cannot allow any. */
export const allowHost = Flag.String("allow-host").pipe(
  Flag.filter(isName, nameWanted),
  Flag.withDescription(
    "Send the token to this host too, if the configuration names it (also: ORCHESTRATOR_ALLOWED_HOSTS)",
  ),
  Flag.withMetavar("HOST"),
  Flag.atLeast(0),
);

const off = <A>(flag: Flag.Flag<A>) => flag.pipe(Flag.withDefault(false));

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
export const json = off(Flag.Boolean("json")).pipe(
  Flag.withDescription("Print events as NDJSON on standard output, all else on standard error"),
);

/** Whether nothing moves. */
export const plain = off(Flag.Boolean("plain")).pipe(
  Flag.withDescription("Print a line per event, on a terminal too"),
);

/** Whether the services that agents need are looked at before anything starts. */
export const noPreflight = off(Flag.Boolean("no-preflight")).pipe(
  Flag.withDescription("Start without asking Codegen whether it would take the tasks"),
);

/** Runs a plan. */
export const command = Command.make(
  "run",
  {
    plan,
    concurrency,
    mode,
    config,
    allowHost,
    noPreflight,
    failFast: off(Flag.Boolean("fail-fast")).pipe(
      Flag.withDescription("Start nothing more once a task has failed"),
    ),
    dryRun: off(Flag.Boolean("dry-run")).pipe(
      Flag.withDescription("Only check the plan and show what would run"),
    ),
    results,
    json,
    plain,
    keepFailed: off(Flag.Boolean("keep-failed")).pipe(
      Flag.withDescription("Keep the worktrees of attempts that fail"),
    ),
    updateCheckout: off(Flag.Boolean("update-checkout")).pipe(
      Flag.withDescription("Move a clean checkout of the base branch along"),
    ),
  },
  RunPlan.run,
).pipe(
  Command.withDescription("Run a plan: every task as soon as what it depends on is done"),
  Command.withExamples([
    { command: "orchestrator run plan.yaml --concurrency 4" },
    { command: "orchestrator run --results results.csv", description: "and keep a row per task" },
    { command: "orchestrator run --json | jq .event", description: "events for another program" },
  ]),
);
