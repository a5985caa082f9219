/** What a run has that is given no flags: the demos give only those that they mean. */
import * as Option from "effect/Option";
import * as RunLimits from "../run/RunLimits.ts";
import type * as RunPlan from "../run/RunPlan.ts";

export const options: Omit<RunPlan.Options, "concurrency" | "json" | "plain" | "plan"> = {
  mode: Option.none(),
  failFast: false,
  dryRun: false,
  results: Option.none(),
  config: [],
  allowHost: [],
  repo: Option.none(),
  withDependencies: false,
  yes: false,
  noPostResults: false,
  noPreflight: false,
  keepFailed: false,
  updateCheckout: false,
  verbose: false,
  debug: false,
  logLevel: Option.none(),
  ...RunLimits.noFlags,
};
