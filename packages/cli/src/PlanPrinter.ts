/** Prints a checked plan in the form that was asked for. */
import { GraphPicture } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as PlanCheck from "./PlanCheck.ts";
import * as PlanOutline from "./PlanOutline.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";
import * as PlanText from "./view/PlanText.ts";

export const formats = ["text", "json", "mermaid", "dot"] as const;
export type Format = (typeof formats)[number];

/** Problems go to standard error, in JSON they are part of the answer. */
export const print = Effect.fn("PlanPrinter.print")(function* (
  checked: PlanCheck.Checked,
  settings: PlanOutline.Settings,
  format: Format,
) {
  const { out, error } = yield* Screen;
  if (format === "json") {
    const outline = PlanOutline.make(checked, settings);
    yield* out.print(Text.json(JSON.stringify(outline, undefined, 2)));
  } else {
    if (checked.plan !== undefined) {
      yield* out.print(
        format === "text"
          ? PlanText.lines(PlanOutline.make(checked, settings), out.paint).join("\n")
          : GraphPicture[format](checked.plan.tasks).trimEnd(),
      );
    }
    const problems = PlanCheck.text(checked);
    if (problems.length > 0) yield* error.print(problems.join("\n"));
  }
  return yield* PlanCheck.refuse(checked);
});
