/** Flags for how much is told on standard error beside the results. */
import * as Flag from "effect/cli/Flag";
import { levels } from "../config/ConfigSchema.ts";
import { off } from "./Flags.ts";

/** For every command that works on a run. */
export const all = {
  verbose: off("verbose", "Tell more: as --log-level INFO"),
  debug: off("debug", "Tell all there is: as --log-level DEBUG"),
  logLevel: Flag.Literals("log-level", levels).pipe(
    Flag.withDescription(
      "The least that is told on standard error (default logging_level of the configuration, else INFO)",
    ),
    Flag.optional,
  ),
};

/** For those that can also only show what would run. */
export const withDryRun = {
  ...all,
  verbose: off("verbose", "Tell more: as --log-level INFO; with --dry-run leave nothing out"),
};
