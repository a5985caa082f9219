/** Prints a plan in the form that was asked for. */
import { GraphPicture } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Backlog from "./Backlog.ts";
import * as PlanCheck from "./PlanCheck.ts";
import type * as PlanForecast from "./PlanForecast.ts";
import * as PlanOutline from "./PlanOutline.ts";
import type { PlanRead } from "./PlanRead.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as BacklogText from "../view/BacklogText.ts";
import * as BudgetText from "../view/BudgetText.ts";
import * as PlanHtml from "../view/PlanHtml.ts";
import * as PlanText from "../view/PlanText.ts";

export const formats = ["text", "json", "mermaid", "dot", "html"] as const;
export type Format = (typeof formats)[number];

export interface Options extends PlanForecast.Settings {
  readonly format: Format;
  /** Whether nothing is left out of the text. */
  readonly isVerbose: boolean;
}

/** Prints a plan; one that cannot be used fails after it. */
export const print = Effect.fn("PlanPrinter.print")(function* (read: PlanRead, options: Options) {
  return yield* read._tag === "PlanFile"
    ? printFile(read.checked, options)
    : printBacklog(read.backlog, options);
});

/** Problems go to standard error; in JSON and on a page they are part of the answer. */
export const printFile = Effect.fn("PlanPrinter.printFile")(function* (
  checked: PlanCheck.Checked,
  options: Options,
) {
  const { out, error } = yield* Screen;
  const { format, isVerbose } = options;
  if (format === "json" || format === "html") {
    yield* out.print(data(PlanOutline.ofFile(checked, options), format));
  } else {
    if (checked.plan !== undefined) {
      yield* out.print(
        format === "text"
          ? text(PlanOutline.ofFile(checked, options), (outline) =>
              PlanText.lines(outline, out.paint, isVerbose),
            )
          : GraphPicture[format](checked.plan.tasks).trimEnd(),
      );
    }
    const problems = PlanCheck.text(checked);
    if (problems.length > 0) yield* error.print(problems.join("\n"));
  }
  return yield* PlanCheck.refuse(checked);
});

/** A backlog that could be read is a plan, whatever its problems are: what cannot run is shown. */
const printBacklog = Effect.fnUntraced(function* (backlog: Backlog.Backlog, options: Options) {
  const { out, error } = yield* Screen;
  const { format, isVerbose } = options;
  const outline = PlanOutline.ofBacklog(backlog, options);
  if (format === "json" || format === "html") return yield* out.print(data(outline, format));
  if (format === "text") {
    const lines = (all: PlanOutline.PlanOutline) => BacklogText.lines(all, out.paint, isVerbose);
    return yield* out.print(text(outline, lines));
  }
  const { state, tasks } = Backlog.picture(backlog);
  yield* out.print(GraphPicture[format](tasks, { state }).trimEnd());
  const problems = BacklogText.problems(outline, isVerbose);
  if (problems.length > 0) yield* error.print(problems.join("\n"));
});

const text = (
  outline: PlanOutline.PlanOutline,
  lines: (outline: PlanOutline.PlanOutline) => ReadonlyArray<string>,
): string => [...lines(outline), ...BudgetText.forecast(outline)].join("\n");

const data = (outline: PlanOutline.PlanOutline, format: "json" | "html"): string =>
  format === "html" ? PlanHtml.page(outline) : Text.json(JSON.stringify(outline, undefined, 2));
