/** Flags for how much is told on standard error beside the results. */
import * as Flag from "effect/cli/Flag";
import { levels } from "../config/ConfigSchema.ts";

const off = (name: string) => Flag.Boolean(name).pipe(Flag.withDefault(false));

/** For every command that works on a run. */
export const all = {
  verbose: off("verbose").pipe(
    Flag.withDescription("Tell more: as --log-level INFO; with --dry-run leave nothing out"),
  ),
  debug: off("debug").pipe(Flag.withDescription("Tell all there is: as --log-level DEBUG")),
  logLevel: Flag.Literals("log-level", levels).pipe(
    Flag.withDescription(
      "The least that is told on standard error (default logging_level of the configuration, else INFO)",
    ),
    Flag.optional,
  ),
};
