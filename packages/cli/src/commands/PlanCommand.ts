/** `orchestrator plan`: looks at a plan without running anything. */
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as PlanPrinter from "../plan/PlanPrinter.ts";
import * as PlanRead from "../plan/PlanRead.ts";
import * as RunLimits from "../run/RunLimits.ts";
import { settings } from "../plan/PlanSettings.ts";
import { Screen } from "../terminal/Screen.ts";
import * as FormatFlags from "./FormatFlags.ts";
import { off } from "./Flags.ts";
import { wanted } from "./PlanFlags.ts";
import { concurrency, mode } from "./RunCommand.ts";

const printed = FormatFlags.make({
  formats: PlanPrinter.formats,
  asJson: "json",
  otherwise: "text",
  description: "How to print it (default text)",
});

/** Checks and shows a plan. */
export const command = Command.make(
  "plan",
  {
    ...wanted,
    concurrency,
    mode,
    ...printed.flags,
    verbose: off("verbose", "Leave nothing out, and show what each kind of request to GitHub cost"),
  },
  Effect.fn("PlanCommand")(function* (options) {
    const format = yield* printed.wanted(options);
    const read = yield* PlanRead.read(options);
    const { error } = yield* Screen;
    for (const warning of read.config.warnings) yield* error.print(`warning: ${warning}`);
    const plan = read._tag === "PlanFile" ? read.checked.plan : undefined;
    const how = settings(options, plan, read.config);
    const { verbose: isVerbose } = options;
    const limits = RunLimits.limits(read.config);
    yield* PlanPrinter.print(read, { ...how, format, isVerbose, limits });
  }, Effect.scoped),
).pipe(
  Command.withDescription(
    "Check a plan and show its graph: problems, waves, critical path, what starts first",
  ),
  Command.withExamples([
    { command: "orchestrator plan plan.yaml" },
    { command: "orchestrator plan --repo acme/shop", description: "the open issues of GitHub" },
    { command: "orchestrator plan --format html > plan.html", description: "a page" },
    { command: "orchestrator plan --format dot | dot -Tsvg > plan.svg", description: "a picture" },
  ]),
);
