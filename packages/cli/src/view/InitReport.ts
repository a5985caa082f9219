/** What `init` says of what it did, and of what comes next. */
import type { Written } from "../start/Init.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";

/** A line for each file. */
export const files = (all: ReadonlyArray<Written>, paint: Paint): ReadonlyArray<string> =>
  all.map(({ did, file }) => {
    const name = Text.line(file);
    if (did === "kept") return `${paint("dim", "–")} ${name} is there already and stays as it is`;
    return `${paint("green", "✓")} ${did === "written" ? `${name} written` : `.orchestrator/ added to ${name}`}`;
  });

/** The plan could not be shown. */
export const unplanned = (reason: string, paint: Paint): string =>
  `${paint("yellow", "warning:")} what would run cannot be shown: ${Text.block(reason)}`;
