/** `orchestrator plan`: looks at a plan without running anything. */
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Config from "../Config.ts";
import * as PlanCheck from "../PlanCheck.ts";
import * as PlanChoice from "../PlanChoice.ts";
import * as PlanPrinter from "../PlanPrinter.ts";
import { settings } from "../PlanSettings.ts";
import { allowHost, concurrency, config, mode, plan } from "./RunCommand.ts";

/** Checks and shows a plan. */
export const command = Command.make(
  "plan",
  {
    plan,
    concurrency,
    mode,
    config,
    allowHost,
    format: Flag.Literals("format", PlanPrinter.formats).pipe(
      Flag.withDescription("How to print it (default text)"),
      Flag.withDefault("text"),
    ),
  },
  Effect.fn("PlanCommand")(function* (options) {
    const file = yield* PlanChoice.choose(options.plan);
    const configured = yield* Config.load(options);
    const checked = yield* PlanCheck.check(file, configured.codegen);
    const how = settings(options, checked.plan, configured);
    yield* PlanPrinter.print(checked, how, options.format);
  }),
).pipe(
  Command.withDescription(
    "Check a plan and show its graph: problems, waves, critical path, what starts first",
  ),
  Command.withExamples([
    { command: "orchestrator plan plan.yaml" },
    { command: "orchestrator plan --format dot | dot -Tsvg > plan.svg", description: "a picture" },
  ]),
);
